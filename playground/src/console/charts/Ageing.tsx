import { useTranslations } from 'use-intl';
import type { AgeingPartsFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { BarTable } from './BarTable';

const BANDS = ['current', 'days1To30', 'days31To60', 'days61To90', 'over90Days'] as const;

/** What is owed, by how many days it is late. */
export function Ageing({ ageing }: { ageing: AgeingPartsFragment }) {
  const t = useTranslations('ageing');
  const format = useFormat();
  return (
    <BarTable
      title={t('title')}
      columns={[t('late'), t('owed')]}
      rows={BANDS.map((name) => ({
        name,
        label: t(name),
        size: Number(ageing[name].amount),
        text: format.money(ageing[name]),
      }))}
    />
  );
}
