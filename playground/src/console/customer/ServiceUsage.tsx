import { Card, Group, Progress, Text } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { useFormat } from '../../i18n/format';
import type { CustomerDetails } from './CustomerPage';

/** How much of what they subscribed to a customer uses, as it was reported last. */
export function ServiceUsage({ usage: { percent, devices, reportedAt } }: { usage: NonNullable<CustomerDetails['serviceUsage']> }) {
  const t = useTranslations('serviceUsage');
  const format = useFormat();
  return (
    <Card component="section" aria-labelledby="service-usage" mb="md" data-usage={percent}>
      <Text component="h2" fw={650} mb="xs" id="service-usage">
        {t('title')}
      </Text>
      <Group justify="space-between" gap="xs" mb={6}>
        <Text fw={650}>{format.percent(String(percent / 100))}</Text>
        <Text>{t('devices', { count: devices, shown: format.number(devices) })}</Text>
      </Group>
      <Progress value={percent} color="leaf" aria-label={t('title')} />
      <Text size="sm" c="dimmed" mt="xs">
        {t('reported', { when: format.moment(reportedAt) })}
      </Text>
    </Card>
  );
}
