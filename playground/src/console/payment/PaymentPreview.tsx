import { Card, Group, Progress, Table, Text } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { AmountFragment, PaymentPreviewQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';

type Preview = PaymentPreviewQuery['paymentPreview'];

interface PaymentPreviewProps {
  preview: Preview;
  outstanding: AmountFragment;
  /** There is no amount yet to be distributed. */
  blank: boolean;
}

const SHOWN = 5;

/** Which charges a payment would settle, and how much of what is owed. */
export function PaymentPreview({ preview, outstanding, blank }: PaymentPreviewProps) {
  const t = useTranslations('payment');
  const format = useFormat();
  const allocations = blank ? [] : preview.allocations;
  const covered = allocations.reduce((sum, { amount }) => sum + Number(amount.amount), 0);
  const owed = Number(outstanding.amount);
  return (
    <Card padding="sm" aria-live="polite">
      <Group justify="space-between">
        <Text size="sm">{t('outstanding')}</Text>
        <Text size="sm" fw={650} data-testid="outstanding">
          {format.money(outstanding)}
        </Text>
      </Group>
      <Progress my="xs" value={owed > 0 ? Math.min(100, (covered / owed) * 100) : 0} aria-label={t('covered')} />
      {allocations.length > 0 && <Allocations allocations={allocations.slice(0, SHOWN)} />}
      {allocations.length > SHOWN && (
        <Text size="sm" c="dimmed">
          {t('further', { count: allocations.length - SHOWN })}
        </Text>
      )}
    </Card>
  );
}

function Allocations({ allocations }: { allocations: Preview['allocations'] }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <Table verticalSpacing={4} aria-label={t('payment.distribution')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('payment.charge')}</Table.Th>
          <Table.Th ta="right">{t('payment.pays')}</Table.Th>
          <Table.Th ta="right">{t('payment.remains')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {allocations.map(({ charge, amount, remaining }) => (
          <Table.Tr key={charge.id}>
            <Table.Td>
              {t(`chargeKind.${charge.kind}`)}, {format.day(charge.occurredOn)}
            </Table.Td>
            <Table.Td ta="right">{format.money(amount)}</Table.Td>
            <Table.Td ta="right">{format.money(remaining)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
