import { Group, NativeSelect, Stack, TextInput, Title } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { useTranslations } from 'use-intl';
import type { MetricInterval } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { useTitle } from '../../ui/useTitle';
import { NotFound } from '../NotFound';
import { useMay } from '../viewer';
import { CustomersSection } from './CustomersSection';
import { LoyaltySection } from './LoyaltySection';
import { ReceivablesSection } from './ReceivablesSection';
import { RevenueSection } from './RevenueSection';

/** Of which day the figures are, and what the points of series are. */
export interface MetricsProps {
  asOf: string | null;
  by: MetricInterval;
}

const INTERVALS = ['DAY', 'WEEK', 'MONTH'] as const;

export default function MetricsPage() {
  return useMay('METRICS_READ') ? <Metrics /> : <NotFound />;
}

function Metrics() {
  const t = useTranslations();
  useTitle(t('pages.metrics'));
  const today = useFormat().dateOf(new Date());
  // They stand in the address, so that it can be sent to others and survives going back.
  const [params, setParams] = useSearchParams();
  const day = params.get('asOf') ?? '';
  const asked: MetricsProps = {
    // While a day is typed, it is none, or one that is yet to come.
    asOf: /^\d{4}-\d{2}-\d{2}$/.test(day) && day <= today ? day : null,
    by: INTERVALS.find((interval) => interval === params.get('by')) ?? 'MONTH',
  };

  function ask(name: string, value: string) {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  }

  return (
    <Stack>
      <Group justify="space-between" align="end">
        <Title order={1} size="h2">
          {t('pages.metrics')}
        </Title>
        <Group gap="sm" align="end">
          <TextInput
            type="date"
            label={t('metrics.asOf')}
            max={today}
            value={day || today}
            onChange={(event) => ask('asOf', event.currentTarget.value)}
          />
          <NativeSelect
            label={t('metrics.by')}
            value={asked.by}
            data={INTERVALS.map((value) => ({ value, label: t(`charts.interval.${value}`) }))}
            onChange={(event) => ask('by', event.currentTarget.value)}
          />
        </Group>
      </Group>
      <ReceivablesSection {...asked} />
      <RevenueSection {...asked} />
      <CustomersSection {...asked} />
      <LoyaltySection {...asked} />
    </Stack>
  );
}
