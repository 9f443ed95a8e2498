import { Badge } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { TicketPriority, TicketStatus } from '../api/gql';

const OF_STATUS: Partial<Record<TicketStatus, string>> = { OPEN: 'blue.8', RESOLVED: 'leaf' };
const OF_PRIORITY: Partial<Record<TicketPriority, string>> = { HIGH: 'grape.8', URGENT: 'red.8' };

/** Where a ticket stands. */
export function TicketStatusBadge({ status }: { status: TicketStatus }) {
  const t = useTranslations('ticketStatus');
  const color = OF_STATUS[status];
  return (
    <Badge {...(color ? { color } : { variant: 'default' })} tt="none" data-status-of-ticket={status}>
      {t(status)}
    </Badge>
  );
}

/** How much a ticket matters. */
export function TicketPriorityBadge({ priority }: { priority: TicketPriority }) {
  const t = useTranslations('ticketPriority');
  const color = OF_PRIORITY[priority];
  return (
    <Badge {...(color ? { color } : { variant: 'default' })} tt="none" data-priority={priority}>
      {t(priority)}
    </Badge>
  );
}
