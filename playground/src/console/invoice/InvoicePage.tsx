import { Anchor, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { InvoiceDocument, type InvoiceDetailsFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Facts } from '../../ui/Facts';
import { InvoiceBadges } from '../../ui/InvoicesTable';
import { Loaded } from '../../ui/Loaded';
import { Papers } from '../../ui/Papers';
import { useTitle } from '../../ui/useTitle';
import { NotFound } from '../NotFound';
import { useMay } from '../viewer';
import { InvoiceActions } from './InvoiceActions';
import { InvoiceLines } from './InvoiceLines';

export default function InvoicePage() {
  const { id = '' } = useParams();
  const [result] = useQuery({ query: InvoiceDocument, variables: { id } });
  return <Loaded result={result}>{({ invoice }) => (invoice ? <Details invoice={invoice} /> : <NotFound />)}</Loaded>;
}

function Details({ invoice }: { invoice: InvoiceDetailsFragment }) {
  const t = useTranslations('invoices');
  const mayWrite = useMay('INVOICES_WRITE');
  const name = invoice.number ?? t('draft');
  useTitle(name);
  return (
    <Stack>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1} size="h2">
            {name}
          </Title>
          <Anchor component={Link} to={`/customers/${invoice.customer.id}/invoices`} underline="always">
            {invoice.customer.name}
          </Anchor>
          <InvoiceBadges invoice={invoice} />
        </div>
        <Group gap="xs">
          <Papers of={name} papers={[invoice.pdf, invoice.html]} />
          {mayWrite && <InvoiceActions invoice={invoice} />}
        </Group>
      </Group>
      <About invoice={invoice} />
      <Card component="section">
        <InvoiceLines invoice={invoice} />
      </Card>
      {invoice.creditNotes.nodes.length > 0 && <CreditNotes invoice={invoice} />}
    </Stack>
  );
}

function About({ invoice }: { invoice: InvoiceDetailsFragment }) {
  const t = useTranslations('invoices');
  const format = useFormat();
  const { issuedOn, dueOn, periodStart, periodEnd, subscription, memo } = invoice;
  return (
    <Facts
      facts={{
        [t('issuedOn')]: issuedOn && format.day(issuedOn),
        [t('dueOn')]: dueOn && format.day(dueOn),
        [t('period')]: periodStart && periodEnd && format.days(periodStart, periodEnd),
        [t('subscription')]: subscription && (
          <Anchor component={Link} to={`/subscriptions/${subscription.id}`} underline="always">
            {subscription.plan.name}
          </Anchor>
        ),
        [t('memo')]: memo,
      }}
    />
  );
}

function CreditNotes({ invoice }: { invoice: InvoiceDetailsFragment }) {
  const t = useTranslations('invoices');
  const format = useFormat();
  return (
    <Card component="section" aria-labelledby="credit-notes">
      <Title order={2} size="h4" mb="sm" id="credit-notes">
        {t('creditNotes')}
      </Title>
      <Table aria-labelledby="credit-notes">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('creditNote')}</Table.Th>
            <Table.Th ta="right">{t('amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {invoice.creditNotes.nodes.map((note) => (
            <Table.Tr key={note.id} data-credit-note={note.number}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                {note.number}, {format.day(note.issuedOn)}
                <Text size="sm" c="dimmed">
                  {note.reversedAt ? t('reversed', { reason: note.reason }) : note.reason}
                </Text>
              </Table.Td>
              <Table.Td ta="right" fw={600}>
                {format.money(note.amount)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
