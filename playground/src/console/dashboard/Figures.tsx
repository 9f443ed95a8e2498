import { useTranslations } from 'use-intl';
import type { DashboardFiguresQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Figure } from '../../ui/Figure';

const NAMES = ['active', 'owing', 'inCredit', 'overdue', 'paymentsToday'] as const;

export function Figures({ figures }: { figures: DashboardFiguresQuery | undefined }) {
  const t = useTranslations('dashboard');
  const format = useFormat();
  return NAMES.map((name) => (
    <Figure key={name} label={t(name)} data-figure={name}>
      {figures ? format.number(figures[name].totalCount ?? 0) : '…'}
    </Figure>
  ));
}
