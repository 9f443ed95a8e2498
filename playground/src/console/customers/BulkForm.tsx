import { Button, Group, NativeSelect, Progress, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useMutation, useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { messageOf } from '../../api/errors';
import {
  CustomersUpdateDocument,
  CustomersUpdatePreviewDocument,
  type CustomerRowFragment,
  type CustomersUpdateMutationVariables,
} from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { changeOf, UNCHANGED, undoOf, type Undo } from './change';
import { STATUSES, TYPES } from './Filters';

interface BulkFormProps {
  which: Omit<CustomersUpdateMutationVariables, 'change'>;
  /** Those who are changed, as they are, if that is known. */
  rows: CustomerRowFragment[];
  onDone: (changed: number, undo: Undo[] | null) => void;
}

/** Changes many customers at once. */
export function BulkForm({ which, rows, onDone }: BulkFormProps) {
  const t = useTranslations();
  const [, update] = useMutation(CustomersUpdateDocument);
  const { form, problem, busy, submit } = useForm(UNCHANGED);
  const change = changeOf(form.values);
  const asItIs = { value: '', label: t('bulk.asItIs') };
  return (
    <form
      noValidate
      onSubmit={submit(
        async () => {
          const result = await update({ ...which, change: change ?? {} });
          return { payload: result.data?.customersUpdate, result };
        },
        ({ changed }) => onDone(changed ?? 0, change && undoOf(rows, change, changed ?? 0)),
      )}
    >
      <Stack>
        <FormError message={problem} />
        <NativeSelect
          data-autofocus
          label={t('customers.status')}
          // Who is archived is so one by one.
          data={[
            asItIs,
            ...STATUSES.filter((value) => value !== 'ARCHIVED').map((value) => ({ value, label: t(`customerStatus.${value}`) })),
          ]}
          {...form.getInputProps('status')}
        />
        <NativeSelect
          label={t('customers.type')}
          data={[asItIs, ...TYPES.map((value) => ({ value, label: t(`customerType.${value}`) }))]}
          {...form.getInputProps('type')}
        />
        <NativeSelect
          label={t('customers.membership')}
          data={[asItIs, { value: 'yes', label: t('customers.member') }, { value: 'no', label: t('customers.notMember') }]}
          {...form.getInputProps('member')}
        />
        <Preview which={which} change={JSON.stringify(change)} busy={busy} />
        {/* All are changed at once, so that it is not known how far that is: the text above says of how many. */}
        {busy && <Progress value={100} animated aria-hidden />}
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={change === null}>
            {t('bulk.change')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Whom a change, as JSON, would change, or is changing. */
function Preview({ which, change, busy }: { which: BulkFormProps['which']; change: string; busy: boolean }) {
  const t = useTranslations('bulk');
  const format = useFormat();
  const variables = useMemo(() => ({ ...which, change: JSON.parse(change) ?? {} }), [which, change]);
  const pause = change === 'null';
  const [{ data, error, fetching }] = useQuery({
    query: CustomersUpdatePreviewDocument,
    variables,
    pause,
    requestPolicy: 'network-only',
  });
  const preview = pause || fetching ? null : data?.customersUpdatePreview;
  return (
    <Text role="status" size="sm" mih="1.5em" data-changing={preview?.changing}>
      {busy
        ? t('working', { count: preview?.changing ?? 0, shown: format.number(preview?.changing ?? 0) })
        : pause
          ? t('nothing')
          : preview
            ? t('preview', { changing: format.number(preview.changing), matched: format.number(preview.matched) })
            : messageOf(error)}
      {!busy && preview && preview.changing > preview.limit && ` ${t('tooMany', { limit: format.number(preview.limit) })}`}
    </Text>
  );
}
