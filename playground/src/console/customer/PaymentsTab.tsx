import { CustomerPaymentsDocument } from '../../api/gql';
import { Pages } from '../../ui/Pages';
import { PaymentsTable } from '../../ui/PaymentsTable';
import { ReverseButton } from '../payment/ReverseButton';
import { useMay } from '../viewer';
import type { CustomerTabProps } from './CustomerTabs';

export function PaymentsTab({ customer }: CustomerTabProps) {
  const mayCorrect = useMay('LEDGER_CORRECT');
  return (
    <Pages
      query={CustomerPaymentsDocument}
      variables={(after) => ({ id: customer.id, after })}
      pageOf={(data) => data.customer?.payments}
    >
      {(payments) => (
        <PaymentsTable payments={payments} {...(mayCorrect && { action: (payment) => <ReverseButton payment={payment} /> })} />
      )}
    </Pages>
  );
}
