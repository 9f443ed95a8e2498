import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { useLocale } from 'use-intl';
import type { AmountFragment } from '../api/gql';

/** How figures and days of a business are written in the language of the page. */
export interface Format {
  /** Exact: the amount stays the decimal that the server gave. */
  money: (money: AmountFragment) => string;
  /** As short as there is room for beside a chart. */
  about: (amount: string, currency: string) => string;
  /** What one unit costs, with all the decimals it has. */
  price: (amount: string, currency: string) => string;
  number: (value: string | number) => string;
  /** A share such as `0.4888`, in percent. */
  percent: (share: string) => string;
  /** A date such as `2026-05-12`, which is the same day everywhere. */
  day: (date: string) => string;
  /** The same without its year. */
  dayShort: (date: string) => string;
  /** From one date to the one before another. */
  days: (start: string, end: string) => string;
  dayOfMonth: (date: string) => string;
  weekday: (date: string) => string;
  month: (month: string) => string;
  monthShort: (month: string) => string;
  /** A moment, as the clock shows it where the business is. */
  moment: (instant: string) => string;
  /** The date of a moment where the business is. */
  dateOf: (instant: Date) => string;
}

const FormatContext = createContext<Format | null>(null);

export function FormatProvider({ timeZone, children }: { timeZone: string; children: ReactNode }) {
  const locale = regional(useLocale());
  const format = useMemo(() => createFormat(locale, timeZone), [locale, timeZone]);
  return <FormatContext value={format}>{children}</FormatContext>;
}

export function useFormat(): Format {
  const format = useContext(FormatContext);
  if (!format) throw new Error('useFormat needs a FormatProvider');
  return format;
}

/** A language as it is written where the browser says that its user is: `en-GB` for `en`, say. */
function regional(language: string): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
}

/** The smallest amount of a currency, such as `0.01`. */
export function smallest(currency: string): string {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`;
}

function createFormat(locale: string, timeZone: string): Format {
  const currencies = (options: Intl.NumberFormatOptions) => {
    const formats = new Map<string, Intl.NumberFormat>();
    return (amount: string, currency: string) => {
      let format = formats.get(currency);
      if (!format) formats.set(currency, (format = new Intl.NumberFormat(locale, { ...options, style: 'currency', currency })));
      return format.format(amount as Intl.StringNumericLiteral);
    };
  };
  const money = currencies({});
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  const ofDay = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    return (date: string) => format.format(midnight(date));
  };
  const span = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const month = ofDay({ month: 'long', year: 'numeric' });
  const monthShort = ofDay({ month: 'short', year: '2-digit' });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  // Canada writes dates as the schema does.
  const date = new Intl.DateTimeFormat('en-CA', { timeZone });
  return {
    money: ({ amount, currency }) => money(amount, currency),
    about: currencies({ notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 }),
    price: currencies({ maximumFractionDigits: 6 }),
    number: (value) => number.format(value as Intl.StringNumericLiteral),
    percent: (share) => percent.format(share as Intl.StringNumericLiteral),
    day: ofDay({ dateStyle: 'medium' }),
    dayShort: ofDay({ day: 'numeric', month: 'short' }),
    days: (start, end) => span.formatRange(midnight(start), new Date(midnight(end).getTime() - 86_400_000)),
    dayOfMonth: ofDay({ day: 'numeric' }),
    weekday: ofDay({ weekday: 'short' }),
    month: (value) => month(`${value}-01`),
    monthShort: (value) => monthShort(`${value}-01`),
    moment: (instant) => moment.format(new Date(instant)),
    dateOf: (instant) => date.format(instant),
  };
}

function midnight(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}
