import { Anchor, Badge, Card, Group, Text, Title, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { LatestPaymentsDocument, type PaymentRowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { StatusBadge } from '../../ui/PaymentsTable';
import { useArrivals, type Arrival } from '../payment/PaymentsProvider';
import classes from './PaymentFeed.module.css';

const FRESH_MS = 12_000;

/** The latest payments, as they happen. */
export function PaymentFeed() {
  const t = useTranslations();
  const [result] = useQuery({ query: LatestPaymentsDocument });
  const arrivals = useArrivals();
  const fresh = useFresh(arrivals);
  return (
    <Card component="section" aria-labelledby="payment-feed">
      <Title order={2} size="h4" mb="sm" id="payment-feed">
        {t('payments.latest')}
      </Title>
      <Announcement arrival={arrivals[0]} />
      <Loaded result={result}>
        {({ payments }) => {
          const list = merged(arrivals, payments.nodes);
          if (list.length === 0) return <Text c="dimmed">{t('payments.none')}</Text>;
          return (
            <ol className={classes.feed}>
              {list.map((payment) => (
                <FeedRow key={payment.id} payment={payment} fresh={fresh.has(payment.id)} />
              ))}
            </ol>
          );
        }}
      </Loaded>
    </Card>
  );
}

function FeedRow({ payment, fresh }: { payment: PaymentRowFragment; fresh: boolean }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <li className={classes.row} data-payment={payment.id} data-fresh={fresh || undefined}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <div>
          <Anchor component={Link} to={`/customers/${payment.customer.id}`} underline="always" fw={600}>
            {payment.customer.name}
          </Anchor>{' '}
          {fresh && <Badge color="leaf">{t('payments.new')}</Badge>} <StatusBadge payment={payment} />
          <Text size="sm" c="dimmed">
            {t(`paymentMethod.${payment.method}`)} · {format.moment(payment.receivedAt)}
          </Text>
        </div>
        <Text fw={650} className={classes.amount}>
          {format.money(payment.amount)}
        </Text>
      </Group>
    </li>
  );
}

/** The latest arrival in words, for those who do not see the list. */
function Announcement({ arrival }: { arrival: Arrival | undefined }) {
  const t = useTranslations('payments');
  const format = useFormat();
  return (
    <VisuallyHidden aria-live="polite" data-testid="announcement">
      {arrival &&
        t('announcement', { kind: arrival.kind, amount: format.money(arrival.payment.amount), name: arrival.payment.customer.name })}
    </VisuallyHidden>
  );
}

/** What arrived above what was read: each payment once, as it was heard of last. */
function merged(arrivals: Arrival[], read: PaymentRowFragment[]): PaymentRowFragment[] {
  const byId = new Map<string, PaymentRowFragment>();
  for (const { payment } of arrivals) if (!byId.has(payment.id)) byId.set(payment.id, payment);
  for (const payment of read) if (!byId.has(payment.id)) byId.set(payment.id, payment);
  return [...byId.values()].slice(0, 50);
}

/** The ids of the payments that arrived just now. */
function useFresh(arrivals: Arrival[]): Set<string> {
  const [now, setNow] = useState(Date.now);
  const latest = arrivals[0]?.at ?? 0;
  useEffect(() => {
    setNow(Date.now());
    const timer = setTimeout(() => setNow(Date.now()), FRESH_MS);
    return () => clearTimeout(timer);
  }, [latest]);
  return new Set(arrivals.filter(({ at }) => now - at < FRESH_MS).map(({ payment }) => payment.id));
}
