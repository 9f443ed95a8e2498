import { Button, Checkbox, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { TicketCreateDocument, type TicketPriority } from '../../api/gql';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { useMay, useViewer } from '../viewer';
import { PRIORITIES } from './choices';

/** Opens a ticket. */
export function TicketForm({ customerId, onDone }: { customerId: string; onDone: (id: string) => void }) {
  const t = useTranslations();
  const { user } = useViewer();
  const mayWrite = useMay('TICKETS_WRITE');
  const [, create] = useMutation(TicketCreateDocument);
  const { form, problem, busy, submit } = useForm({ subject: '', content: '', priority: 'NORMAL' as TicketPriority, assigneeId: false });
  return (
    <form
      noValidate
      onSubmit={submit(
        async ({ subject, content, priority, assigneeId }) => {
          const ofStaff = mayWrite && { priority, assigneeId: assigneeId && user ? user.id : null };
          const result = await create({ input: { customerId, subject, content, ...ofStaff } });
          return { payload: result.data?.ticketCreate, result };
        },
        ({ ticket }) => ticket && onDone(ticket.id),
      )}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput data-autofocus label={t('tickets.subject')} {...form.getInputProps('subject')} />
        <Textarea
          label={t('tickets.message')}
          description={t('tickets.messageHint')}
          autosize
          minRows={4}
          {...form.getInputProps('content')}
        />
        {mayWrite && (
          <>
            <NativeSelect
              label={t('tickets.priority')}
              data={PRIORITIES.map((value) => ({ value, label: t(`ticketPriority.${value}`) }))}
              {...form.getInputProps('priority')}
            />
            <Checkbox label={t('tickets.assignToMe')} {...form.getInputProps('assigneeId', { type: 'checkbox' })} />
          </>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('tickets.open')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
