import { Alert, Anchor, Card, Grid, Group, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import {
  SubscriptionDocument,
  SubscriptionEventsDocument,
  SubscriptionInvoicesDocument,
  type SubscriptionDetailsFragment,
} from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Events, pageBefore } from '../../ui/Events';
import { Facts } from '../../ui/Facts';
import { InvoicesTable } from '../../ui/InvoicesTable';
import { Loaded } from '../../ui/Loaded';
import { Pages } from '../../ui/Pages';
import { useTitle } from '../../ui/useTitle';
import { NotFound } from '../NotFound';
import { useMay } from '../viewer';
import { SubscriptionActions } from './SubscriptionActions';
import { SubscriptionBadges } from './SubscriptionBadges';

export default function SubscriptionPage() {
  const { id = '' } = useParams();
  const [result] = useQuery({ query: SubscriptionDocument, variables: { id } });
  return (
    <Loaded result={result}>
      {({ subscription }) => (subscription ? <Details subscription={subscription} /> : <NotFound />)}
    </Loaded>
  );
}

function Details({ subscription }: { subscription: SubscriptionDetailsFragment }) {
  const t = useTranslations('subscriptions');
  const mayWrite = useMay('SUBSCRIPTIONS_WRITE');
  const maySeeEvents = useMay('CUSTOMER_AUDIT_READ');
  const { id, plan, customer, error } = subscription;
  useTitle(`${plan.name} · ${customer.name}`);
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1} size="h2">
            {plan.name}
          </Title>
          <Anchor component={Link} to={`/customers/${customer.id}/subscriptions`} underline="always">
            {customer.name}
          </Anchor>
          <SubscriptionBadges subscription={subscription} />
        </div>
        <Group gap="xs">{mayWrite && <SubscriptionActions subscription={subscription} />}</Group>
      </Group>
      {error && (
        <Alert color="red" title={t('failed')}>
          {error}
        </Alert>
      )}
      <About subscription={subscription} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section id="invoices" title={t('invoices')}>
            <Pages query={SubscriptionInvoicesDocument} variables={(after) => ({ id, after })} pageOf={(data) => data.invoices}>
              {(invoices) => (
                <InvoicesTable
                  invoices={invoices}
                  open={(invoice, name) => (
                    <Anchor component={Link} to={`/invoices/${invoice.id}`} underline="always" fw={600}>
                      {name}
                    </Anchor>
                  )}
                />
              )}
            </Pages>
          </Section>
        </Grid.Col>
        {maySeeEvents && (
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Section id="history" title={t('history')}>
              <Pages
                query={SubscriptionEventsDocument}
                variables={(before) => ({ id, before })}
                pageOf={(data) => data.subscription?.events && pageBefore(data.subscription.events)}
              >
                {(events) => <Events events={events} />}
              </Pages>
            </Section>
          </Grid.Col>
        )}
      </Grid>
    </Stack>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <Card component="section" aria-labelledby={id}>
      <Title order={2} size="h4" mb="sm" id={id}>
        {title}
      </Title>
      {children}
    </Card>
  );
}

function About({ subscription }: { subscription: SubscriptionDetailsFragment }) {
  const t = useTranslations();
  const format = useFormat();
  const day = (date: string | null) => date && format.day(date);
  const { plan, price, quantity, periodStart, periodEnd, nextPrice, nextQuantity } = subscription;
  const next = [nextPrice && format.money(nextPrice.amount), nextQuantity && `× ${format.number(nextQuantity)}`];
  return (
    <Facts
      facts={{
        [t('subscriptions.price')]:
          `${format.money(price.amount)} ${t('plans.every', { interval: plan.interval, count: plan.intervalCount })}`,
        [t('subscriptions.quantity')]: format.number(quantity),
        [t('subscriptions.startsOn')]: day(subscription.startsOn),
        [t('subscriptions.trialEndsOn')]: day(subscription.trialEndsOn),
        [t('subscriptions.period')]: periodStart && periodEnd && format.days(periodStart, periodEnd),
        [t('subscriptions.dueOn')]: day(subscription.dueOn),
        [t('subscriptions.next')]: next.filter(Boolean).join(' '),
        [t('subscriptions.pausedOn')]: day(subscription.pausedOn),
        [t('subscriptions.canceledOn')]: day(subscription.canceledOn),
      }}
    />
  );
}
