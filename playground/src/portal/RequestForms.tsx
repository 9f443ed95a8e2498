import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { PortalTicketCreateDocument, PortalTicketMessageCreateDocument } from '../api/gql';
import { FormError } from '../ui/FormError';
import { useForm } from '../ui/useForm';

/** Opens a request. */
export function RequestForm({ customerId, onDone }: { customerId: string; onDone: (id: string) => void }) {
  const t = useTranslations();
  const [, create] = useMutation(PortalTicketCreateDocument);
  const { form, problem, busy, submit } = useForm({ subject: '', content: '' });
  return (
    <form
      noValidate
      onSubmit={submit(
        async (values) => {
          const result = await create({ input: { customerId, ...values } });
          return { payload: result.data?.ticketCreate, result };
        },
        ({ ticket }) => ticket && onDone(ticket.id),
      )}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput data-autofocus label={t('tickets.subject')} {...form.getInputProps('subject')} />
        <Textarea label={t('tickets.message')} autosize minRows={4} {...form.getInputProps('content')} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('portal.openRequest')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Writes on a request that is there. */
export function AnswerForm({ ticketId, reopens }: { ticketId: string; reopens: boolean }) {
  const t = useTranslations();
  const [, create] = useMutation(PortalTicketMessageCreateDocument);
  const { form, problem, busy, submit } = useForm({ content: '' });
  return (
    <form
      noValidate
      aria-label={t('tickets.reply')}
      onSubmit={submit(
        async ({ content }) => {
          const result = await create({ input: { ticketId, content } });
          return { payload: result.data?.ticketMessageCreate, result };
        },
        () => form.reset(),
      )}
    >
      <Stack gap="xs">
        <FormError message={problem} />
        {reopens && <Text size="sm">{t('portal.reopens')}</Text>}
        <Textarea label={t('tickets.message')} autosize minRows={2} {...form.getInputProps('content')} />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={busy}>
            {t('portal.openRequest')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
