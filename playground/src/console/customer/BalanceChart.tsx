import '@mantine/charts/styles.css';
import { AreaChart } from '@mantine/charts';
import { useTranslations } from 'use-intl';
import type { CustomerAccountQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Amounts } from '../../ui/Amounts';

type Statement = NonNullable<CustomerAccountQuery['customer']>['statement'];

/** What was owed at the end of each day on which something happened. */
export default function BalanceChart({ statement, from }: { statement: Statement; from: string }) {
  const t = useTranslations('customers');
  const format = useFormat();
  const { opening, charged, paid, closing, lines } = statement;
  const byDay = new Map([[from, opening.amount], ...lines.map(({ occurredOn, balance }) => [occurredOn, balance.amount] as const)]);
  const data = [...byDay].map(([date, amount]) => ({ date: format.day(date), balance: Number(amount) }));
  const money = (amount: number) => format.money({ ...opening, amount: String(amount) });
  return (
    <>
      <Amounts total={charged} paid={paid} remaining={closing} />
      <AreaChart
        mt="md"
        h={220}
        data={data}
        dataKey="date"
        series={[{ name: 'balance', label: t('balance'), color: 'leaf.6' }]}
        curveType="stepAfter"
        withDots={false}
        valueFormatter={money}
        yAxisProps={{ width: 80 }}
      />
    </>
  );
}
