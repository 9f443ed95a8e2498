import { Text, Timeline } from '@mantine/core';
import { useTranslations } from 'use-intl';
import { CustomerEventsDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Pages } from '../../ui/Pages';
import type { CustomerTabProps } from './CustomerTabs';

/** What happened to a customer, latest first. */
export function TimelineTab({ customer }: CustomerTabProps) {
  const t = useTranslations('eventKind');
  const format = useFormat();
  return (
    <Pages
      query={CustomerEventsDocument}
      variables={(before) => ({ id: customer.id, before })}
      pageOf={({ customer: read }) =>
        read?.events && {
          nodes: read.events.nodes.toReversed(),
          // The log is read backward.
          pageInfo: { hasNextPage: read.events.pageInfo.hasPreviousPage, endCursor: read.events.pageInfo.startCursor },
        }
      }
    >
      {(events) => (
        <Timeline bulletSize={14} lineWidth={2}>
          {events.map((event) => (
            <Timeline.Item key={event.id} title={t(event.kind)}>
              <Text size="sm" c="dimmed">
                {event.actor && `${event.actor.name} · `}
                {format.moment(event.occurredAt)}
              </Text>
            </Timeline.Item>
          ))}
        </Timeline>
      )}
    </Pages>
  );
}
