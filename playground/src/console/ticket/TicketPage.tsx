import { Anchor, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { TicketDocument, TicketMessagesDocument, type TicketQuery } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { Messages, messagesBefore } from '../../ui/Messages';
import { Pages } from '../../ui/Pages';
import { TicketPriorityBadge, TicketStatusBadge } from '../../ui/TicketBadges';
import { useTitle } from '../../ui/useTitle';
import { LeaveAlone } from '../customer/LeaveAlone';
import { NotFound } from '../NotFound';
import { useMay } from '../viewer';
import { ReplyForm } from './ReplyForm';
import { TicketControls } from './TicketControls';
import { useTicketUpdates } from './useTicketUpdates';

export type TicketDetails = NonNullable<TicketQuery['ticket']>;

export default function TicketPage() {
  const { id = '' } = useParams();
  useTicketUpdates();
  const [result] = useQuery({ query: TicketDocument, variables: { id } });
  return <Loaded result={result}>{({ ticket }) => (ticket ? <Details ticket={ticket} /> : <NotFound />)}</Loaded>;
}

function Details({ ticket }: { ticket: TicketDetails }) {
  const t = useTranslations('tickets');
  const format = useFormat();
  const mayReply = useMay('TICKETS_OPEN');
  const { id, subject, customer } = ticket;
  useTitle(subject);
  return (
    <Stack>
      <div>
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
          {subject}
        </Title>
        <Anchor component={Link} to={`/customers/${customer.id}/tickets`} underline="always">
          {customer.name}
        </Anchor>
        <Group gap={4} mt={4}>
          <TicketStatusBadge status={ticket.status} />
          <TicketPriorityBadge priority={ticket.priority} />
          <Text size="sm" c="dimmed">
            {t('opened', { when: format.moment(ticket.createdAt) })}
          </Text>
        </Group>
      </div>
      <LeaveAlone preferences={customer.preferences} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <TicketControls ticket={ticket} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <Stack>
            {mayReply && <ReplyForm ticketId={id} />}
            <Pages
              query={TicketMessagesDocument}
              variables={(before) => ({ id, before })}
              pageOf={(data) => data.ticket && messagesBefore(data.ticket.messages)}
            >
              {(messages) => (
                <Messages
                  messages={messages}
                  by={({ fromCustomer, author }) => author?.name ?? (fromCustomer ? customer.name : t('formerStaff'))}
                />
              )}
            </Pages>
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
