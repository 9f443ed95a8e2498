import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import {
  CreditNoteCreateDocument,
  InvoiceDeleteDocument,
  InvoiceFinalizeDocument,
  InvoiceMarkUncollectibleDocument,
  InvoiceVoidDocument,
  type InvoiceDetailsFragment,
} from '../../api/gql';
import { randomId } from '../../api/ids';
import { decimal } from '../../ui/decimal';
import { DialogButton } from '../../ui/DialogButton';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { InvoiceForm } from './InvoiceForm';

interface InvoiceProps {
  invoice: InvoiceDetailsFragment;
}

interface ActionProps extends InvoiceProps {
  onDone: () => void;
}

/** What can be done with an invoice as it stands. */
export function InvoiceActions({ invoice }: InvoiceProps) {
  const t = useTranslations('invoices');
  if (invoice.status === 'VOID') return null;
  if (invoice.status === 'DRAFT') {
    return (
      <>
        <DialogButton label={t('edit')} variant="default" dialogSize="lg">
          {(close) => <InvoiceForm customerId={invoice.customer.id} draft={invoice} onDone={close} />}
        </DialogButton>
        <DialogButton label={t('delete')} variant="default">
          {() => <DeleteForm invoice={invoice} />}
        </DialogButton>
        <DialogButton label={t('finalize')}>{(close) => <FinalizeForm invoice={invoice} onDone={close} />}</DialogButton>
      </>
    );
  }
  return (
    <>
      <DialogButton label={t('credit')} variant="default">
        {(close) => <CreditForm invoice={invoice} onDone={close} />}
      </DialogButton>
      {invoice.status === 'OPEN' && (
        <DialogButton label={t('giveUp')} variant="default">
          {(close) => <GiveUpForm invoice={invoice} onDone={close} />}
        </DialogButton>
      )}
      {invoice.creditNotes.nodes.length === 0 && (
        <DialogButton label={t('void')} variant="default">
          {(close) => <VoidForm invoice={invoice} onDone={close} />}
        </DialogButton>
      )}
    </>
  );
}

function FinalizeForm({ invoice, onDone }: ActionProps) {
  const t = useTranslations('invoices');
  const [, finalize] = useMutation(InvoiceFinalizeDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm({ issuedOn: '' });
  return (
    <form
      noValidate
      onSubmit={submit(async ({ issuedOn }) => {
        const result = await finalize({ id: invoice.id, input: { issuedOn: issuedOn || null, idempotencyKey } });
        return { payload: result.data?.invoiceFinalize, result };
      }, onDone)}
    >
      <Stack>
        <Text size="sm">{t('finalizeHint')}</Text>
        <FormError message={problem} />
        <TextInput data-autofocus type="date" label={t('issuedOn')} description={t('issuedHint')} {...form.getInputProps('issuedOn')} />
        <Button type="submit" loading={busy}>
          {t('finalize')}
        </Button>
      </Stack>
    </form>
  );
}

function DeleteForm({ invoice }: InvoiceProps) {
  const t = useTranslations('invoices');
  const navigate = useNavigate();
  const [, remove] = useMutation(InvoiceDeleteDocument);
  const { problem, busy, submit } = useForm({});
  return (
    <form
      onSubmit={submit(
        async () => {
          const result = await remove({ id: invoice.id });
          return { payload: result.data?.invoiceDelete, result };
        },
        () => void navigate(`/customers/${invoice.customer.id}/invoices`, { replace: true }),
      )}
    >
      <Stack>
        <Text size="sm">{t('deleteHint')}</Text>
        <FormError message={problem} />
        <Button type="submit" color="red.8" loading={busy}>
          {t('delete')}
        </Button>
      </Stack>
    </form>
  );
}

function GiveUpForm({ invoice, onDone }: ActionProps) {
  const t = useTranslations('invoices');
  const [, giveUp] = useMutation(InvoiceMarkUncollectibleDocument);
  const { problem, busy, submit } = useForm({});
  return (
    <form
      onSubmit={submit(async () => {
        const result = await giveUp({ id: invoice.id });
        return { payload: result.data?.invoiceMarkUncollectible, result };
      }, onDone)}
    >
      <Stack>
        <Text size="sm">{t('giveUpHint')}</Text>
        <FormError message={problem} />
        <Button type="submit" loading={busy}>
          {t('giveUp')}
        </Button>
      </Stack>
    </form>
  );
}

function VoidForm({ invoice, onDone }: ActionProps) {
  const t = useTranslations('invoices');
  const [, make] = useMutation(InvoiceVoidDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm({ reason: '' });
  return (
    <form
      noValidate
      onSubmit={submit(async ({ reason }) => {
        const result = await make({ id: invoice.id, input: { reason, idempotencyKey } });
        return { payload: result.data?.invoiceVoid, result };
      }, onDone)}
    >
      <Stack>
        <Text size="sm">{t('voidHint')}</Text>
        <FormError message={problem} />
        <TextInput data-autofocus label={t('reason')} description={t('reasonHint')} {...form.getInputProps('reason')} />
        <Button type="submit" color="red.8" loading={busy}>
          {t('void')}
        </Button>
      </Stack>
    </form>
  );
}

function CreditForm({ invoice, onDone }: ActionProps) {
  const t = useTranslations('invoices');
  const [, credit] = useMutation(CreditNoteCreateDocument);
  const [idempotencyKey] = useState(randomId);
  const { form, problem, busy, submit } = useForm({ amount: '', reason: '' }, ({ amount }): Record<string, string> => (amount ? { amount } : {}));
  return (
    <form
      noValidate
      onSubmit={submit(async ({ amount, reason }) => {
        const input = { invoiceId: invoice.id, amount: decimal(amount) || null, reason, idempotencyKey };
        const result = await credit({ input });
        return { payload: result.data?.creditNoteCreate, result };
      }, onDone)}
    >
      <Stack>
        <Text size="sm">{t('creditHint')}</Text>
        <FormError message={problem} />
        <TextInput
          data-autofocus
          label={t('creditAmount', { currency: invoice.amount.currency })}
          description={t('creditAmountHint')}
          inputMode="decimal"
          autoComplete="off"
          {...form.getInputProps('amount')}
        />
        <TextInput label={t('reason')} description={t('reasonHint')} {...form.getInputProps('reason')} />
        <Button type="submit" loading={busy}>
          {t('credit')}
        </Button>
      </Stack>
    </form>
  );
}
