import { Card, Grid, SimpleGrid, Text } from '@mantine/core';
import { lazy, Suspense, useMemo } from 'react';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerAccountDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Figure } from '../../ui/Figure';
import { Loaded } from '../../ui/Loaded';
import { Loading } from '../../ui/Loading';
import type { CustomerTabProps } from './CustomerTabs';
import { ServiceUsage } from './ServiceUsage';

// The charts are as large as the rest of the console.
const BalanceChart = lazy(() => import('./BalanceChart'));

const DAYS = 90;

export function OverviewTab({ customer }: CustomerTabProps) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }} mb="md" spacing="sm">
        <Figure label={t('customers.balance')} data-figure="balance">
          {format.money(customer.balance)}
        </Figure>
        <Figure label={t('customers.status')}>{t(`customerStatus.${customer.status}`)}</Figure>
        <Figure label={t('customers.lastPayment')}>
          {customer.lastPaymentAt ? format.day(format.dateOf(new Date(customer.lastPaymentAt))) : '–'}
        </Figure>
        {customer.purchaseHistory && (
          <Figure label={t('customers.lifetimeValue')}>{format.money(customer.purchaseHistory.lifetimeValue)}</Figure>
        )}
      </SimpleGrid>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Account customer={customer} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          {customer.serviceUsage && <ServiceUsage usage={customer.serviceUsage} />}
          <Facts customer={customer} />
        </Grid.Col>
      </Grid>
    </>
  );
}

/** The balance of the last months. */
function Account({ customer }: CustomerTabProps) {
  const t = useTranslations('customer');
  const format = useFormat();
  const today = format.dateOf(new Date());
  const from = format.dateOf(new Date(Date.now() - DAYS * 86_400_000));
  const variables = useMemo(() => ({ id: customer.id, from }), [customer.id, from]);
  const [result] = useQuery({ query: CustomerAccountDocument, variables });
  return (
    <Card component="section" aria-labelledby="balance">
      <Text component="h2" fw={650} mb="sm" id="balance">
        {t('balance', { days: DAYS })}
      </Text>
      <Loaded result={result}>
        {(data) =>
          data.customer && (
            <Suspense fallback={<Loading />}>
              <BalanceChart statement={data.customer.statement} from={from} to={today} />
            </Suspense>
          )
        }
      </Loaded>
    </Card>
  );
}

function Facts({ customer }: CustomerTabProps) {
  const t = useTranslations();
  const format = useFormat();
  const facts = {
    type: t(`customerType.${customer.type}`),
    email: customer.email,
    phone: customer.phone,
    whatsapp: customer.whatsappPhone,
    address: customer.address,
    joined: format.day(customer.joinedOn),
    membership: customer.membership.isMember ? t('customers.member') : t('customers.notMember'),
    tags: customer.tags?.join(', '),
  };
  return (
    <Card component="dl" m={0}>
      {(Object.entries(facts) as [keyof typeof facts, string | null | undefined][])
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {t(`customers.${name}`)}
            </Text>
            <Text component="dd" m={0} mb="xs" style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </div>
        ))}
    </Card>
  );
}
