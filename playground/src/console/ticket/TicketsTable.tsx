import { Anchor, Group, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';
import type { TicketRowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { TicketPriorityBadge, TicketStatusBadge } from '../../ui/TicketBadges';

/** Tickets, each with its customer unless all are of one. */
export function TicketsTable({ tickets, ofOne = false }: { tickets: TicketRowFragment[]; ofOne?: boolean }) {
  const t = useTranslations('tickets');
  const format = useFormat();
  if (tickets.length === 0) return <Text c="dimmed">{t('none')}</Text>;
  return (
    <Table verticalSpacing="xs" horizontalSpacing={6} aria-label={t('title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('ticket')}</Table.Th>
          <Table.Th visibleFrom="md">{t('assignee')}</Table.Th>
          <Table.Th ta="right">{t('changed')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tickets.map((ticket) => (
          <Table.Tr key={ticket.id} data-ticket={ticket.id}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Anchor component={Link} to={`/tickets/${ticket.id}`} underline="always" fw={600}>
                {ticket.subject}
              </Anchor>
              {!ofOne && (
                <Text size="sm" c="dimmed">
                  {ticket.customer.name}
                </Text>
              )}
              <Group gap={4} mt={4}>
                <TicketStatusBadge status={ticket.status} />
                <TicketPriorityBadge priority={ticket.priority} />
              </Group>
              {ticket.assignee && (
                <Text size="sm" mt={4} hiddenFrom="md">
                  {t('assignedTo', { name: ticket.assignee.name })}
                </Text>
              )}
            </Table.Td>
            <Table.Td visibleFrom="md">{ticket.assignee?.name ?? t('nobody')}</Table.Td>
            <Table.Td ta="right">{format.moment(ticket.updatedAt)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
