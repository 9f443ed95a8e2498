import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { InvoiceCreateDocument, InvoiceUpdateDocument, type InvoiceDetailsFragment } from '../../api/gql';
import { randomId } from '../../api/ids';
import { decimal } from '../../ui/decimal';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { blankLine, LinesInput, type InvoiceValues, type LineValues } from './LinesInput';

interface InvoiceFormProps {
  customerId: string;
  /** The draft to be changed. A new one if absent. */
  draft?: InvoiceDetailsFragment;
  onDone: (id: string) => void;
}

/** What an invoice is for. What it comes to, the server says once it is drafted. */
export function InvoiceForm({ customerId, draft, onDone }: InvoiceFormProps) {
  const t = useTranslations();
  const [, create] = useMutation(InvoiceCreateDocument);
  const [, update] = useMutation(InvoiceUpdateDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm<InvoiceValues>(
    {
      lines: draft ? draft.lines.map(lineValues) : [blankLine()],
      dueOn: draft?.dueOn ?? '',
      memo: draft?.memo ?? '',
    },
    ({ lines }) => Object.assign({}, ...lines.map(lineDecimals)) as Record<string, string>,
  );

  return (
    <form
      noValidate
      onSubmit={submit(
        async ({ lines, dueOn, memo }) => {
          const input = { lines: lines.map(lineInput), dueOn: dueOn || null, memo: memo || null };
          if (draft) {
            const result = await update({ id: draft.id, input });
            return { payload: result.data?.invoiceUpdate, result };
          }
          const result = await create({ input: { customerId, ...input, idempotencyKey } });
          return { payload: result.data?.invoiceCreate, result };
        },
        ({ invoice }) => invoice && onDone(invoice.id),
      )}
    >
      <Stack>
        <FormError message={problem ?? form.errors.lines} />
        <LinesInput form={form} />
        <TextInput type="date" label={t('invoices.dueOn')} description={t('invoices.dueHint')} {...form.getInputProps('dueOn')} />
        <Textarea label={t('invoices.memo')} autosize minRows={2} {...form.getInputProps('memo')} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('invoices.saveDraft')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function lineDecimals({ quantity, unitPrice, taxRate }: LineValues, index: number): Record<string, string> {
  const at = `lines.${index}`;
  return {
    [`${at}.unitPrice`]: unitPrice,
    ...(quantity && { [`${at}.quantity`]: quantity }),
    ...(taxRate && { [`${at}.taxRate`]: taxRate }),
  };
}

function lineInput({ description, quantity, unitPrice, taxRate }: LineValues) {
  return {
    description,
    unitPrice: decimal(unitPrice),
    ...(quantity && { quantity: decimal(quantity) }),
    ...(taxRate && { taxRate: decimal(taxRate) }),
  };
}

function lineValues({ description, quantity, unitPrice, taxRate }: InvoiceDetailsFragment['lines'][number]): LineValues {
  return { ...blankLine(), description, quantity, unitPrice, taxRate };
}
