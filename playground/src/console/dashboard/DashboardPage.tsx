import { Button, Grid, Group, SimpleGrid, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslations } from 'use-intl';
import { useTitle } from '../../ui/useTitle';
import { PaymentDialog } from '../payment/PaymentDialog';
import { useMay } from '../viewer';
import { Business } from './Business';
import { Figures } from './Figures';
import { PaymentFeed } from './PaymentFeed';
import { TopBalances } from './TopBalances';
import { useFigures } from './useFigures';

export function DashboardPage() {
  const t = useTranslations();
  useTitle(t('pages.dashboard'));
  const figures = useFigures();
  const mayRecord = useMay('PAYMENTS_WRITE');
  const maySeeAll = useMay('METRICS_READ');
  const [open, dialog] = useDisclosure();
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h2">
          {t('pages.dashboard')}
        </Title>
        {mayRecord && <Button onClick={dialog.open}>{t('payment.record')}</Button>}
      </Group>
      <SimpleGrid cols={{ base: 2, md: 5 }} spacing="sm" mb="md">
        <Figures figures={figures} />
      </SimpleGrid>
      {maySeeAll && <Business />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <PaymentFeed />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <TopBalances figures={figures} />
        </Grid.Col>
      </Grid>
      <PaymentDialog opened={open} onClose={dialog.close} />
    </>
  );
}
