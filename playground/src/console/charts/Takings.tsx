import { useTranslations } from 'use-intl';
import type { AmountFragment, MetricInterval } from '../../api/gql';
import { Series } from './Series';
import { useScale } from './useScale';

interface Flow {
  from: string;
  charged: AmountFragment;
  collected: AmountFragment;
  credited?: AmountFragment;
}

/** What was charged and collected over time. */
export function Takings({ flows, by }: { flows: Flow[]; by: MetricInterval }) {
  const t = useTranslations('charts');
  const { begin, value, write } = useScale(by);
  return (
    <Series
      title={t('takings')}
      pointsAre={t(`interval.${by}`)}
      points={flows.map(({ from, charged, collected, credited }) => ({
        ...begin(from),
        values: {
          charged: value(charged),
          collected: value(collected),
          ...(credited && { credited: value(credited) }),
        },
      }))}
      series={[
        { name: 'charged', label: t('charged'), color: 'blue.5' },
        { name: 'collected', label: t('collected'), color: 'leaf.6' },
      ]}
      besides={flows.some(({ credited }) => credited) ? [{ name: 'credited', label: t('credited') }] : []}
      write={write}
    />
  );
}
