/** The moment at which a day begins in a time zone: where the clock skips midnight, the first moment after it. */
export function startOfDay(date: string, timeZone: string): string {
  const clock = new Intl.DateTimeFormat('en-CA', { timeZone, timeZoneName: 'longOffset' });
  const offsetAt = (instant: number) => {
    const name = clock.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? ['', '+', '0', '0'];
    return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const guess = midnight - offsetAt(midnight);
  return new Date(midnight - offsetAt(guess)).toISOString();
}
