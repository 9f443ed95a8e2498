import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { SegmentCreateDocument, SegmentUpdateDocument, type CustomerFilter, type SegmentPartsFragment } from '../../api/gql';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { useViewer } from '../viewer';
import { filterOf, type Wanted } from './filter';
import { Filters } from './Filters';

interface SegmentFormProps {
  /** The segment to change. None to save a new one. */
  segment?: SegmentPartsFragment;
  /** Who is in it at first: what the fields can say, and what they cannot. */
  start: [Wanted, CustomerFilter];
  onDone: (segment: SegmentPartsFragment) => void;
}

/** Saves who is wanted under a name. */
export function SegmentForm({ segment, start: [wantedAtFirst, besides], onDone }: SegmentFormProps) {
  const t = useTranslations();
  const { business } = useViewer();
  const [, create] = useMutation(SegmentCreateDocument);
  const [, update] = useMutation(SegmentUpdateDocument);
  const { form, problem, busy, submit } = useForm({ name: segment?.name ?? '' });
  const [wanted, setWanted] = useState(wantedAtFirst);
  return (
    <form
      noValidate
      onSubmit={submit(
        async ({ name }) => {
          const filter = { ...besides, ...filterOf(wanted, business.currency) };
          const input = { name, search: wanted.search.trim() || null, filter };
          if (segment) {
            const result = await update({ id: segment.id, input });
            return { payload: result.data?.segmentUpdate, result };
          }
          const result = await create({ input });
          return { payload: result.data?.segmentCreate, result };
        },
        (payload) => payload.segment && onDone(payload.segment),
      )}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput data-autofocus label={t('segments.name')} {...form.getInputProps('name')} />
        <Filters wanted={wanted} columns={2} onChange={(change) => setWanted((before) => ({ ...before, ...change }))} />
        {Object.keys(besides).length > 0 && (
          <Text size="sm" c="dimmed">
            {t('segments.besides', { fields: Object.keys(besides).join(', ') })}
          </Text>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
