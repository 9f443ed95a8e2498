import { Button, Group, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from 'react-router';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerDocument, type CustomerQuery } from '../../api/gql';
import { Loaded } from '../../ui/Loaded';
import { useTitle } from '../../ui/useTitle';
import { NotFound } from '../NotFound';
import { PaymentDialog } from '../payment/PaymentDialog';
import { ShareDialog } from '../share/ShareDialog';
import { useMay } from '../viewer';
import { CustomerTabs } from './CustomerTabs';
import { LeaveAlone } from './LeaveAlone';

export type CustomerDetails = NonNullable<CustomerQuery['customer']>;

export function CustomerPage() {
  const { id = '' } = useParams();
  const [result] = useQuery({ query: CustomerDocument, variables: { id } });
  return <Loaded result={result}>{({ customer }) => (customer ? <Details customer={customer} /> : <NotFound />)}</Loaded>;
}

function Details({ customer }: { customer: CustomerDetails }) {
  useTitle(customer.name);
  return (
    <>
      <Group justify="space-between" mb="md">
        <div>
          <Title order={1} size="h2">
            {customer.name}
          </Title>
          <Text c="dimmed">{customer.code}</Text>
        </div>
        <Group gap="xs">
          <Share customer={customer} />
          <Pay customer={customer} />
        </Group>
      </Group>
      <LeaveAlone preferences={customer.preferences} />
      <CustomerTabs customer={customer} />
    </>
  );
}

function Share({ customer }: { customer: CustomerDetails }) {
  const t = useTranslations('share');
  const mayShare = useMay('SHARE_LINKS');
  const [open, dialog] = useDisclosure();
  if (!mayShare) return null;
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {t('title')}
      </Button>
      <ShareDialog opened={open} onClose={dialog.close} customerId={customer.id} />
    </>
  );
}

function Pay({ customer }: { customer: CustomerDetails }) {
  const t = useTranslations('payment');
  const mayRecord = useMay('PAYMENTS_WRITE');
  const [open, dialog] = useDisclosure();
  if (!mayRecord) return null;
  return (
    <>
      <Button onClick={dialog.open}>{t('record')}</Button>
      <PaymentDialog opened={open} onClose={dialog.close} payer={customer} />
    </>
  );
}
