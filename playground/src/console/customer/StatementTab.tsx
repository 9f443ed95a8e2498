import { Card } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from 'urql';
import { CustomerStatementDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { daysOf } from '../../ui/MonthHeading';
import { StatementOfMonth } from '../../ui/StatementOfMonth';
import type { CustomerTabProps } from './CustomerTabs';

export function StatementTab({ customer }: CustomerTabProps) {
  const format = useFormat();
  const [month, setMonth] = useState(() => format.dateOf(new Date()).slice(0, 7));
  const [result] = useQuery({ query: CustomerStatementDocument, variables: { id: customer.id, month, ...daysOf(month) } });
  return (
    <Card>
      <Loaded result={result}>
        {({ customer: read }) =>
          read && <StatementOfMonth month={month} onMonth={setMonth} statement={read.statement} papers={[read.pdf, read.html]} />
        }
      </Loaded>
    </Card>
  );
}
