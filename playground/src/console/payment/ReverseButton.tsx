import { Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { PaymentReverseDocument, type PaymentRowFragment } from '../../api/gql';
import { DialogButton } from '../../ui/DialogButton';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';

export function ReverseButton({ payment }: { payment: PaymentRowFragment }) {
  const t = useTranslations('reverse');
  if (payment.status === 'REVERSED') return null;
  return (
    <DialogButton label={t('button')} title={t('title')} size="compact-sm" variant="default">
      {(close) => <ReverseForm payment={payment} onDone={close} />}
    </DialogButton>
  );
}

function ReverseForm({ payment, onDone }: { payment: PaymentRowFragment; onDone: () => void }) {
  const t = useTranslations('reverse');
  const [, reverse] = useMutation(PaymentReverseDocument);
  const { form, problem, busy, submit } = useForm({ reason: '' });
  return (
    <form
      noValidate
      onSubmit={submit(async (input) => {
        const result = await reverse({ id: payment.id, input });
        return { payload: result.data?.paymentReverse, result };
      }, onDone)}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput data-autofocus label={t('reason')} description={t('hint')} {...form.getInputProps('reason')} />
        <Button type="submit" color="red.8" loading={busy}>
          {t('title')}
        </Button>
      </Stack>
    </form>
  );
}
