import { Anchor, Badge, Checkbox, Table, Text, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import type { CustomerRowFragment, CustomerSort } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import type { Chosen } from './useChosen';
import type { CustomerList } from './useCustomerList';

/** Each column, with what it sorts by and from which width on there is room for it. */
const COLUMNS = [
  { name: 'name', sort: 'NAME' },
  { name: 'code', sort: 'CODE', visibleFrom: 'sm' },
  { name: 'status', visibleFrom: 'sm' },
  { name: 'joined', sort: 'JOINED_ON', visibleFrom: 'lg' },
  { name: 'lastPayment', sort: 'LAST_PAYMENT_AT', visibleFrom: 'md' },
  { name: 'balance', sort: 'BALANCE', right: true },
] as const;

interface CustomersTableProps {
  customers: CustomerRowFragment[];
  list: CustomerList;
  /** Those who are chosen, if one may choose. */
  chosen: Chosen | null;
}

export function CustomersTable({ customers, list, chosen }: CustomersTableProps) {
  const t = useTranslations();
  const isChosen = ({ id }: CustomerRowFragment) => chosen !== null && (chosen.all || chosen.rows.has(id));
  return (
    <Table highlightOnHover verticalSpacing="xs" aria-label={t('pages.customers')}>
      <Table.Thead>
        <Table.Tr>
          {chosen && (
            <Table.Th w={36}>
              <Checkbox
                aria-label={t('bulk.choosePage')}
                checked={customers.length > 0 && customers.every(isChosen)}
                indeterminate={customers.some(isChosen) && !customers.every(isChosen)}
                onChange={(event) => chosen.choose(customers, event.currentTarget.checked)}
              />
            </Table.Th>
          )}
          {COLUMNS.map((column) => (
            <ColumnHead key={column.name} column={column} list={list} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {customers.map((customer) => (
          <CustomerLine key={customer.id} customer={customer}>
            {chosen && (
              <Table.Td>
                <Checkbox
                  aria-label={t('bulk.chooseOne', { name: customer.name })}
                  checked={isChosen(customer)}
                  onChange={(event) => chosen.choose([customer], event.currentTarget.checked)}
                />
              </Table.Td>
            )}
          </CustomerLine>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function ColumnHead({ column, list: { asked, ask } }: { column: (typeof COLUMNS)[number]; list: CustomerList }) {
  const t = useTranslations('customers');
  const props = {
    ...('visibleFrom' in column && { visibleFrom: column.visibleFrom }),
    ...('right' in column && { ta: 'right' as const }),
  };
  if (!('sort' in column)) return <Table.Th {...props}>{t(column.name)}</Table.Th>;
  const [up, down]: CustomerSort[] = [`${column.sort}_ASC`, `${column.sort}_DESC`];
  const order = asked.sort === up ? 'ascending' : asked.sort === down ? 'descending' : 'none';
  return (
    <Table.Th {...props} aria-sort={order}>
      <UnstyledButton fz="sm" fw={700} onClick={() => ask({ sort: asked.sort === up ? down! : up! })}>
        {t(column.name)} <span aria-hidden="true">{{ ascending: '▲', descending: '▼', none: '' }[order]}</span>
      </UnstyledButton>
    </Table.Th>
  );
}

function CustomerLine({ customer, children }: { customer: CustomerRowFragment; children: ReactNode }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <Table.Tr data-customer={customer.code}>
      {children}
      <Table.Td>
        <Anchor component={Link} to={`/customers/${customer.id}`} underline="always">
          {customer.name}
        </Anchor>
        <Text size="xs" c="dimmed">
          {customer.phone}
        </Text>
        {customer.preferences.doNotContact && (
          <Badge color="red.9" tt="none" data-left-alone>
            {t('preferences.doNotContact')}
          </Badge>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm">{customer.code}</Table.Td>
      <Table.Td visibleFrom="sm">
        <Badge variant="default" tt="none">
          {t(`customerStatus.${customer.status}`)}
        </Badge>
      </Table.Td>
      <Table.Td visibleFrom="lg">{format.day(customer.joinedOn)}</Table.Td>
      <Table.Td visibleFrom="md">{customer.lastPaymentAt && format.moment(customer.lastPaymentAt)}</Table.Td>
      <Table.Td ta="right" fw={600}>
        {format.money(customer.balance)}
      </Table.Td>
    </Table.Tr>
  );
}
