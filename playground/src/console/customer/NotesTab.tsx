import { Badge, Button, Card, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerNotesDocument, NoteCreateDocument, type NoteKind } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { FormError } from '../../ui/FormError';
import { Pages } from '../../ui/Pages';
import { useForm } from '../../ui/useForm';
import { useMay } from '../viewer';
import type { CustomerTabProps } from './CustomerTabs';

const KINDS = ['PERSONAL', 'PREFERENCE', 'ISSUE', 'FEEDBACK'] as const;

export function NotesTab({ customer }: CustomerTabProps) {
  const t = useTranslations();
  const format = useFormat();
  const mayWrite = useMay('CUSTOMERS_WRITE');
  return (
    <Stack>
      {mayWrite && <NoteForm customerId={customer.id} />}
      <Pages
        query={CustomerNotesDocument}
        variables={(after) => ({ id: customer.id, after })}
        pageOf={(data) => data.customer?.notes}
      >
        {(notes) =>
          notes.length === 0 ? (
            <Text c="dimmed">{t('notes.none')}</Text>
          ) : (
            <Stack gap="sm">
              {notes.map((note) => (
                <Card key={note.id}>
                  <Group gap="xs" mb={4}>
                    <Badge variant="default" tt="none">
                      {t(`noteKind.${note.kind}`)}
                    </Badge>
                    <Text size="sm" c="dimmed">
                      {note.author?.name} · {format.moment(note.createdAt)}
                    </Text>
                  </Group>
                  <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{note.content}</Text>
                </Card>
              ))}
            </Stack>
          )
        }
      </Pages>
    </Stack>
  );
}

function NoteForm({ customerId }: { customerId: string }) {
  const t = useTranslations();
  const [, create] = useMutation(NoteCreateDocument);
  const { form, problem, busy, submit } = useForm({ content: '', kind: 'PERSONAL' as NoteKind });
  return (
    <Card
      component="form"
      noValidate
      aria-label={t('notes.add')}
      onSubmit={submit(
        async (values) => {
          const result = await create({ input: { customerId, ...values } });
          return { payload: result.data?.noteCreate, result };
        },
        () => form.reset(),
      )}
    >
      <FormError message={problem} />
      <Textarea label={t('notes.content')} autosize minRows={2} {...form.getInputProps('content')} />
      <Group mt="sm" align="end">
        <NativeSelect
          label={t('notes.kind')}
          data={KINDS.map((value) => ({ value, label: t(`noteKind.${value}`) }))}
          {...form.getInputProps('kind')}
        />
        <Button type="submit" variant="default" loading={busy}>
          {t('notes.add')}
        </Button>
      </Group>
    </Card>
  );
}
