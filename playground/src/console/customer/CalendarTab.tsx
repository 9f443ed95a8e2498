import { Card, Grid, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerCalendarDocument, CustomerDayDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { RecordsCalendar } from '../../ui/RecordsCalendar';
import type { CustomerTabProps } from './CustomerTabs';

export function CalendarTab({ customer }: CustomerTabProps) {
  const format = useFormat();
  const t = useTranslations('calendar');
  const [month, setMonth] = useState(() => format.dateOf(new Date()).slice(0, 7));
  const [day, setDay] = useState<string | null>(null);
  const [result] = useQuery({ query: CustomerCalendarDocument, variables: { id: customer.id, month } });
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Card>
          <Loaded result={result}>
            {(data) => data.customer && <RecordsCalendar calendar={data.customer.calendar} onMonth={setMonth} onDay={setDay} />}
          </Loaded>
        </Card>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Card component="section" aria-live="polite">
          {day ? <RecordsOfDay customerId={customer.id} day={day} /> : <Text c="dimmed">{t('chooseDay')}</Text>}
        </Card>
      </Grid.Col>
    </Grid>
  );
}

function RecordsOfDay({ customerId, day }: { customerId: string; day: string }) {
  const t = useTranslations();
  const format = useFormat();
  const variables = useMemo(() => ({ filter: { customerId, occurredFrom: day, occurredTo: day } }), [customerId, day]);
  const [result] = useQuery({ query: CustomerDayDocument, variables });
  return (
    <>
      <Text component="h2" m={0} mb="xs" fw={650}>
        {format.day(day)}
      </Text>
      <Loaded result={result}>
        {({ records }) =>
          records.nodes.map((record) => (
            <div key={record.id}>
              <Text>
                {record.product}, {format.number(record.quantity)} {record.unit}
              </Text>
              <Text size="sm" c="dimmed" mb="xs">
                {record.shift && `${t(`shift.${record.shift}`)} · `}
                {format.money(record.amount)} · {t(`chargeStatus.${record.status}`)}
              </Text>
            </div>
          ))
        }
      </Loaded>
    </>
  );
}
