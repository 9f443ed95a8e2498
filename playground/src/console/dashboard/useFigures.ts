import { useMemo } from 'react';
import { useQuery } from 'urql';
import { DashboardFiguresDocument, type DashboardFiguresQuery } from '../../api/gql';
import { smallest, useFormat } from '../../i18n/format';
import { startOfDay } from '../../i18n/startOfDay';
import { useViewer } from '../viewer';

/** The figures of the dashboard. They are read again whenever a payment makes them stale. */
export function useFigures(): DashboardFiguresQuery | undefined {
  const { business } = useViewer();
  const today = useFormat().dateOf(new Date());
  const variables = useMemo(() => {
    const least = smallest(business.currency);
    return { dayStart: startOfDay(today, business.timeZone), owing: least, inCredit: `-${least}` };
  }, [business, today]);
  const [{ data }] = useQuery({ query: DashboardFiguresDocument, variables });
  return data;
}
