import { Card, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useQuery, useSubscription } from 'urql';
import { useTranslations } from 'use-intl';
import { PortalDocument, PortalTicketUpdatesDocument, PortalUpdatesDocument, type PortalQuery } from '../api/gql';
import { FormatProvider } from '../i18n/format';
import { Amounts } from '../ui/Amounts';
import { ConnectionBadge } from '../ui/ConnectionBadge';
import { Loaded } from '../ui/Loaded';
import { SignOut } from '../ui/SignOut';
import { useTitle } from '../ui/useTitle';
import { Calendar } from './Calendar';
import { Invoices } from './Invoices';
import { Payments } from './Payments';
import { PortalFrame } from './PortalFrame';
import { Preferences } from './Preferences';
import { Requests } from './Requests';
import { Statement } from './Statement';

type Customer = NonNullable<PortalQuery['me']['customer']>;

export function AccountPage() {
  const [result] = useQuery({ query: PortalDocument });
  useUpdates(result.data?.eventCursor);
  return (
    <PortalFrame beside={<ConnectionBadge />}>
      <Loaded result={result}>
        {({ me: { business, customer } }) =>
          customer && (
            <FormatProvider timeZone={business.timeZone}>
              <Account customer={customer} business={business.name} />
            </FormatProvider>
          )
        }
      </Loaded>
    </PortalFrame>
  );
}

/** Follows the customer's payments and requests. What they change is brought up to date by the cache. */
function useUpdates(cursor: string | undefined): void {
  const [after, setAfter] = useState<string | null>(null);
  // Only the first: from there on the subscription knows where it is.
  useEffect(() => setAfter((before) => before ?? cursor ?? null), [cursor]);
  useSubscription({ query: PortalUpdatesDocument, variables: { after }, pause: after === null });
  useSubscription({ query: PortalTicketUpdatesDocument, variables: { after }, pause: after === null });
}

function Account({ customer, business }: { customer: Customer; business: string }) {
  const t = useTranslations('portal');
  useTitle(business);
  const { charged, paid } = customer.statement;
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          {t('welcome', { name: customer.name })}
        </Title>
        <Text>{t('with', { business })}</Text>
      </div>
      <Section name="account">
        <Amounts total={charged} paid={paid} remaining={customer.balance} />
      </Section>
      <Section name="deliveries">
        <Calendar />
      </Section>
      <Section name="invoices">
        <Invoices />
      </Section>
      <Section name="payments">
        <Payments />
      </Section>
      <Section name="statement">
        <Statement />
      </Section>
      <Section name="requests">
        <Requests customerId={customer.id} />
      </Section>
      <Section name="preferences">
        <Preferences />
      </Section>
      <SignOut />
    </Stack>
  );
}

type SectionName = 'account' | 'deliveries' | 'invoices' | 'payments' | 'statement' | 'requests' | 'preferences';

function Section({ name, children }: { name: SectionName; children: ReactNode }) {
  const t = useTranslations('portal');
  return (
    <Card component="section" aria-labelledby={name}>
      <Title order={2} size="h4" mb="sm" id={name}>
        {t(name)}
      </Title>
      {children}
    </Card>
  );
}
