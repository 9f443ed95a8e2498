import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { messageOf } from '../../api/errors';
import { SegmentDeleteDocument, type SegmentPartsFragment } from '../../api/gql';
import { FormError } from '../../ui/FormError';

/** Asks before a segment is removed. */
export function SegmentDelete({ segment, onDone }: { segment: SegmentPartsFragment; onDone: () => void }) {
  const t = useTranslations('segments');
  const [{ data, error, fetching }, remove] = useMutation(SegmentDeleteDocument);
  return (
    <Stack>
      <FormError message={data?.segmentDelete?.userErrors[0]?.message ?? messageOf(error)} />
      <Text>{t('deleteHint', { name: segment.name })}</Text>
      <Group justify="flex-end">
        <Button
          color="red.9"
          loading={fetching}
          onClick={() =>
            void remove({ id: segment.id }).then((result) => {
              if (result.data?.segmentDelete?.deletedId) onDone();
            })
          }
        >
          {t('delete')}
        </Button>
      </Group>
    </Stack>
  );
}
