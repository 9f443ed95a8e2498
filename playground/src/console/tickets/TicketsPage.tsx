import { Group, NativeSelect, SimpleGrid, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useTranslations } from 'use-intl';
import { TicketsDocument, type TicketFilter, type TicketPriority, type TicketStatus } from '../../api/gql';
import { DialogButton } from '../../ui/DialogButton';
import { Pages } from '../../ui/Pages';
import { useTitle } from '../../ui/useTitle';
import { CustomerPicker } from '../payment/CustomerPicker';
import { PRIORITIES, STATUSES } from '../ticket/choices';
import { TicketForm } from '../ticket/TicketForm';
import { TicketsTable } from '../ticket/TicketsTable';
import { useColleagues } from '../ticket/useColleagues';
import { useTicketUpdates } from '../ticket/useTicketUpdates';
import { useMay, useViewer } from '../viewer';

/** What is asked for. It stands in the address, so that it survives going back. */
interface Asked {
  status: TicketStatus | '';
  priority: TicketPriority | '';
  /** `me`, `nobody` or the id of a colleague. */
  assignee: string;
}

const NOTHING: Asked = { status: '', priority: '', assignee: '' };

export default function TicketsPage() {
  const t = useTranslations();
  useTitle(t('tickets.title'));
  useTicketUpdates();
  const mayOpen = useMay('TICKETS_OPEN');
  const { user } = useViewer();
  const colleagues = useColleagues();
  const [params, setParams] = useSearchParams();
  const asked = { ...NOTHING, ...Object.fromEntries(params) } as Asked;
  const { status, priority, assignee } = asked;

  const filter = useMemo<TicketFilter>(
    () => ({
      ...(status && { status: [status] }),
      ...(priority && { priority: [priority] }),
      ...(assignee === 'nobody' ? { assigned: false } : assignee && { assigneeId: assignee === 'me' ? user?.id : assignee }),
    }),
    [status, priority, assignee, user],
  );

  function ask(change: Partial<Asked>) {
    // The address already has what was chosen just before; the page may not show it yet.
    const before = Object.fromEntries(new URLSearchParams(window.location.search));
    const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== '');
    setParams(kept, { replace: true });
  }

  const any = { value: '', label: t('customers.any') };
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h2">
          {t('tickets.title')}
        </Title>
        {mayOpen && <DialogButton label={t('tickets.new')}>{() => <NewTicket />}</DialogButton>}
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm" mb="md">
        <NativeSelect
          label={t('tickets.status')}
          value={status}
          data={[any, ...STATUSES.map((value) => ({ value, label: t(`ticketStatus.${value}`) }))]}
          onChange={(event) => ask({ status: event.currentTarget.value as Asked['status'] })}
        />
        <NativeSelect
          label={t('tickets.priority')}
          value={priority}
          data={[any, ...PRIORITIES.map((value) => ({ value, label: t(`ticketPriority.${value}`) }))]}
          onChange={(event) => ask({ priority: event.currentTarget.value as Asked['priority'] })}
        />
        <NativeSelect
          label={t('tickets.assignee')}
          value={assignee}
          data={[any, { value: 'me', label: t('tickets.me') }, { value: 'nobody', label: t('tickets.nobody') }, ...colleagues]}
          onChange={(event) => ask({ assignee: event.currentTarget.value })}
        />
      </SimpleGrid>
      {/* Other tickets begin on a first page of their own. */}
      <Pages
        key={params.toString()}
        query={TicketsDocument}
        variables={(after) => ({ filter, after })}
        pageOf={({ tickets }) => tickets}
      >
        {(tickets) => <TicketsTable tickets={tickets} />}
      </Pages>
    </>
  );
}

/** A ticket of a customer who is chosen first. */
function NewTicket() {
  const navigate = useNavigate();
  const [customerId, setCustomerId] = useState<string | null>(null);
  if (customerId === null) return <CustomerPicker onPick={({ id }) => setCustomerId(id)} />;
  return <TicketForm customerId={customerId} onDone={(id) => void navigate(`/tickets/${id}`)} />;
}
