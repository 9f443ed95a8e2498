import { Group } from '@mantine/core';
import { useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { CustomerTicketsDocument } from '../../api/gql';
import { DialogButton } from '../../ui/DialogButton';
import { Pages } from '../../ui/Pages';
import { TicketForm } from '../ticket/TicketForm';
import { TicketsTable } from '../ticket/TicketsTable';
import { useTicketUpdates } from '../ticket/useTicketUpdates';
import { useMay } from '../viewer';
import type { CustomerTabProps } from './CustomerTabs';

export function TicketsTab({ customer }: CustomerTabProps) {
  const t = useTranslations('tickets');
  const navigate = useNavigate();
  const mayOpen = useMay('TICKETS_OPEN');
  useTicketUpdates();
  return (
    <>
      {mayOpen && (
        <Group justify="flex-end" mb="sm">
          <DialogButton label={t('new')} variant="default">
            {() => <TicketForm customerId={customer.id} onDone={(id) => void navigate(`/tickets/${id}`)} />}
          </DialogButton>
        </Group>
      )}
      <Pages
        query={CustomerTicketsDocument}
        variables={(after) => ({ id: customer.id, after })}
        pageOf={(data) => data.customer?.tickets}
      >
        {(tickets) => <TicketsTable tickets={tickets} ofOne />}
      </Pages>
    </>
  );
}
