import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { SubscriptionCreateDocument } from '../../api/gql';
import { randomId } from '../../api/ids';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { whole } from '../../ui/whole';
import { usePlanChoices } from './usePlanChoices';

const EMPTY = { planId: '', quantity: '1', startsOn: '', anchorOn: '', trialDays: '' };

export function SubscriptionForm({ customerId, onDone }: { customerId: string; onDone: (id: string) => void }) {
  const t = useTranslations('subscriptions');
  const [, create] = useMutation(SubscriptionCreateDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm(EMPTY);
  const plans = usePlanChoices();
  return (
    <form
      noValidate
      onSubmit={submit(
        async ({ planId, quantity, startsOn, anchorOn, trialDays }) => {
          const input = {
            customerId,
            planId,
            quantity: whole(quantity),
            startsOn: startsOn || null,
            anchorOn: anchorOn || null,
            trialDays: whole(trialDays),
            idempotencyKey,
          };
          const result = await create({ input });
          return { payload: result.data?.subscriptionCreate, result };
        },
        ({ subscription }) => subscription && onDone(subscription.id),
      )}
    >
      <Stack>
        <FormError message={problem} />
        <NativeSelect
          data-autofocus
          label={t('plan')}
          data={[{ value: '', label: t('choosePlan'), disabled: true }, ...plans]}
          {...form.getInputProps('planId')}
        />
        <TextInput type="number" min={1} label={t('quantity')} {...form.getInputProps('quantity')} />
        <TextInput type="date" label={t('startsOn')} description={t('startsHint')} {...form.getInputProps('startsOn')} />
        <TextInput type="date" label={t('anchorOn')} description={t('anchorHint')} {...form.getInputProps('anchorOn')} />
        <TextInput type="number" min={0} label={t('trialDays')} description={t('trialHint')} {...form.getInputProps('trialDays')} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={form.values.planId === ''}>
            {t('create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
