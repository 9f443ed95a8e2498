import { Group, Stack } from '@mantine/core';
import type { PaperFragment, StatementPartsFragment } from '../api/gql';
import { useFormat } from '../i18n/format';
import { MonthHeading } from './MonthHeading';
import { Papers } from './Papers';
import { StatementTable } from './StatementTable';

interface StatementOfMonthProps {
  month: string;
  onMonth: (month: string) => void;
  statement: StatementPartsFragment;
  papers: PaperFragment[];
}

/** The account of a month, to read here or to take along. */
export function StatementOfMonth({ month, onMonth, statement, papers }: StatementOfMonthProps) {
  const format = useFormat();
  return (
    <Stack gap="sm">
      <MonthHeading month={month} onMonth={onMonth} />
      <Group justify="flex-end">
        <Papers of={format.month(month)} papers={papers} compact />
      </Group>
      <StatementTable statement={statement} />
    </Stack>
  );
}
