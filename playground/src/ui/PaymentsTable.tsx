import { Badge, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { PaymentRowFragment } from '../api/gql';
import { useFormat } from '../i18n/format';

interface PaymentsTableProps<Payment extends PaymentRowFragment> {
  payments: Payment[];
  /** What can be done with a payment. */
  action?: (payment: Payment) => ReactNode;
}

export function PaymentsTable<Payment extends PaymentRowFragment>({ payments, action }: PaymentsTableProps<Payment>) {
  const t = useTranslations();
  const format = useFormat();
  if (payments.length === 0) return <Text c="dimmed">{t('payments.none')}</Text>;
  return (
    <Table verticalSpacing="xs" aria-label={t('payments.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('payments.received')}</Table.Th>
          <Table.Th>{t('payments.method')}</Table.Th>
          <Table.Th ta="right">{t('payments.amount')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {payments.map((payment) => (
          <Table.Tr key={payment.id} data-payment={payment.id}>
            <Table.Td>{format.moment(payment.receivedAt)}</Table.Td>
            <Table.Td>
              {t(`paymentMethod.${payment.method}`)} <StatusBadge payment={payment} />
              {payment.reference && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {payment.reference}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right" fw={600}>
              {format.money(payment.amount)}
              <div>{action?.(payment)}</div>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Says what became of a payment, if it does not simply stand. */
export function StatusBadge({ payment }: { payment: Pick<PaymentRowFragment, 'status'> }) {
  const t = useTranslations('paymentStatus');
  if (payment.status === 'RECORDED') return null;
  return (
    <Badge variant="default" tt="none">
      {t(payment.status)}
    </Badge>
  );
}
