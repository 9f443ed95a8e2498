import { Loading } from '../ui/Loading';
import type { Entry } from './entries';
import { PaymentRow } from './PaymentRow';

export function PaymentList({ entries }: { entries: Entry[] | null }) {
  if (!entries) return <Loading label="Loading payments…" />;
  if (entries.length === 0) {
    return <p className="live-empty">No payments yet. The first one will appear here by itself.</p>;
  }
  return (
    <ol className="payments">
      {entries.map((entry) => (
        <PaymentRow key={entry.payment.id} entry={entry} />
      ))}
    </ol>
  );
}
