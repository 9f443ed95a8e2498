import { Group, Text, VisuallyHidden } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { CalendarMonthFragment } from '../api/gql';
import { useFormat } from '../i18n/format';
import { Amounts } from './Amounts';
import { MonthHeading } from './MonthHeading';
import classes from './RecordsCalendar.module.css';

type Day = CalendarMonthFragment['days'][number];

interface RecordsCalendarProps {
  calendar: CalendarMonthFragment;
  onMonth: (month: string) => void;
  /** Makes the days with deliveries buttons. */
  onDay?: (date: string) => void;
}

/** The deliveries of a month: green days are paid, yellow ones are not, split ones are in part. */
export function RecordsCalendar({ calendar, onMonth, onDay }: RecordsCalendarProps) {
  const format = useFormat();
  return (
    <section aria-label={format.month(calendar.month)}>
      <MonthHeading month={calendar.month} onMonth={onMonth} />
      <Amounts total={calendar.amount} paid={calendar.paid} remaining={calendar.remaining} />
      <table className={classes.month}>
        <thead>
          <tr>
            {WEEK.map((date) => (
              <th key={date} scope="col">
                {format.weekday(date)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(calendar.days).map((week, index) => (
            <tr key={index}>
              {week.map((day, weekday) => (
                <td key={weekday}>{day && <DayCell day={day} onDay={onDay} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Legend />
    </section>
  );
}

function DayCell({ day, onDay }: { day: Day; onDay: RecordsCalendarProps['onDay'] }) {
  const t = useTranslations('calendar');
  const format = useFormat();
  const content = (
    <>
      <span className={classes.number}>{format.dayOfMonth(day.date)}</span>
      {day.records > 0 && (
        <>
          <span className={classes.quantity}>{format.number(day.quantity)}</span>
          <VisuallyHidden>
            {t(`status.${day.status}`)}, {format.money(day.amount)}
          </VisuallyHidden>
        </>
      )}
    </>
  );
  const props = { className: classes.day, 'data-date': day.date, 'data-status': day.status };
  if (!onDay || day.records === 0) return <div {...props}>{content}</div>;
  return (
    <button type="button" {...props} onClick={() => onDay(day.date)}>
      {content}
    </button>
  );
}

function Legend() {
  const t = useTranslations('calendar.status');
  return (
    <Group gap="md" mt="xs">
      {(['PAID', 'PARTIAL', 'UNPAID'] as const).map((status) => (
        <Group key={status} gap={6}>
          <span className={classes.swatch} data-status={status} />
          <Text size="sm">{t(status)}</Text>
        </Group>
      ))}
    </Group>
  );
}

/** A Monday and the six days after it. */
const WEEK = Array.from({ length: 7 }, (_, index) => `2024-01-0${index + 1}`);

function weeksOf(days: Day[]): (Day | null)[][] {
  const first = days[0] ? (new Date(`${days[0].date}T00:00:00Z`).getUTCDay() + 6) % 7 : 0;
  const cells: (Day | null)[] = [...Array<null>(first).fill(null), ...days];
  return Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => cells[week * 7 + day] ?? null),
  );
}
