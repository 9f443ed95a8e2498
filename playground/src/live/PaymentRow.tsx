import { formatFull, formatMoment, formatName } from '../ui/format';
import type { Entry } from './entries';

export function PaymentRow({ entry: { payment, kind, fresh } }: { entry: Entry }) {
  const { customer, amount, method, receivedAt } = payment;
  const changed = kind !== null && kind !== 'RECORDED';
  return (
    <li
      className="payment"
      data-payment={payment.id}
      data-fresh={fresh || undefined}
      data-changed={changed || undefined}
    >
      <div className="payment-who">
        <span className="payment-name">{customer.name}</span>
        <span className="payment-code">{customer.code}</span>
        {fresh && <span className="badge badge-new">New</span>}
        {changed && <span className="badge">{formatName(kind)}</span>}
      </div>
      <span className="payment-amount">{amount.formatted}</span>
      <div className="payment-facts">
        <span>
          {formatName(method)} ·{' '}
          <time dateTime={receivedAt} title={formatFull(receivedAt)}>
            {formatMoment(receivedAt)}
          </time>
        </span>
        <span>balance {customer.balance.formatted}</span>
      </div>
    </li>
  );
}
