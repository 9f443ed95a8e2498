import type { AmountFragment, MetricInterval } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { useViewer } from '../viewer';
import type { Value } from './Series';

/** How a chart of money over time is written. */
export function useScale(by: MetricInterval) {
  const format = useFormat();
  const { currency } = useViewer().business;
  return {
    /** How the point is called that begins on a day. */
    begin: (date: string) =>
      by === 'MONTH'
        ? { label: format.month(date.slice(0, 7)), short: format.monthShort(date.slice(0, 7)) }
        : { label: format.day(date), short: format.dayShort(date) },
    // For a picture only: what is written stays the decimal that the server gave.
    value: (money: AmountFragment): Value => ({ size: Number(money.amount), text: format.money(money) }),
    write: (size: number) => format.about(String(size), currency),
  };
}
