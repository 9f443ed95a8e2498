import { lazy } from 'react';
import { Route, Routes } from 'react-router';
import { useQuery } from 'urql';
import { MeDocument } from '../api/gql';
import { ApiProvider, useSignedIn } from '../api/react';
import { Session } from '../api/session';
import { FormatProvider } from '../i18n/format';
import { Loaded } from '../ui/Loaded';
import { CustomerPage } from './customer/CustomerPage';
import { CustomersPage } from './customers/CustomersPage';
import { DashboardPage } from './dashboard/DashboardPage';
import { NotFound } from './NotFound';
import { PaymentsProvider } from './payment/PaymentsProvider';
import { Shell } from './Shell';
import { SignInPage } from './sign-in/SignInPage';
import { ViewerContext } from './viewer';

// The editor is much larger than the page.
const ExplorerPage = lazy(() => import('./explorer/ExplorerPage'));
// Nobody begins with these.
const InvoicePage = lazy(() => import('./invoice/InvoicePage'));
const MetricsPage = lazy(() => import('./metrics/MetricsPage'));
const PlansPage = lazy(() => import('./plans/PlansPage'));
const SubscriptionPage = lazy(() => import('./subscription/SubscriptionPage'));
const TicketPage = lazy(() => import('./ticket/TicketPage'));
const TicketsPage = lazy(() => import('./tickets/TicketsPage'));

const session = new Session('console');

/** What the staff sees. */
export default function Console() {
  return (
    <ApiProvider session={session}>
      <SignedInOrNot />
    </ApiProvider>
  );
}

function SignedInOrNot() {
  return useSignedIn() ? <SignedIn /> : <SignInPage />;
}

function SignedIn() {
  const [result] = useQuery({ query: MeDocument });
  return (
    <Loaded result={result}>
      {({ me }) => (
        <ViewerContext value={me}>
          <FormatProvider timeZone={me.business.timeZone}>
            <PaymentsProvider>
              <Shell>
                <Routes>
                  <Route index element={<DashboardPage />} />
                  <Route path="customers" element={<CustomersPage />} />
                  <Route path="customers/:id/:tab?" element={<CustomerPage />} />
                  <Route path="invoices/:id" element={<InvoicePage />} />
                  <Route path="metrics" element={<MetricsPage />} />
                  <Route path="plans" element={<PlansPage />} />
                  <Route path="subscriptions/:id" element={<SubscriptionPage />} />
                  <Route path="tickets" element={<TicketsPage />} />
                  <Route path="tickets/:id" element={<TicketPage />} />
                  <Route path="explorer" element={<ExplorerPage />} />
                  <Route path="*" element={<NotFound />} />
                </Routes>
              </Shell>
            </PaymentsProvider>
          </FormatProvider>
        </ViewerContext>
      )}
    </Loaded>
  );
}
