import { Grid } from '@mantine/core';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { ReceivableMetricsDocument, type ReceivableMetricsQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { Ageing } from '../charts/Ageing';
import { BarTable } from '../charts/BarTable';
import { Takings } from '../charts/Takings';
import type { MetricsProps } from './MetricsPage';
import { Part, Section } from './Section';

/** What is owed, what was charged and collected. */
export function ReceivablesSection({ asOf, by }: MetricsProps) {
  const t = useTranslations();
  const format = useFormat();
  const [result] = useQuery({ query: ReceivableMetricsDocument, variables: { asOf, by } });
  return (
    <Loaded result={result}>
      {({ metrics: { receivables } }) => (
        <Section
          name="receivables"
          title={t('metrics.receivables')}
          figures={{
            [t('dashboard.outstanding')]: format.money(receivables.outstanding),
            [t('dashboard.late')]: format.money(receivables.overdue),
            [t('dashboard.credit')]: format.money(receivables.credit),
            [t('metrics.balance')]: format.money(receivables.balance),
          }}
        >
          <Grid gap="sm">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Part title={t('charts.takings')}>
                <Takings flows={receivables.flows} by={by} />
              </Part>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Part title={t('ageing.title')}>
                <Ageing ageing={receivables.ageing} />
              </Part>
            </Grid.Col>
            <Grid.Col span={12}>
              <Part title={t('metrics.byMethod', { by })}>
                <ByMethod flows={receivables.flows} by={by} />
              </Part>
            </Grid.Col>
          </Grid>
        </Section>
      )}
    </Loaded>
  );
}

type Flows = ReceivableMetricsQuery['metrics']['receivables']['flows'];

/** By what it was collected, in the last of the intervals. */
function ByMethod({ flows, by }: { flows: Flows; by: MetricsProps['by'] }) {
  const t = useTranslations();
  const format = useFormat();
  const methods = flows.at(-1)?.collectedByMethod ?? [];
  return (
    <BarTable
      title={t('metrics.byMethod', { by })}
      columns={[t('payments.method'), t('charts.collected')]}
      rows={methods.map(({ method, amount }) => ({
        name: method,
        label: t(`paymentMethod.${method}`),
        size: Number(amount.amount),
        text: format.money(amount),
      }))}
    />
  );
}
