import { Group, NativeSelect } from '@mantine/core';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { SegmentsDocument, type CustomerFilter, type SegmentPartsFragment } from '../../api/gql';
import { DialogButton } from '../../ui/DialogButton';
import { useMay, useViewer } from '../viewer';
import { ANYONE, wantedOf } from './filter';
import { SegmentDelete } from './SegmentDelete';
import { SegmentForm } from './SegmentForm';
import type { CustomerList } from './useCustomerList';

/** Choosing a saved filter, and saving the present one. */
export function Segments({ list }: { list: CustomerList }) {
  const t = useTranslations('segments');
  const { business } = useViewer();
  const mayRead = useMay('NOTES_READ');
  const mayWrite = useMay('CUSTOMERS_BULK');
  const [{ data }] = useQuery({ query: SegmentsDocument, pause: !mayRead });
  const segments = data ? [...data.segments.nodes, ...data.further.nodes] : [];
  const { asked, ask } = list;
  const chosen = segments.find(({ id }) => id === asked.segment);
  const wanted = { ...ANYONE, ...asked };
  const asksForSome = (Object.keys(ANYONE) as (keyof typeof ANYONE)[]).some((name) => wanted[name].trim() !== '');
  if (!mayRead || (!mayWrite && segments.length === 0)) return null;
  return (
    <Group align="end" gap="sm" mb="sm">
      <NativeSelect
        label={t('segment')}
        value={asked.segment}
        miw={200}
        data={[{ value: '', label: t('everyone') }, ...segments.map(({ id, name }) => ({ value: id, label: name }))]}
        // It begins with all who are in it.
        onChange={(event) => ask({ ...ANYONE, segment: event.currentTarget.value })}
      />
      {mayWrite && chosen && <Chosen key={chosen.id} segment={chosen} onGone={() => ask({ segment: '' })} />}
      {mayWrite && !asked.segment && asksForSome && (
        <DialogButton label={t('save')} variant="default">
          {(close) => (
            <SegmentForm
              start={wantedOf(asked.search, list.which.filter ?? {}, business.currency)}
              onDone={({ id }) => {
                close();
                ask({ ...ANYONE, segment: id });
              }}
            />
          )}
        </DialogButton>
      )}
    </Group>
  );
}

function Chosen({ segment, onGone }: { segment: SegmentPartsFragment; onGone: () => void }) {
  const t = useTranslations('segments');
  const { business } = useViewer();
  return (
    <>
      <DialogButton label={t('edit')} variant="default">
        {(close) => (
          <SegmentForm segment={segment} start={wantedOf(segment.search, segment.filter as CustomerFilter, business.currency)} onDone={close} />
        )}
      </DialogButton>
      <DialogButton label={t('delete')} variant="default">
        {() => <SegmentDelete segment={segment} onDone={onGone} />}
      </DialogButton>
    </>
  );
}
