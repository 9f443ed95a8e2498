import { Grid } from '@mantine/core';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { LoyaltyMetricsDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { BarTable } from '../charts/BarTable';
import type { MetricsProps } from './MetricsPage';
import { Part, Section } from './Section';

const SPREAD = ['lowest', 'lowerQuartile', 'median', 'upperQuartile', 'highest'] as const;

/** How often customers come again, and what they are worth. */
export function LoyaltySection({ asOf }: Pick<MetricsProps, 'asOf'>) {
  const t = useTranslations();
  const format = useFormat();
  const [result] = useQuery({ query: LoyaltyMetricsDocument, variables: { asOf } });
  return (
    <Loaded result={result}>
      {({ metrics: { loyalty } }) => {
        const { lifetimeValue } = loyalty;
        return (
          <Section
            name="loyalty"
            title={t('metrics.loyalty')}
            figures={{
              [t('metrics.buyers')]: format.number(loyalty.customers),
              [t('metrics.repeatShare')]: loyalty.repeatShare && format.percent(loyalty.repeatShare),
              [t('metrics.members')]: format.number(loyalty.members),
              [t('metrics.worth')]: format.money(lifetimeValue.total),
              [t('metrics.averageWorth')]: lifetimeValue.average && format.money(lifetimeValue.average),
            }}
          >
            <Grid gap="sm">
              <Grid.Col span={{ base: 12, sm: 6 }}>
                <Part title={t('metrics.tiers')}>
                  <BarTable
                    title={t('metrics.tiers')}
                    columns={[t('metrics.tier'), t('metrics.count')]}
                    rows={loyalty.tiers.map(({ frequency, count }) => ({
                      name: frequency,
                      label: t(`frequency.${frequency}`),
                      size: count,
                      text: format.number(count),
                    }))}
                  />
                </Part>
              </Grid.Col>
              <Grid.Col span={{ base: 12, sm: 6 }}>
                <Part title={t('metrics.lifetimeValue')}>
                  <BarTable
                    title={t('metrics.lifetimeValue')}
                    columns={[t('metrics.ofThem', { count: lifetimeValue.customers }), t('customers.lifetimeValue')]}
                    rows={SPREAD.flatMap((name) => {
                      const value = lifetimeValue[name];
                      return value ? [{ name, label: t(`metrics.${name}`), size: Number(value.amount), text: format.money(value) }] : [];
                    })}
                  />
                </Part>
              </Grid.Col>
            </Grid>
          </Section>
        );
      }}
    </Loaded>
  );
}
