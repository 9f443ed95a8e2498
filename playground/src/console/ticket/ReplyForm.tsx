import { Button, Card, Checkbox, Group, NativeSelect, Stack, Textarea } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { TicketMessageCreateDocument, type TicketStatus } from '../../api/gql';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { useMay } from '../viewer';
import { STATUSES } from './choices';

/** Writes to the customer, or to the staff alone: the button says which. */
export function ReplyForm({ ticketId }: { ticketId: string }) {
  const t = useTranslations();
  const mayBeInternal = useMay('NOTES_READ');
  const mayWrite = useMay('TICKETS_WRITE');
  const [, create] = useMutation(TicketMessageCreateDocument);
  const { form, problem, busy, submit } = useForm({ content: '', internal: false, status: '' as TicketStatus | '' });
  const { internal } = form.values;
  return (
    <Card
      component="form"
      noValidate
      aria-label={t('tickets.reply')}
      onSubmit={submit(
        async ({ content, status }) => {
          const result = await create({ input: { ticketId, content, internal, ...(status && { status }) } });
          return { payload: result.data?.ticketMessageCreate, result };
        },
        () => form.reset(),
      )}
    >
      <Stack gap="sm">
        <FormError message={problem} />
        <Textarea
          label={t('tickets.message')}
          description={internal ? t('tickets.internalHint') : t('tickets.messageHint')}
          autosize
          minRows={3}
          {...form.getInputProps('content')}
        />
        {mayBeInternal && <Checkbox label={t('tickets.internalOnly')} {...form.getInputProps('internal', { type: 'checkbox' })} />}
        <Group align="end">
          {mayWrite && (
            <NativeSelect
              label={t('tickets.statusThen')}
              data={[
                { value: '', label: t('tickets.asItIs') },
                ...STATUSES.map((value) => ({ value, label: t(`ticketStatus.${value}`) })),
              ]}
              {...form.getInputProps('status')}
            />
          )}
          <Button type="submit" loading={busy} {...(internal && { color: 'grape.8' })}>
            {internal ? t('tickets.addInternal') : t('tickets.send')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
