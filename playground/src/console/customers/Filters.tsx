import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { Asked, CustomerList } from './useCustomerList';

const STATUSES = ['PENDING', 'ACTIVE', 'SUSPENDED', 'ARCHIVED'] as const;
export const TYPES = ['REGULAR', 'WALK_IN', 'VIP', 'WHOLESALE'] as const;

export function Filters({ list: { asked, ask } }: { list: CustomerList }) {
  const t = useTranslations();
  const any = { value: '', label: t('customers.any') };
  return (
    <SimpleGrid cols={{ base: 2, md: 5 }} spacing="sm">
      <TextInput
        type="search"
        label={t('customers.search')}
        placeholder={t('customers.searchFor')}
        value={asked.search}
        onChange={(event) => ask({ search: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('customers.status')}
        value={asked.status}
        data={[any, ...STATUSES.map((value) => ({ value, label: t(`customerStatus.${value}`) }))]}
        onChange={(event) => ask({ status: event.currentTarget.value as Asked['status'] })}
      />
      <NativeSelect
        label={t('customers.type')}
        value={asked.type}
        data={[any, ...TYPES.map((value) => ({ value, label: t(`customerType.${value}`) }))]}
        onChange={(event) => ask({ type: event.currentTarget.value as Asked['type'] })}
      />
      <NativeSelect
        label={t('customers.balance')}
        value={asked.owing}
        data={[any, { value: 'owing', label: t('customers.owing') }, { value: 'credit', label: t('customers.credit') }]}
        onChange={(event) => ask({ owing: event.currentTarget.value as Asked['owing'] })}
      />
      <NativeSelect
        label={t('customers.membership')}
        value={asked.member}
        data={[any, { value: 'yes', label: t('customers.member') }, { value: 'no', label: t('customers.notMember') }]}
        onChange={(event) => ask({ member: event.currentTarget.value as Asked['member'] })}
      />
    </SimpleGrid>
  );
}
