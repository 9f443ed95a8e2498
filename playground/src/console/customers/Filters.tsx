import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { Wanted } from './filter';

export const STATUSES = ['PENDING', 'ACTIVE', 'SUSPENDED', 'ARCHIVED'] as const;
export const TYPES = ['REGULAR', 'WALK_IN', 'VIP', 'WHOLESALE'] as const;

interface FiltersProps {
  wanted: Wanted;
  onChange: (change: Partial<Wanted>) => void;
  columns?: number;
}

/** Fields for which customers are wanted. */
export function Filters({ wanted, onChange, columns = 4 }: FiltersProps) {
  const t = useTranslations();
  const any = { value: '', label: t('customers.any') };
  return (
    <SimpleGrid cols={{ base: 2, md: columns }} spacing="sm">
      <TextInput
        type="search"
        label={t('customers.search')}
        placeholder={t('customers.searchFor')}
        value={wanted.search}
        onChange={(event) => onChange({ search: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('customers.status')}
        value={wanted.status}
        data={[any, ...choices(STATUSES, wanted.status, (value) => t(`customerStatus.${value}`))]}
        onChange={(event) => onChange({ status: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('customers.type')}
        value={wanted.type}
        data={[any, ...choices(TYPES, wanted.type, (value) => t(`customerType.${value}`))]}
        onChange={(event) => onChange({ type: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('customers.balance')}
        value={wanted.owing}
        data={[any, { value: 'owing', label: t('customers.owing') }, { value: 'credit', label: t('customers.credit') }]}
        onChange={(event) => onChange({ owing: event.currentTarget.value as Wanted['owing'] })}
      />
      <NativeSelect
        label={t('customers.membership')}
        value={wanted.member}
        data={[any, { value: 'yes', label: t('customers.member') }, { value: 'no', label: t('customers.notMember') }]}
        onChange={(event) => onChange({ member: event.currentTarget.value as Wanted['member'] })}
      />
      <NativeSelect
        label={t('customers.contacting')}
        value={wanted.leftAlone}
        data={[any, { value: 'yes', label: t('preferences.doNotContact') }, { value: 'no', label: t('customers.mayContact') }]}
        onChange={(event) => onChange({ leftAlone: event.currentTarget.value as Wanted['leftAlone'] })}
      />
      <TextInput
        label={t('customers.tags')}
        placeholder={t('customers.tagsHint')}
        value={wanted.tags}
        onChange={(event) => onChange({ tags: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

/** Each one, and several if that is what is wanted. */
function choices<Value extends string>(values: readonly Value[], wanted: string, labelOf: (value: Value) => string) {
  const several = wanted.includes(',') ? [wanted] : [];
  return [...values, ...several].map((value) => ({
    value,
    label: values
      .filter((one) => value.split(',').includes(one))
      .map(labelOf)
      .join(', '),
  }));
}
