import { Anchor, Group } from '@mantine/core';
import { Link, useNavigate } from 'react-router';
import { useTranslations } from 'use-intl';
import { CustomerInvoicesDocument } from '../../api/gql';
import { DialogButton } from '../../ui/DialogButton';
import { InvoicesTable } from '../../ui/InvoicesTable';
import { Pages } from '../../ui/Pages';
import { InvoiceForm } from '../invoice/InvoiceForm';
import { useMay } from '../viewer';
import type { CustomerTabProps } from './CustomerTabs';

export function InvoicesTab({ customer }: CustomerTabProps) {
  const t = useTranslations('invoices');
  const navigate = useNavigate();
  const mayWrite = useMay('INVOICES_WRITE');
  return (
    <>
      {mayWrite && (
        <Group justify="flex-end" mb="sm">
          <DialogButton label={t('new')} dialogSize="lg" variant="default">
            {() => <InvoiceForm customerId={customer.id} onDone={(id) => void navigate(`/invoices/${id}`)} />}
          </DialogButton>
        </Group>
      )}
      <Pages
        query={CustomerInvoicesDocument}
        variables={(after) => ({ id: customer.id, after })}
        pageOf={(data) => data.customer?.invoices}
      >
        {(invoices) => (
          <InvoicesTable
            invoices={invoices}
            open={({ id }, name) => (
              <Anchor component={Link} to={`/invoices/${id}`} underline="always" fw={600}>
                {name}
              </Anchor>
            )}
          />
        )}
      </Pages>
    </>
  );
}
