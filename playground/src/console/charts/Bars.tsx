import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import type { Point, SeriesOfPoints } from './Series';

interface BarsProps {
  points: Point[];
  series: SeriesOfPoints[];
  stacked: boolean;
  write: (size: number) => string;
}

/** Bars for those who see them: what they say stands in a table too. */
export default function Bars({ points, series, stacked, write }: BarsProps) {
  const shorts = new Map(points.map(({ label, short }) => [label, short]));
  return (
    <div aria-hidden="true">
      <BarChart
        h={250}
        data={points.map(({ label, values }) => ({
          label,
          ...Object.fromEntries(Object.entries(values).map(([name, { size }]) => [name, size])),
        }))}
        dataKey="label"
        type={stacked ? 'stacked' : 'default'}
        series={series}
        valueFormatter={write}
        withLegend={series.length > 1}
        legendProps={{ verticalAlign: 'bottom', itemSorter: null }}
        maxBarWidth={40}
        xAxisProps={{ tickFormatter: (label: string) => shorts.get(label) ?? label }}
        yAxisProps={{ width: 64, allowDecimals: false }}
        barProps={{ isAnimationActive: false }}
        // What is below zero is stacked below it. Nothing in here takes the focus.
        barChartProps={{ stackOffset: 'sign', accessibilityLayer: false }}
      />
    </div>
  );
}
