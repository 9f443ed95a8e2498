import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { messageOf } from '../../api/errors';
import { PaymentPreviewDocument, PaymentRecordDocument, type PaymentMethod } from '../../api/gql';
import { randomId } from '../../api/ids';
import { decimal } from '../../ui/decimal';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { useViewer } from '../viewer';
import type { Payer } from './PaymentDialog';
import { PaymentPreview } from './PaymentPreview';

export const METHODS = ['CASH', 'CARD', 'BANK_TRANSFER', 'MOBILE_MONEY', 'UPI', 'CHEQUE', 'OTHER'] as const;

export function PaymentForm({ payer, onDone }: { payer: Payer; onDone: () => void }) {
  const t = useTranslations();
  const { business } = useViewer();
  const [, record] = useMutation(PaymentRecordDocument);
  const { form, problem, busy, submit } = useForm({ amount: '', method: 'CASH' as PaymentMethod, reference: '' });
  const { amount, method, reference } = form.values;
  // Made once, so that a payment whose answer was lost is not written twice.
  const [idempotencyKey] = useState(randomId);

  const input = { customerId: payer.id, amount: decimal(amount), method, ...(reference && { reference }) };
  const [asked] = useDebouncedValue(input.amount, 250);
  const [{ data, error, fetching }] = useQuery({
    query: PaymentPreviewDocument,
    // With no amount yet, what the smallest would do tells what is outstanding.
    variables: { input: { customerId: payer.id, amount: asked || '1', method } },
    requestPolicy: 'network-only',
  });
  const preview = data?.paymentPreview;
  const refused = asked === '' ? null : (preview?.userErrors[0]?.message ?? messageOf(error));
  const previewed = asked !== '' && asked === input.amount && !fetching && refused === null;

  return (
    <form
      noValidate
      onSubmit={submit(
        async () => {
          const result = await record({ input: { ...input, idempotencyKey } });
          return { payload: result.data?.paymentRecord, result };
        },
        onDone,
      )}
    >
      <Stack>
        <Text>
          <strong>{payer.name}</strong>{' '}
          <Text span c="dimmed">
            {payer.code}
          </Text>
        </Text>
        <FormError message={problem} />
        <TextInput
          data-autofocus
          label={t('payment.amount', { currency: business.currency })}
          inputMode="decimal"
          autoComplete="off"
          {...form.getInputProps('amount')}
          error={form.errors.amount ?? refused}
        />
        <NativeSelect
          label={t('payments.method')}
          data={METHODS.map((value) => ({ value, label: t(`paymentMethod.${value}`) }))}
          {...form.getInputProps('method')}
        />
        <TextInput label={t('payment.reference')} autoComplete="off" {...form.getInputProps('reference')} />
        {preview?.outstanding && <PaymentPreview preview={preview} outstanding={preview.outstanding} blank={asked === ''} />}
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={!previewed}>
            {t('payment.record')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
