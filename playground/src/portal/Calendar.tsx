import { useState } from 'react';
import { useQuery } from 'urql';
import { PortalCalendarDocument } from '../api/gql';
import { useFormat } from '../i18n/format';
import { Loaded } from '../ui/Loaded';
import { RecordsCalendar } from '../ui/RecordsCalendar';

export function Calendar() {
  const format = useFormat();
  const [month, setMonth] = useState(() => format.dateOf(new Date()).slice(0, 7));
  const [result] = useQuery({ query: PortalCalendarDocument, variables: { month } });
  return (
    <Loaded result={result}>
      {({ me }) => me.customer && <RecordsCalendar calendar={me.customer.calendar} onMonth={setMonth} />}
    </Loaded>
  );
}
