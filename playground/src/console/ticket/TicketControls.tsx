import { Button, Card, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { byField, messageOf } from '../../api/errors';
import { TicketUpdateDocument, type TicketPriority, type TicketStatus, type TicketUpdateInput } from '../../api/gql';
import { DialogButton } from '../../ui/DialogButton';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { useMay, useViewer } from '../viewer';
import { PRIORITIES, STATUSES } from './choices';
import type { TicketDetails } from './TicketPage';
import { useColleagues } from './useColleagues';

/** Who takes care of a ticket, where it stands and how much it matters: each choice is kept at once. */
export function TicketControls({ ticket }: { ticket: TicketDetails }) {
  const t = useTranslations();
  const { user } = useViewer();
  const mayWrite = useMay('TICKETS_WRITE');
  const [, update] = useMutation(TicketUpdateDocument);
  const colleagues = useColleagues();
  const [problems, setProblems] = useState<Record<string, string>>({});
  const { id, status, priority, assignee } = ticket;

  async function change(input: TicketUpdateInput) {
    const { data, error } = await update({ id, input });
    const failed = messageOf(error);
    setProblems({ ...byField(data?.ticketUpdate?.userErrors ?? [], input), ...(failed && { form: failed }) });
  }

  if (!mayWrite) {
    return (
      <Card>
        <Text size="sm" c="dimmed">
          {t('tickets.assignee')}
        </Text>
        <Text>{assignee?.name ?? t('tickets.nobody')}</Text>
      </Card>
    );
  }
  const assignees = [
    { value: '', label: t('tickets.nobody') },
    ...(user ? [{ value: user.id, label: t('tickets.myself', { name: user.name }) }] : []),
    ...colleagues,
  ];
  // Who has left may still be named by it.
  if (assignee && !assignees.some(({ value }) => value === assignee.id)) assignees.push({ value: assignee.id, label: assignee.name });
  return (
    <Card>
      <Stack gap="sm">
        <FormError message={problems.form} />
        <NativeSelect
          label={t('tickets.status')}
          value={status}
          error={problems.status}
          data={STATUSES.map((value) => ({ value, label: t(`ticketStatus.${value}`) }))}
          onChange={(event) => void change({ status: event.currentTarget.value as TicketStatus })}
        />
        <NativeSelect
          label={t('tickets.priority')}
          value={priority}
          error={problems.priority}
          data={PRIORITIES.map((value) => ({ value, label: t(`ticketPriority.${value}`) }))}
          onChange={(event) => void change({ priority: event.currentTarget.value as TicketPriority })}
        />
        <NativeSelect
          label={t('tickets.assignee')}
          value={assignee?.id ?? ''}
          error={problems.assigneeId}
          data={assignees}
          onChange={(event) => void change({ assigneeId: event.currentTarget.value || null })}
        />
        <DialogButton label={t('tickets.changeSubject')} variant="default">
          {(close) => <SubjectForm ticket={ticket} onDone={close} />}
        </DialogButton>
      </Stack>
    </Card>
  );
}

function SubjectForm({ ticket: { id, subject }, onDone }: { ticket: TicketDetails; onDone: () => void }) {
  const t = useTranslations();
  const [, update] = useMutation(TicketUpdateDocument);
  const { form, problem, busy, submit } = useForm({ subject });
  return (
    <form
      noValidate
      onSubmit={submit(async (input) => {
        const result = await update({ id, input });
        return { payload: result.data?.ticketUpdate, result };
      }, onDone)}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput data-autofocus label={t('tickets.subject')} {...form.getInputProps('subject')} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
