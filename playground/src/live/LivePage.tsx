import type { Viewer } from '../api/types';
import { FormError } from '../ui/FormError';
import { ConnectionState } from './ConnectionState';
import { PaymentList } from './PaymentList';
import { RecordPayment } from './RecordPayment';
import { usePayments } from './usePayments';
import './live.css';

export function LivePage({ viewer }: { viewer: Viewer }) {
  const { entries, state, problem, announcement } = usePayments();
  return (
    <div className="live">
      <RecordPayment currency={viewer.business.currency} />
      <section className="live-payments" aria-labelledby="payments-heading">
        <div className="live-heading">
          <h1 id="payments-heading">Payments</h1>
          <ConnectionState state={state} />
        </div>
        <p className="visually-hidden" aria-live="polite" data-testid="announcement">
          {announcement}
        </p>
        <FormError message={problem ?? undefined} />
        <PaymentList entries={entries} />
      </section>
    </div>
  );
}
