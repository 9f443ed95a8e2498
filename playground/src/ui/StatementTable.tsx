import { Table, Text } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { StatementPartsFragment } from '../api/gql';
import { useFormat } from '../i18n/format';

/** An account, line by line. */
export function StatementTable({ statement: { opening, lines, closing } }: { statement: StatementPartsFragment }) {
  const t = useTranslations('statement');
  const format = useFormat();
  return (
    <Table verticalSpacing="xs" horizontalSpacing={6} aria-label={t('title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('what')}</Table.Th>
          <Table.Th ta="right">{t('amount')}</Table.Th>
          <Table.Th ta="right">{t('balance')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        <Table.Tr>
          <Table.Th scope="row" fw={400}>
            {t('opening')}
          </Table.Th>
          <Table.Td />
          <Table.Td ta="right" data-statement="opening">
            {format.money(opening)}
          </Table.Td>
        </Table.Tr>
        {lines.map((line) => (
          <Table.Tr key={line.id} data-line={line.id}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <What line={line} />
              <Text size="sm" c="dimmed">
                {format.day(line.occurredOn)}
                {line.reason && ` · ${line.reason}`}
              </Text>
            </Table.Td>
            <Table.Td ta="right">{format.money(line.amount)}</Table.Td>
            <Table.Td ta="right">{format.money(line.balance)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
      <Table.Tfoot>
        <Table.Tr>
          <Table.Th scope="row">{t('closing')}</Table.Th>
          <Table.Td />
          <Table.Td ta="right" fw={700} data-statement="closing">
            {format.money(closing)}
          </Table.Td>
        </Table.Tr>
      </Table.Tfoot>
    </Table>
  );
}

function What({ line: { kind, charge, payment } }: { line: StatementPartsFragment['lines'][number] }) {
  const t = useTranslations();
  const format = useFormat();
  if (kind === 'PAYMENT' && payment?.method) return `${t('entryKind.PAYMENT')}, ${t(`paymentMethod.${payment.method}`)}`;
  if (!charge) return t(`entryKind.${kind}`);
  const what = [t(`chargeKind.${charge.kind}`)];
  if ('product' in charge) what.splice(0, 1, `${charge.product}, ${format.number(charge.quantity)} ${charge.unit}`);
  if ('invoice' in charge && charge.invoice.number) what.push(charge.invoice.number);
  if (kind !== 'CHARGE') what.unshift(`${t(`entryKind.${kind}`)}:`);
  return what.join(' ');
}
