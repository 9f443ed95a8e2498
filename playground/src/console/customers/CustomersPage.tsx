import { Button, Group, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomersDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Loaded } from '../../ui/Loaded';
import { useTitle } from '../../ui/useTitle';
import { useMay } from '../viewer';
import { Bulk } from './Bulk';
import { CustomerDialog } from './CustomerDialog';
import { CustomersTable } from './CustomersTable';
import { Export } from './Export';
import { Filters } from './Filters';
import { Segments } from './Segments';
import { useChosen } from './useChosen';
import { useCustomerList } from './useCustomerList';

export function CustomersPage() {
  const t = useTranslations();
  useTitle(t('pages.customers'));
  const format = useFormat();
  const list = useCustomerList();
  const [result] = useQuery({ query: CustomersDocument, variables: list.variables });
  const mayCreate = useMay('CUSTOMERS_WRITE');
  const mayChangeMany = useMay('CUSTOMERS_BULK');
  const chosen = useChosen(list.which);
  const [open, dialog] = useDisclosure();
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h2">
          {t('pages.customers')}
        </Title>
        <Group gap="xs">
          <Export />
          {mayCreate && <Button onClick={dialog.open}>{t('customers.new')}</Button>}
        </Group>
      </Group>
      <Segments list={list} />
      <Filters wanted={list.asked} onChange={list.ask} />
      <Loaded result={result}>
        {({ customers: { nodes, totalCount, pageInfo } }) => (
          <>
            <Text size="sm" c="dimmed" my="xs" aria-live="polite">
              {t('customers.count', { count: totalCount ?? 0, shown: format.number(totalCount ?? 0) })}
            </Text>
            {mayChangeMany && <Bulk chosen={chosen} which={list.which} total={totalCount ?? 0} />}
            <CustomersTable customers={nodes} list={list} chosen={mayChangeMany ? chosen : null} />
            <Group justify="center" mt="md">
              <Button variant="default" disabled={!list.hasPrevious} onClick={list.previous}>
                {t('common.previous')}
              </Button>
              <Button
                variant="default"
                disabled={!pageInfo.hasNextPage || result.fetching}
                onClick={() => pageInfo.endCursor && list.next(pageInfo.endCursor)}
              >
                {t('common.next')}
              </Button>
            </Group>
          </>
        )}
      </Loaded>
      <CustomerDialog opened={open} onClose={dialog.close} />
    </>
  );
}
