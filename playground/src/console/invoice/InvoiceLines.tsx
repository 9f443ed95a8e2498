import { Table, Text } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { AmountFragment, InvoiceDetailsFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';

/** What an invoice is for, and what it comes to. */
export function InvoiceLines({ invoice }: { invoice: InvoiceDetailsFragment }) {
  const t = useTranslations('invoices');
  const format = useFormat();
  const { lines, net, tax, amount, paid, outstanding, status } = invoice;
  const none = (money: AmountFragment) => Number(money.amount) === 0;
  return (
    <Table verticalSpacing="xs" aria-label={t('lines')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('line.description')}</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {t('net')}
          </Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {t('tax')}
          </Table.Th>
          <Table.Th ta="right">{t('amount')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line, index) => (
          <Table.Tr key={index}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              {line.description}
              <Text size="sm" c="dimmed">
                {t('line.made', {
                  quantity: format.number(line.quantity),
                  price: format.price(line.unitPrice, amount.currency),
                  rate: format.number(line.taxRate),
                  taxMode: invoice.taxMode,
                })}
              </Text>
            </Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              {format.money(line.net)}
            </Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              {format.money(line.tax)}
            </Table.Td>
            <Table.Td ta="right">{format.money(line.amount)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
      <Table.Tfoot>
        <Total name="net" money={net} />
        <Total name="tax" money={tax} />
        <Total name="total" money={amount} />
        {!none(paid) && <Total name="paid" money={paid} />}
        {status !== 'DRAFT' && <Total name="outstanding" money={outstanding} />}
      </Table.Tfoot>
    </Table>
  );
}

function Total(props: { name: 'net' | 'tax' | 'total' | 'paid' | 'outstanding'; money: AmountFragment }) {
  const { name, money } = props;
  const t = useTranslations('invoices');
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Th scope="row" colSpan={1} fw={name === 'total' ? 700 : 400}>
        {t(name)}
      </Table.Th>
      <Table.Td visibleFrom="sm" colSpan={2} />
      <Table.Td ta="right" fw={name === 'total' ? 700 : 400} data-total={name}>
        {format.money(money)}
      </Table.Td>
    </Table.Tr>
  );
}
