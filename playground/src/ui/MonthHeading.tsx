import { ActionIcon, Group, Text } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { useFormat } from '../i18n/format';

interface MonthHeadingProps {
  month: string;
  onMonth: (month: string) => void;
}

/** A month, with the way to those beside it. */
export function MonthHeading({ month, onMonth }: MonthHeadingProps) {
  const t = useTranslations('calendar');
  const format = useFormat();
  return (
    <Group justify="space-between" mb="sm" wrap="nowrap">
      <MonthButton label={t('previous')} sign="‹" month={monthBeside(month, -1)} onMonth={onMonth} />
      <Text fw={650} size="lg" ta="center" aria-live="polite">
        {format.month(month)}
      </Text>
      <MonthButton label={t('next')} sign="›" month={monthBeside(month, 1)} onMonth={onMonth} />
    </Group>
  );
}

function MonthButton(props: MonthHeadingProps & { label: string; sign: string }) {
  const { label, sign, month, onMonth } = props;
  return (
    <ActionIcon variant="default" size="lg" aria-label={label} onClick={() => onMonth(month)}>
      <span aria-hidden="true">{sign}</span>
    </ActionIcon>
  );
}

/** The first and the last day of a month. */
export function daysOf(month: string): { from: string; to: string } {
  const next = new Date(`${monthBeside(month, 1)}-01T00:00:00Z`);
  return { from: `${month}-01`, to: new Date(next.getTime() - 86_400_000).toISOString().slice(0, 10) };
}

function monthBeside(month: string, by: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + by);
  return date.toISOString().slice(0, 7);
}
