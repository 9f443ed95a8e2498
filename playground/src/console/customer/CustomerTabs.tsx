import { Tabs } from '@mantine/core';
import type { ComponentType } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useTranslations } from 'use-intl';
import type { Permission } from '../../api/gql';
import type { Messages } from '../../i18n/Language';
import { useViewer } from '../viewer';
import { CalendarTab } from './CalendarTab';
import { ContactsTab } from './ContactsTab';
import type { CustomerDetails } from './CustomerPage';
import { InvoicesTab } from './InvoicesTab';
import { NotesTab } from './NotesTab';
import { OverviewTab } from './OverviewTab';
import { PaymentsTab } from './PaymentsTab';
import { PreferencesTab } from './PreferencesTab';
import { StatementTab } from './StatementTab';
import { SubscriptionsTab } from './SubscriptionsTab';
import { TicketsTab } from './TicketsTab';
import { TimelineTab } from './TimelineTab';

export interface CustomerTabProps {
  customer: CustomerDetails;
}

interface Tab {
  name: keyof Messages['tabs'];
  component: ComponentType<CustomerTabProps>;
  /** What one must be allowed to see it. */
  needs: Permission;
}

const TABS: Tab[] = [
  { name: 'overview', component: OverviewTab, needs: 'CUSTOMERS_READ' },
  { name: 'calendar', component: CalendarTab, needs: 'LEDGER_READ' },
  { name: 'payments', component: PaymentsTab, needs: 'LEDGER_READ' },
  { name: 'invoices', component: InvoicesTab, needs: 'LEDGER_READ' },
  { name: 'subscriptions', component: SubscriptionsTab, needs: 'SUBSCRIPTIONS_READ' },
  { name: 'statement', component: StatementTab, needs: 'LEDGER_READ' },
  { name: 'tickets', component: TicketsTab, needs: 'TICKETS_READ' },
  { name: 'preferences', component: PreferencesTab, needs: 'CUSTOMERS_READ' },
  { name: 'contacts', component: ContactsTab, needs: 'CUSTOMERS_READ' },
  { name: 'notes', component: NotesTab, needs: 'NOTES_READ' },
  { name: 'timeline', component: TimelineTab, needs: 'CUSTOMER_AUDIT_READ' },
];

export function CustomerTabs({ customer }: CustomerTabProps) {
  const t = useTranslations('tabs');
  const { permissions } = useViewer();
  const { tab = 'overview' } = useParams();
  const navigate = useNavigate();
  const tabs = TABS.filter(({ needs }) => permissions.includes(needs));
  return (
    <Tabs value={tab} keepMounted={false} onChange={(name) => void navigate(`/customers/${customer.id}/${name}`, { replace: true })}>
      <Tabs.List mb="md" aria-label={customer.name}>
        {tabs.map(({ name }) => (
          <Tabs.Tab key={name} value={name}>
            {t(name)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ name, component: Panel }) => (
        <Tabs.Panel key={name} value={name}>
          <Panel customer={customer} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
