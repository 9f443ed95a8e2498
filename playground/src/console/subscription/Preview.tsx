import { Card, Group, Table, Text } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { PreviewPartsFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';

/** What would be given back and charged at once, exactly as the customer's account would have it. */
export function Preview({ preview }: { preview: PreviewPartsFragment }) {
  const t = useTranslations();
  const format = useFormat();
  const { effectiveOn, mode, lines, total } = preview;
  return (
    <Card padding="sm" aria-live="polite" data-testid="preview">
      {effectiveOn && (
        <Text size="sm">
          {t('subscriptions.effectiveOn', { day: format.day(effectiveOn) })}
          {mode && ` · ${t(`changeMode.${mode}`)}`}
        </Text>
      )}
      {lines.length === 0 ? (
        <Text size="sm">{t('subscriptions.nothingAtOnce')}</Text>
      ) : (
        <Table verticalSpacing={4} aria-label={t('subscriptions.preview')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('invoices.line.description')}</Table.Th>
              <Table.Th ta="right">{t('invoices.amount')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((line, index) => (
              <Table.Tr key={index} data-preview-line={index}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {line.description}
                  <Text size="xs" c="dimmed">
                    {t('subscriptions.share', {
                      days: format.number(line.days),
                      of: format.number(line.daysOfPeriod),
                      amount: format.money(line.periodAmount),
                    })}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">{format.money(line.amount)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {total && (
        <Group justify="space-between" mt="xs">
          <Text size="sm">{Number(total.amount) < 0 ? t('subscriptions.givenBack') : t('subscriptions.charged')}</Text>
          <Text size="sm" fw={650} data-testid="preview-total">
            {format.money(total)}
          </Text>
        </Group>
      )}
    </Card>
  );
}
