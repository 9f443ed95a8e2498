import { Text, Timeline } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { EventsBeforeFragment } from '../api/gql';
import { useFormat } from '../i18n/format';

/** What happened, and who did it. */
export function Events({ events }: { events: EventsBeforeFragment['nodes'] }) {
  const t = useTranslations('eventKind');
  const format = useFormat();
  return (
    <Timeline bulletSize={14} lineWidth={2}>
      {events.map((event) => (
        <Timeline.Item key={event.id} title={t(event.kind)} data-event={event.kind}>
          <Text size="sm" c="dimmed">
            {event.actor && `${event.actor.name} · `}
            {format.moment(event.occurredAt)}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

/** A page of a log that is read backward, latest first. */
export function pageBefore({ nodes, pageInfo }: EventsBeforeFragment) {
  return {
    nodes: nodes.toReversed(),
    pageInfo: { hasNextPage: pageInfo.hasPreviousPage, endCursor: pageInfo.startCursor },
  };
}
