import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import type { DashboardFiguresQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';

/** Those who owe most. */
export function TopBalances({ figures }: { figures: DashboardFiguresQuery | undefined }) {
  const t = useTranslations('dashboard');
  const format = useFormat();
  return (
    <Card component="section" aria-labelledby="top-balances">
      <Title order={2} size="h4" mb="sm" id="top-balances">
        {t('topBalances')}
      </Title>
      <Stack gap="xs">
        {figures?.owing.nodes.map((customer) => (
          <Group key={customer.id} justify="space-between" wrap="nowrap">
            <Anchor component={Link} to={`/customers/${customer.id}`} underline="always">
              {customer.name}
            </Anchor>
            <Text fw={600}>{format.money(customer.balance)}</Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
