import { Box, Table } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslations } from 'use-intl';
import { Loading } from '../../ui/Loading';

// The charts are as large as the rest of the console.
const Bars = lazy(() => import('./Bars'));

/** How large a value is for the eye, and what it is. */
export interface Value {
  size: number;
  text: string;
}

export interface Point {
  label: string;
  /** The label, where there is little room. */
  short: string;
  /** By the name of their series. */
  values: Record<string, Value>;
}

export interface SeriesOfPoints {
  name: string;
  label: string;
  color: string;
}

interface SeriesProps {
  /** What the table is called. */
  title: string;
  /** What points are, such as days. */
  pointsAre: string;
  points: Point[];
  series: SeriesOfPoints[];
  /** What the table says besides. */
  besides?: Omit<SeriesOfPoints, 'color'>[];
  stacked?: boolean;
  write: (size: number) => string;
}

/** What happened over time: as bars, and as a table for those who do not see them or want to know exactly. */
export function Series({ title, pointsAre, points, series, besides = [], stacked = false, write }: SeriesProps) {
  const t = useTranslations('charts');
  const columns = [...series, ...besides];
  return (
    <>
      <Suspense fallback={<Loading />}>
        <Bars points={points} series={series} stacked={stacked} write={write} />
      </Suspense>
      <Box component="details" mt="xs">
        <Box component="summary" fz="sm" style={{ cursor: 'pointer' }}>
          {t('asTable')}
        </Box>
        {/* Wider than a phone: who has only keys moves it with them. */}
        <Box role="group" tabIndex={0} aria-label={title} style={{ overflowX: 'auto' }}>
          <Table fz="sm" horizontalSpacing={6} aria-label={title} style={{ fontVariantNumeric: 'tabular-nums' }}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{pointsAre}</Table.Th>
                {columns.map(({ name, label }) => (
                  <Table.Th key={name} ta="right">
                    {label}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {points.map(({ label, values }) => (
                <Table.Tr key={label} data-point={label}>
                  <Table.Th scope="row" fw={400} style={{ whiteSpace: 'nowrap' }}>
                    {label}
                  </Table.Th>
                  {columns.map(({ name }) => (
                    <Table.Td key={name} ta="right" style={{ whiteSpace: 'nowrap' }}>
                      {values[name]?.text}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Box>
      </Box>
    </>
  );
}
