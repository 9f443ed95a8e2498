import { Anchor, Card, Group, Stack, Text } from '@mantine/core';
import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { CustomerSubscriptionsDocument, type SubscriptionRowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { DialogButton } from '../../ui/DialogButton';
import { Pages } from '../../ui/Pages';
import { SubscriptionBadges } from '../subscription/SubscriptionBadges';
import { SubscriptionForm } from '../subscription/SubscriptionForm';
import { useMay } from '../viewer';
import type { CustomerTabProps } from './CustomerTabs';

export function SubscriptionsTab({ customer }: CustomerTabProps) {
  const t = useTranslations('subscriptions');
  const navigate = useNavigate();
  const mayWrite = useMay('SUBSCRIPTIONS_WRITE');
  return (
    <>
      {mayWrite && (
        <Group justify="flex-end" mb="sm">
          <DialogButton label={t('new')} variant="default">
            {() => <SubscriptionForm customerId={customer.id} onDone={(id) => void navigate(`/subscriptions/${id}`)} />}
          </DialogButton>
        </Group>
      )}
      <Pages
        query={CustomerSubscriptionsDocument}
        variables={(after) => ({ id: customer.id, after })}
        pageOf={(data) => data.customer?.subscriptions}
      >
        {(subscriptions) =>
          subscriptions.length === 0 ? (
            <Text c="dimmed">{t('none')}</Text>
          ) : (
            <Stack gap="sm">
              {subscriptions.map((subscription) => (
                <SubscriptionCard key={subscription.id} subscription={subscription} />
              ))}
            </Stack>
          )
        }
      </Pages>
    </>
  );
}

function SubscriptionCard({ subscription }: { subscription: SubscriptionRowFragment }) {
  const t = useTranslations();
  const format = useFormat();
  const { id, plan, price, quantity, periodStart, periodEnd } = subscription;
  return (
    <Card data-subscription={id}>
      <Group justify="space-between" align="start" wrap="nowrap">
        <div>
          <Anchor component={Link} to={`/subscriptions/${id}`} underline="always" fw={600}>
            {plan.name}
          </Anchor>
          <SubscriptionBadges subscription={subscription} />
          {periodStart && periodEnd && (
            <Text size="sm" c="dimmed">
              {format.days(periodStart, periodEnd)}
            </Text>
          )}
        </div>
        <Text ta="right">
          <strong>{format.money(price.amount)}</strong>
          {quantity > 1 && ` × ${format.number(quantity)}`}
          <Text span size="sm" c="dimmed" display="block">
            {t('plans.every', { interval: plan.interval, count: plan.intervalCount })}
          </Text>
        </Text>
      </Group>
    </Card>
  );
}
