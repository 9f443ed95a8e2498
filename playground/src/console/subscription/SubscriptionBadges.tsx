import { Badge, Group } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { SubscriptionRowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';

/** Where a subscription stands, and what becomes of it. */
export function SubscriptionBadges({ subscription }: { subscription: SubscriptionRowFragment }) {
  const t = useTranslations();
  const format = useFormat();
  const { status, cancelAtPeriodEnd, periodEnd, resumeOn } = subscription;
  return (
    <Group gap={4} my={4}>
      <Badge {...(status === 'ACTIVE' ? { color: 'leaf' } : { variant: 'default' })} tt="none" data-status-of-subscription={status}>
        {t(`subscriptionStatus.${status}`)}
      </Badge>
      {cancelAtPeriodEnd && periodEnd && status !== 'CANCELED' && (
        <Badge variant="default" tt="none">
          {t('subscriptions.endsOn', { day: format.day(periodEnd) })}
        </Badge>
      )}
      {resumeOn && (
        <Badge variant="default" tt="none">
          {t('subscriptions.goesOnOn', { day: format.day(resumeOn) })}
        </Badge>
      )}
    </Group>
  );
}
