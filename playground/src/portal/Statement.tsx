import { useState } from 'react';
import { useQuery } from 'urql';
import { PortalStatementDocument } from '../api/gql';
import { useFormat } from '../i18n/format';
import { Loaded } from '../ui/Loaded';
import { daysOf } from '../ui/MonthHeading';
import { StatementOfMonth } from '../ui/StatementOfMonth';

export function Statement() {
  const format = useFormat();
  const [month, setMonth] = useState(() => format.dateOf(new Date()).slice(0, 7));
  const [result] = useQuery({ query: PortalStatementDocument, variables: { month, ...daysOf(month) } });
  return (
    <Loaded result={result}>
      {({ me: { customer } }) =>
        customer && (
          <StatementOfMonth month={month} onMonth={setMonth} statement={customer.statement} papers={[customer.pdf, customer.html]} />
        )
      }
    </Loaded>
  );
}
