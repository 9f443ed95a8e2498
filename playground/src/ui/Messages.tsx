import { Badge, Card, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../i18n/format';

export interface Message {
  id: string;
  content: string;
  createdAt: string;
  internal?: boolean;
}

interface MessagesProps<Said extends Message> {
  messages: Said[];
  /** Who wrote it. */
  by: (message: Said) => ReactNode;
}

/** What was said on a ticket, latest first; what arrives is read out. */
export function Messages<Said extends Message>({ messages, by }: MessagesProps<Said>) {
  const t = useTranslations('tickets');
  const format = useFormat();
  return (
    <Stack component="ol" gap="sm" m={0} p={0} aria-label={t('messages')} aria-live="polite">
      {messages.map((message) => (
        <Card
          component="li"
          key={message.id}
          data-message={message.id}
          data-internal={message.internal || undefined}
          {...(message.internal && { style: { borderStyle: 'dashed', borderWidth: 2 } })}
        >
          <Group gap="xs" mb={4}>
            <Text fw={650}>{by(message)}</Text>
            {message.internal && (
              <Badge color="grape.8" tt="none">
                {t('internal')}
              </Badge>
            )}
            <Text size="sm" c="dimmed">
              {format.moment(message.createdAt)}
            </Text>
          </Group>
          <Text style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{message.content}</Text>
        </Card>
      ))}
    </Stack>
  );
}

/** A page of what was said, read backward from the latest. */
export function messagesBefore<Said>(page: { nodes: Said[]; pageInfo: { hasPreviousPage: boolean; startCursor: string | null } }) {
  return {
    nodes: page.nodes.toReversed(),
    pageInfo: { hasNextPage: page.pageInfo.hasPreviousPage, endCursor: page.pageInfo.startCursor },
  };
}
