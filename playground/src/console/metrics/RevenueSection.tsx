import { Grid } from '@mantine/core';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { RevenueMetricsDocument, type RevenueMetricsQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { Series } from '../charts/Series';
import { BarTable } from '../charts/BarTable';
import { useScale } from '../charts/useScale';
import type { MetricsProps } from './MetricsPage';
import { Part, Section } from './Section';

/** What comes again and again. */
export function RevenueSection({ asOf, by }: MetricsProps) {
  const t = useTranslations();
  const format = useFormat();
  const [result] = useQuery({ query: RevenueMetricsDocument, variables: { asOf, by } });
  return (
    <Loaded result={result}>
      {({ metrics: { revenue } }) => (
        <Section
          name="revenue"
          title={t('metrics.revenue')}
          figures={{
            [t('metrics.mrr')]: format.money(revenue.mrr),
            [t('metrics.arr')]: format.money(revenue.arr),
            [t('metrics.arpu')]: revenue.arpu && format.money(revenue.arpu),
            [t('metrics.payers')]: format.number(revenue.customers),
            [t('metrics.subscriptions')]: format.number(revenue.subscriptions),
          }}
        >
          <Grid gap="sm">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Part title={t('metrics.movements')}>
                <Movements movements={revenue.movements} by={by} />
              </Part>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Part title={t('metrics.byPlan')}>
                <BarTable
                  title={t('metrics.byPlan')}
                  columns={[t('metrics.plan'), t('metrics.mrr')]}
                  rows={revenue.byPlan.map(({ plan, subscriptions, mrr }, place) => ({
                    name: plan?.id ?? String(place),
                    label: `${plan?.name ?? t('metrics.plan')} (${format.number(subscriptions)})`,
                    size: Number(mrr.amount),
                    text: format.money(mrr),
                  }))}
                />
              </Part>
            </Grid.Col>
          </Grid>
        </Section>
      )}
    </Loaded>
  );
}

/** From the bottom up. */
const MOVES = [
  { name: 'new', color: 'leaf.6' },
  { name: 'expansion', color: 'blue.5' },
  { name: 'reactivation', color: 'cyan.4' },
  { name: 'contraction', color: 'orange.5' },
  { name: 'churn', color: 'red.7' },
] as const;

interface MovementsProps {
  movements: RevenueMetricsQuery['metrics']['revenue']['movements'];
  by: MetricsProps['by'];
}

function Movements({ movements, by }: MovementsProps) {
  const t = useTranslations('metrics');
  const tc = useTranslations('charts');
  const format = useFormat();
  const { begin, value, write } = useScale(by);
  const rate = (share: string | null) => ({ size: 0, text: share === null ? '–' : format.percent(share) });
  return (
    <Series
      title={t('movements')}
      pointsAre={tc(`interval.${by}`)}
      points={movements.map((move) => ({
        ...begin(move.from),
        values: {
          ...Object.fromEntries(MOVES.map(({ name }) => [name, value(move[name])])),
          opening: value(move.opening),
          closing: value(move.closing),
          customerChurn: rate(move.customerChurnRate),
          revenueChurn: rate(move.revenueChurnRate),
        },
      }))}
      series={MOVES.map(({ name, color }) => ({ name, label: t(`moves.${name}`), color }))}
      besides={(['opening', 'closing', 'customerChurn', 'revenueChurn'] as const).map((name) => ({ name, label: t(name) }))}
      stacked
      write={write}
    />
  );
}
