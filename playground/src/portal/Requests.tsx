import { Accordion, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { PortalTicketMessagesDocument, PortalTicketsDocument, type PortalTicketFragment } from '../api/gql';
import { useFormat } from '../i18n/format';
import { DialogButton } from '../ui/DialogButton';
import { Messages, messagesBefore } from '../ui/Messages';
import { Pages } from '../ui/Pages';
import { TicketStatusBadge } from '../ui/TicketBadges';
import { AnswerForm, RequestForm } from './RequestForms';

/** What the customer asked for, and what was said of it. */
export function Requests({ customerId }: { customerId: string }) {
  const t = useTranslations('portal');
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <DialogButton label={t('newRequest')} variant="default">
          {(close) => (
            <RequestForm
              customerId={customerId}
              onDone={(id) => {
                setOpened(id);
                close();
              }}
            />
          )}
        </DialogButton>
      </Group>
      <Pages query={PortalTicketsDocument} variables={(after) => ({ after })} pageOf={({ me }) => me.customer?.tickets}>
        {(tickets) =>
          tickets.length === 0 ? (
            <Text c="dimmed">{t('noRequests')}</Text>
          ) : (
            <Accordion order={3} variant="separated" value={opened} onChange={setOpened}>
              {tickets.map((ticket) => (
                <Request key={ticket.id} ticket={ticket} opened={opened === ticket.id} />
              ))}
            </Accordion>
          )
        }
      </Pages>
    </>
  );
}

function Request({ ticket, opened }: { ticket: PortalTicketFragment; opened: boolean }) {
  const t = useTranslations('tickets');
  const format = useFormat();
  return (
    <Accordion.Item value={ticket.id} data-ticket={ticket.id}>
      <Accordion.Control>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {ticket.subject}
        </Text>
        <Group gap="xs">
          <TicketStatusBadge status={ticket.status} />
          <Text size="sm" c="dimmed">
            {t('changed')}: {format.moment(ticket.updatedAt)}
          </Text>
        </Group>
      </Accordion.Control>
      {/* What is said is read once it is looked at. */}
      <Accordion.Panel>{opened && <Conversation ticket={ticket} />}</Accordion.Panel>
    </Accordion.Item>
  );
}

function Conversation({ ticket: { id, status } }: { ticket: PortalTicketFragment }) {
  const t = useTranslations();
  return (
    <Stack>
      {status === 'CLOSED' ? <Text>{t('portal.closed')}</Text> : <AnswerForm ticketId={id} reopens={status === 'RESOLVED'} />}
      <Pages
        query={PortalTicketMessagesDocument}
        variables={(before) => ({ id, before })}
        pageOf={({ ticket }) => ticket && messagesBefore(ticket.messages)}
      >
        {(messages) => (
          <Messages messages={messages} by={({ fromCustomer }) => (fromCustomer ? t('portal.you') : t('tickets.formerStaff'))} />
        )}
      </Pages>
    </Stack>
  );
}
