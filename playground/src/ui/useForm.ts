import { useForm as useMantineForm, type UseFormReturnType } from '@mantine/form';
import { useState, type FormEvent } from 'react';
import type { OperationResult } from 'urql';
import { useTranslations } from 'use-intl';
import { byField, messageOf } from '../api/errors';
import type { ProblemFragment } from '../api/gql';
import { notDecimals } from './decimal';

interface Form<Values extends object> {
  form: UseFormReturnType<Values>;
  /** What is wrong with no field in particular. */
  problem: string | null;
  busy: boolean;
  /** Handles a submit by `send`; `done` is called with what it gave if that has no errors. */
  submit: <Payload extends { userErrors: ProblemFragment[] }>(
    send: (values: Values) => Promise<Sent<Payload>>,
    done: (payload: Payload) => void,
  ) => (event: FormEvent<HTMLFormElement>) => void;
}

type Sent<Payload> = { payload: Payload | null | undefined; result: Pick<OperationResult, 'error'> };

/**
 * A form whose errors are those that the server finds, each beside the field it is about. `decimals` gives the texts
 * that have to be decimal numbers, by the paths of their fields.
 */
export function useForm<Values extends object>(initialValues: Values, decimals?: (values: Values) => Record<string, string>): Form<Values> {
  const t = useTranslations('common');
  const form = useMantineForm<Values>({ initialValues });
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  return {
    form,
    problem,
    busy,
    submit: (send, done) => (event) => {
      event.preventDefault();
      // A second click is a second wish only once the first is answered.
      if (busy) return;
      const element = event.currentTarget;
      const focusWrong = () => requestAnimationFrame(() => element.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      const wrong = notDecimals(decimals?.(form.getValues()) ?? {});
      if (wrong.length > 0) {
        form.setErrors(Object.fromEntries(wrong.map((path) => [path, t('decimal')])));
        focusWrong();
        return;
      }
      setBusy(true);
      void send(form.getValues()).then(({ payload, result }) => {
        setBusy(false);
        const { form: general, ...errors } = byField(payload?.userErrors ?? [], initialValues);
        form.setErrors(errors);
        setProblem(general ?? messageOf(result.error));
        if (payload && payload.userErrors.length === 0) done(payload);
        else focusWrong();
      });
    },
  };
}
