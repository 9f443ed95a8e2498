import { Badge, Group, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { InvoiceRowFragment, InvoiceStatus } from '../api/gql';
import { useFormat } from '../i18n/format';

interface InvoicesTableProps<Invoice extends InvoiceRowFragment> {
  invoices: Invoice[];
  /** What leads to an invoice, which is called so. */
  open: (invoice: Invoice, name: string) => ReactNode;
}

export function InvoicesTable<Invoice extends InvoiceRowFragment>({ invoices, open }: InvoicesTableProps<Invoice>) {
  const t = useTranslations('invoices');
  const format = useFormat();
  if (invoices.length === 0) return <Text c="dimmed">{t('none')}</Text>;
  return (
    <Table verticalSpacing="xs" horizontalSpacing={6} aria-label={t('title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('invoice')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('issuedOn')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('dueOn')}</Table.Th>
          <Table.Th ta="right">{t('amount')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {invoices.map((invoice) => (
          <Table.Tr key={invoice.id} data-invoice={invoice.id}>
            <Table.Td>
              {open(invoice, invoice.number ?? t('draft'))}
              <InvoiceBadges invoice={invoice} />
            </Table.Td>
            <Table.Td visibleFrom="sm">{invoice.issuedOn && format.day(invoice.issuedOn)}</Table.Td>
            <Table.Td visibleFrom="sm">{invoice.dueOn && format.day(invoice.dueOn)}</Table.Td>
            <Table.Td ta="right" fw={600}>
              {format.money(invoice.amount)}
              {invoice.outstanding.amount !== invoice.amount.amount && Number(invoice.outstanding.amount) > 0 && (
                <Text size="xs" c="dimmed">
                  {t('stillOpen', { amount: format.money(invoice.outstanding) })}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const COLORS: Partial<Record<InvoiceStatus, string>> = { PAID: 'leaf', OPEN: 'blue.8' };

/** Where an invoice stands. */
export function InvoiceBadges({ invoice }: { invoice: Pick<InvoiceRowFragment, 'status' | 'overdue'> }) {
  const t = useTranslations();
  const color = COLORS[invoice.status];
  return (
    <Group gap={4} mt={4}>
      <Badge {...(color ? { color } : { variant: 'default' })} tt="none" data-status-of-invoice={invoice.status}>
        {t(`invoiceStatus.${invoice.status}`)}
      </Badge>
      {invoice.overdue && (
        <Badge color="red.8" tt="none">
          {t('invoices.overdue')}
        </Badge>
      )}
    </Group>
  );
}
