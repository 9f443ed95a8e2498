import { PortalPaymentsDocument } from '../api/gql';
import { Pages } from '../ui/Pages';
import { PaymentsTable } from '../ui/PaymentsTable';

export function Payments() {
  return (
    <Pages
      query={PortalPaymentsDocument}
      variables={(after) => ({ after })}
      pageOf={({ me }) => me.customer?.payments}
    >
      {(payments) => <PaymentsTable payments={payments} />}
    </Pages>
  );
}
