import { Text } from '@mantine/core';
import { PortalInvoicesDocument } from '../api/gql';
import { InvoicesTable } from '../ui/InvoicesTable';
import { Pages } from '../ui/Pages';
import { Papers } from '../ui/Papers';

export function Invoices() {
  return (
    <Pages query={PortalInvoicesDocument} variables={(after) => ({ after })} pageOf={({ me }) => me.customer?.invoices}>
      {(invoices) => (
        <InvoicesTable
          invoices={invoices}
          open={({ pdf, html }, name) => (
            <>
              <Text fw={600} mb={4}>
                {name}
              </Text>
              <Papers of={name} papers={[pdf, html]} compact />
            </>
          )}
        />
      )}
    </Pages>
  );
}
