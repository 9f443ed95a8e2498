import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import classes from './BarTable.module.css';

export interface BarRow {
  name: string;
  label: ReactNode;
  /** How large it is for the eye. */
  size: number;
  /** How large it is. */
  text: string;
}

interface BarTableProps {
  title: string;
  /** What the rows are, and what of them is told. */
  columns: [string, string];
  rows: BarRow[];
}

/** Rows with a bar each: that of the largest is the longest. */
export function BarTable({ title, columns: [what, much], rows }: BarTableProps) {
  const t = useTranslations('charts');
  if (rows.length === 0) return <Text c="dimmed">{t('none')}</Text>;
  const largest = Math.max(...rows.map(({ size }) => size));
  return (
    <Table horizontalSpacing={6} verticalSpacing={6} aria-label={title} style={{ fontVariantNumeric: 'tabular-nums' }}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{what}</Table.Th>
          <Table.Th ta="right">{much}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ name, label, size, text }) => (
          <Table.Tr key={name} data-row={name}>
            <Table.Th scope="row" fw={400} w="99%" style={{ overflowWrap: 'anywhere' }}>
              {label}
              {size > 0 && <div className={classes.bar} style={{ width: `${(size / largest) * 100}%` }} />}
            </Table.Th>
            <Table.Td ta="right" style={{ whiteSpace: 'nowrap', verticalAlign: 'top' }}>
              {text}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
