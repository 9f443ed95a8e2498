import '@mantine/charts/styles.css';
import { AreaChart } from '@mantine/charts';
import { useTranslations } from 'use-intl';
import type { CustomerAccountQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';

interface BalanceChartProps {
  statement: NonNullable<CustomerAccountQuery['customer']>['statement'];
  from: string;
  to: string;
}

/** What was owed at the end of each day. */
export default function BalanceChart({ statement, from, to }: BalanceChartProps) {
  const t = useTranslations('customers');
  const format = useFormat();
  const money = (amount: number) => format.money({ ...statement.opening, amount: String(amount) });
  return (
    <AreaChart
      h={240}
      data={balances({ statement, from, to }).map(({ date, balance }) => ({ date: format.day(date), balance }))}
      dataKey="date"
      series={[{ name: 'balance', label: t('balance'), color: 'leaf.6' }]}
      curveType="stepAfter"
      withDots={false}
      valueFormatter={money}
      yAxisProps={{ width: 100 }}
    />
  );
}

function balances({ statement: { opening, lines }, from, to }: BalanceChartProps) {
  const moved = new Map(lines.map(({ occurredOn, balance }) => [occurredOn, balance.amount]));
  const days = [];
  // For a picture only: elsewhere, no amount becomes a float.
  let balance = Number(opening.amount);
  for (let date = from; date <= to; date = dayAfter(date)) {
    balance = Number(moved.get(date) ?? balance);
    days.push({ date, balance });
  }
  return days;
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
