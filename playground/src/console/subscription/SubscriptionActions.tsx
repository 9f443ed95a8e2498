import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import {
  SubscriptionCancelDocument,
  SubscriptionCancelPreviewDocument,
  SubscriptionChangeDocument,
  SubscriptionChangePreviewDocument,
  SubscriptionPauseDocument,
  SubscriptionPausePreviewDocument,
  SubscriptionResumeDocument,
  SubscriptionResumePreviewDocument,
  type SubscriptionCancelMode,
  type SubscriptionChangeMode,
  type SubscriptionDetailsFragment,
} from '../../api/gql';
import { randomId } from '../../api/ids';
import { DialogButton } from '../../ui/DialogButton';
import { useForm } from '../../ui/useForm';
import { whole } from '../../ui/whole';
import { PreviewedForm } from './PreviewedForm';
import { usePlanChoices } from './usePlanChoices';

interface ActionProps {
  subscription: SubscriptionDetailsFragment;
  onDone: () => void;
}

const CHANGE_MODES = ['NOW', 'PERIOD_END', 'NOW_WITHOUT_PRORATION'] as const;
const CANCEL_MODES = ['PERIOD_END', 'NOW', 'NOW_WITH_CREDIT'] as const;

/** What can be done with a subscription as it stands. */
export function SubscriptionActions({ subscription }: Pick<ActionProps, 'subscription'>) {
  const t = useTranslations('subscriptions');
  const { status, cancelAtPeriodEnd } = subscription;
  if (status === 'CANCELED') return null;
  const paused = status === 'PAUSED';
  return (
    <>
      {!paused && (
        <DialogButton label={t('change')} variant="default">
          {(close) => <ChangeForm subscription={subscription} onDone={close} />}
        </DialogButton>
      )}
      {!paused && (
        <DialogButton label={t('pause')} variant="default">
          {(close) => <PauseForm subscription={subscription} onDone={close} />}
        </DialogButton>
      )}
      {(paused || cancelAtPeriodEnd) && (
        <DialogButton label={t('resume')} variant="default">
          {(close) => <ResumeForm subscription={subscription} onDone={close} />}
        </DialogButton>
      )}
      <DialogButton label={t('cancel')} variant="default">
        {(close) => <CancelForm subscription={subscription} onDone={close} />}
      </DialogButton>
    </>
  );
}

function ChangeForm({ subscription: { id, plan, quantity: before }, onDone }: ActionProps) {
  const t = useTranslations();
  const [, change] = useMutation(SubscriptionChangeDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm({
    planId: plan.id,
    quantity: String(before),
    mode: '' as SubscriptionChangeMode | '',
  });
  const { planId, quantity, mode } = form.values;
  const [asked] = useDebouncedValue(quantity, 250);
  const plans = usePlanChoices();
  // An archived one is no choice for others.
  const choices = plans.some(({ value }) => value === plan.id) ? plans : [{ value: plan.id, label: plan.name }, ...plans];
  const inputOf = (wanted: string) => ({ planId, quantity: whole(wanted), mode: mode || null });
  return (
    <PreviewedForm
      query={SubscriptionChangePreviewDocument}
      variables={{ id, input: inputOf(asked) }}
      current={asked === quantity}
      problem={problem}
      busy={busy}
      label={t('subscriptions.change')}
      onSubmit={submit(async () => {
        const result = await change({ id, input: { ...inputOf(quantity), idempotencyKey } });
        return { payload: result.data?.subscriptionChange, result };
      }, onDone)}
    >
      <NativeSelect data-autofocus label={t('subscriptions.plan')} data={choices} {...form.getInputProps('planId')} />
      <TextInput type="number" min={1} label={t('subscriptions.quantity')} {...form.getInputProps('quantity')} />
      <NativeSelect
        label={t('subscriptions.when')}
        data={[
          { value: '', label: t('subscriptions.byItself') },
          ...CHANGE_MODES.map((value) => ({ value, label: t(`changeMode.${value}`) })),
        ]}
        {...form.getInputProps('mode')}
      />
    </PreviewedForm>
  );
}

function PauseForm({ subscription: { id }, onDone }: ActionProps) {
  const t = useTranslations('subscriptions');
  const [, pause] = useMutation(SubscriptionPauseDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm({ resumeOn: '' });
  const resumeOn = form.values.resumeOn || null;
  return (
    <PreviewedForm
      query={SubscriptionPausePreviewDocument}
      variables={{ id, resumeOn }}
      problem={problem}
      busy={busy}
      label={t('pause')}
      onSubmit={submit(async () => {
        const result = await pause({ id, input: { resumeOn, idempotencyKey } });
        return { payload: result.data?.subscriptionPause, result };
      }, onDone)}
    >
      <TextInput data-autofocus type="date" label={t('resumeOn')} description={t('resumeHint')} {...form.getInputProps('resumeOn')} />
    </PreviewedForm>
  );
}

function ResumeForm({ subscription: { id }, onDone }: ActionProps) {
  const t = useTranslations('subscriptions');
  const [, resume] = useMutation(SubscriptionResumeDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm({ resumeOn: '' });
  const resumeOn = form.values.resumeOn || null;
  return (
    <PreviewedForm
      query={SubscriptionResumePreviewDocument}
      variables={{ id, resumeOn }}
      problem={problem}
      busy={busy}
      label={t('resume')}
      onSubmit={submit(async () => {
        const result = await resume({ id, input: { resumeOn, idempotencyKey } });
        return { payload: result.data?.subscriptionResume, result };
      }, onDone)}
    >
      <TextInput data-autofocus type="date" label={t('resumeOn')} description={t('atOnceHint')} {...form.getInputProps('resumeOn')} />
    </PreviewedForm>
  );
}

function CancelForm({ subscription: { id }, onDone }: ActionProps) {
  const t = useTranslations();
  const [, cancel] = useMutation(SubscriptionCancelDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm({ mode: 'PERIOD_END' as SubscriptionCancelMode });
  const { mode } = form.values;
  return (
    <PreviewedForm
      query={SubscriptionCancelPreviewDocument}
      variables={{ id, mode }}
      problem={problem}
      busy={busy}
      label={t('subscriptions.cancel')}
      onSubmit={submit(async () => {
        const result = await cancel({ id, input: { mode, idempotencyKey } });
        return { payload: result.data?.subscriptionCancel, result };
      }, onDone)}
    >
      <NativeSelect
        data-autofocus
        label={t('subscriptions.when')}
        data={CANCEL_MODES.map((value) => ({ value, label: t(`cancelMode.${value}`) }))}
        {...form.getInputProps('mode')}
      />
    </PreviewedForm>
  );
}
