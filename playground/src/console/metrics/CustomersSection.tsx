import { Anchor, Grid } from '@mantine/core';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerMetricsDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { Series } from '../charts/Series';
import { BarTable } from '../charts/BarTable';
import { useScale } from '../charts/useScale';
import type { MetricsProps } from './MetricsPage';
import { Part, Section } from './Section';

/** How many customers there are, and who owes the most. */
export function CustomersSection({ asOf, by }: MetricsProps) {
  const t = useTranslations();
  const format = useFormat();
  const { begin } = useScale(by);
  const [result] = useQuery({ query: CustomerMetricsDocument, variables: { asOf, by } });
  const counted = (count: number) => ({ size: count, text: format.number(count) });
  const who: [string, string] = [t('pages.customers'), t('metrics.count')];
  return (
    <Loaded result={result}>
      {({ metrics: { customers } }) => (
        <Section
          name="customers"
          title={t('pages.customers')}
          figures={{
            [t('metrics.total')]: format.number(customers.total),
            [t('metrics.members')]: format.number(customers.members),
            [t('metrics.nonMembers')]: format.number(customers.nonMembers),
            [t('metrics.averageBalance')]: customers.averageBalance && format.money(customers.averageBalance),
          }}
        >
          <Grid gap="sm">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Part title={t('metrics.joined')}>
                <Series
                  title={t('metrics.joined')}
                  pointsAre={t(`charts.interval.${by}`)}
                  points={customers.joined.map(({ from, count }) => ({ ...begin(from), values: { joined: counted(count) } }))}
                  series={[{ name: 'joined', label: t('metrics.joined'), color: 'leaf.6' }]}
                  write={(size) => format.number(size)}
                />
              </Part>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Part title={t('dashboard.topBalances')}>
                <BarTable
                  title={t('dashboard.topBalances')}
                  columns={[t('payment.customer'), t('customers.balance')]}
                  rows={customers.topByBalance.map(({ customer, balance }, place) => ({
                    name: customer?.id ?? String(place),
                    label: customer && (
                      <Anchor component={Link} to={`/customers/${customer.id}`} underline="always" fz="sm">
                        {customer.name}
                      </Anchor>
                    ),
                    size: Number(balance.amount),
                    text: format.money(balance),
                  }))}
                />
              </Part>
            </Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}>
              <Part title={t('metrics.byStatus')}>
                <BarTable
                  title={t('metrics.byStatus')}
                  columns={who}
                  rows={customers.byStatus.map(({ status, count }) => ({
                    name: status,
                    label: t(`customerStatus.${status}`),
                    ...counted(count),
                  }))}
                />
              </Part>
            </Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}>
              <Part title={t('metrics.byType')}>
                <BarTable
                  title={t('metrics.byType')}
                  columns={who}
                  rows={customers.byType.map(({ type, count }) => ({ name: type, label: t(`customerType.${type}`), ...counted(count) }))}
                />
              </Part>
            </Grid.Col>
          </Grid>
        </Section>
      )}
    </Loaded>
  );
}
