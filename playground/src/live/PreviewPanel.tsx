import { formatDay, formatName } from '../ui/format';
import type { PreparedPayment } from './recordPayment';

/** What the payment will settle, before it is written. */
export function PreviewPanel({ prepared: { customer, preview } }: { prepared: PreparedPayment }) {
  const { allocations, unallocated } = preview;
  return (
    <div className="preview">
      <p className="preview-customer">
        <strong>{customer.name}</strong>
        <span>balance {customer.balance.formatted}</span>
      </p>
      {allocations.length > 0 ? (
        <table>
          <caption className="visually-hidden">Charges this payment settles</caption>
          <thead>
            <tr>
              <th scope="col">Charge</th>
              <th scope="col">Open</th>
              <th scope="col">Pays</th>
            </tr>
          </thead>
          <tbody>
            {allocations.map(({ charge, amount }) => (
              <tr key={charge.id}>
                <th scope="row">
                  {formatName(charge.kind)}
                  <span className="preview-day">{formatDay(charge.occurredOn)}</span>
                </th>
                <td>{charge.outstanding.formatted}</td>
                <td>{amount.formatted}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="preview-none">There are no open charges to settle.</p>
      )}
      {unallocated && (
        <p className="preview-rest">
          <span>Left as credit</span>
          <span>{unallocated.formatted}</span>
        </p>
      )}
    </div>
  );
}
