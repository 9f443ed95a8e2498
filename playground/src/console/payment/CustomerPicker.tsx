import { Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { PayersDocument } from '../../api/gql';
import classes from './CustomerPicker.module.css';
import type { Payer } from './PaymentDialog';

export function CustomerPicker({ onPick }: { onPick: (payer: Payer) => void }) {
  const t = useTranslations('payment');
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 200);
  const [{ data }] = useQuery({ query: PayersDocument, variables: { search: asked } });
  return (
    <Stack gap="xs">
      <TextInput
        data-autofocus
        type="search"
        label={t('customer')}
        description={t('customerHint')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <ul className={classes.list}>
        {data?.customers.nodes.map((customer) => (
          <li key={customer.id}>
            <UnstyledButton className={classes.choice} onClick={() => onPick(customer)}>
              {customer.name}{' '}
              <Text span size="sm" c="dimmed">
                {customer.code}
              </Text>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Stack>
  );
}
