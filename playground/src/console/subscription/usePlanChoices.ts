import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { PlanChoicesDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';

/** The plans that one can subscribe to, for a choice. */
export function usePlanChoices(): { value: string; label: string }[] {
  const t = useTranslations('plans');
  const format = useFormat();
  const [{ data }] = useQuery({ query: PlanChoicesDocument });
  return (data?.plans.nodes ?? []).map(({ id, name, price, interval, intervalCount }) => ({
    value: id,
    label: `${name} · ${format.money(price)} ${t('every', { interval, count: intervalCount })}`,
  }));
}
