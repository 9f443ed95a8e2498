import { useRef, useState, type FormEvent } from 'react';
import { messageOf } from '../api/errors';
import { useClient } from '../api/react';
import { Field } from '../ui/Field';
import { FormError } from '../ui/FormError';
import { SelectField } from '../ui/SelectField';
import { useFormErrors } from '../ui/useFormErrors';
import { PAYMENT_METHODS } from './methods';
import { PreviewPanel } from './PreviewPanel';
import {
  preparePayment,
  writePayment,
  type DraftErrors,
  type PaymentDraft,
  type PreparedPayment,
} from './recordPayment';

const EMPTY: PaymentDraft = { customerCode: '', amount: '', method: 'CARD' };

/** Two steps: look at what the payment settles, then write it. */
export function RecordPayment({ currency }: { currency: string }) {
  const client = useClient();
  const { form, errors, show, clear } = useFormErrors<keyof PaymentDraft>();
  const [draft, setDraft] = useState(EMPTY);
  const [prepared, setPrepared] = useState<PreparedPayment | null>(null);
  const [done, setDone] = useState('');
  const [busy, setBusy] = useState(false);
  // An answer to a draft that has been edited since is not to be shown.
  const latest = useRef(draft);

  function change<Name extends keyof PaymentDraft>(name: Name) {
    return (value: PaymentDraft[Name]) => {
      latest.current = { ...latest.current, [name]: value };
      setDraft(latest.current);
      setPrepared(null);
      setDone('');
      clear(name);
    };
  }

  async function step(work: () => Promise<DraftErrors | undefined>) {
    if (busy) return;
    setBusy(true);
    setDone('');
    try {
      show((await work()) ?? {});
    } catch (error) {
      show({ form: messageOf(error) });
    } finally {
      setBusy(false);
    }
  }

  const preview = () =>
    step(async () => {
      const { value, errors: refused } = await preparePayment(client, draft);
      if (latest.current !== draft) return undefined;
      setPrepared(value ?? null);
      return refused;
    });

  const write = (payment: PreparedPayment) =>
    step(async () => {
      const { value, errors: refused } = await writePayment(client, payment);
      if (!value) {
        setPrepared(null);
        return refused;
      }
      setPrepared(null);
      latest.current = EMPTY;
      setDraft(EMPTY);
      setDone(`Recorded ${value.amount.formatted} from ${value.customer.name}.`);
      form.current?.querySelector('input')?.focus();
      return undefined;
    });

  function submit(event: FormEvent) {
    event.preventDefault();
    void (prepared ? write(prepared) : preview());
  }

  return (
    <section className="card record" aria-labelledby="record-heading">
      <h2 id="record-heading">Record a payment</h2>
      <form ref={form} className="form" noValidate onSubmit={submit}>
        <FormError message={errors.form} />
        <Field
          label="Customer code"
          name="customerCode"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={draft.customerCode}
          error={errors.customerCode}
          onValue={change('customerCode')}
        />
        <div className="form-pair">
          <Field
            label={`Amount in ${currency}`}
            name="amount"
            inputMode="decimal"
            autoComplete="off"
            value={draft.amount}
            error={errors.amount}
            onValue={change('amount')}
          />
          <SelectField
            label="Method"
            name="method"
            value={draft.method}
            options={PAYMENT_METHODS}
            error={errors.method}
            onValue={change('method')}
          />
        </div>
        <div aria-live="polite">
          {prepared && <PreviewPanel prepared={prepared} />}
          {done && <p className="record-done">{done}</p>}
        </div>
        <button type="submit" className="button button-primary" disabled={busy}>
          {prepared ? 'Record payment' : 'Preview'}
        </button>
      </form>
    </section>
  );
}
