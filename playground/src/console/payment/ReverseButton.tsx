import { Button, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { PaymentReverseDocument, type PaymentRowFragment } from '../../api/gql';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';

export function ReverseButton({ payment }: { payment: PaymentRowFragment }) {
  const t = useTranslations();
  const [open, dialog] = useDisclosure();
  if (payment.status === 'REVERSED') return null;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={dialog.open}>
        {t('reverse.button')}
      </Button>
      <Modal
        opened={open}
        onClose={dialog.close}
        title={t('reverse.title')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <ReverseForm payment={payment} onDone={dialog.close} />
      </Modal>
    </>
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
