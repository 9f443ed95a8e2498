import { Badge, Button, Card, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { ContactCreateDocument, CustomerContactsDocument, type ContactRole } from '../../api/gql';
import { FormError } from '../../ui/FormError';
import { Loaded } from '../../ui/Loaded';
import { useForm } from '../../ui/useForm';
import { useMay } from '../viewer';
import type { CustomerTabProps } from './CustomerTabs';

const ROLES = ['OWNER', 'OPS', 'BILLING', 'TECHNICAL'] as const;
const EMPTY = { name: '', email: '', phone: '', role: 'OWNER' as ContactRole };

export function ContactsTab({ customer }: CustomerTabProps) {
  const t = useTranslations();
  const [result] = useQuery({ query: CustomerContactsDocument, variables: { id: customer.id } });
  const mayWrite = useMay('CUSTOMERS_WRITE');
  return (
    <Stack>
      <Loaded result={result}>
        {(data) => {
          const contacts = data.customer?.contacts.nodes ?? [];
          if (contacts.length === 0) return <Text c="dimmed">{t('contacts.none')}</Text>;
          return (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {contacts.map((contact) => (
                <Card key={contact.id}>
                  <Group gap="xs">
                    <Text fw={650}>{contact.name}</Text>
                    {contact.isPrimary && <Badge color="leaf">{t('contacts.primary')}</Badge>}
                  </Group>
                  <Text size="sm" c="dimmed">
                    {t(`contactRole.${contact.role}`)}
                  </Text>
                  <Text size="sm">{contact.email}</Text>
                  <Text size="sm">{contact.phone}</Text>
                </Card>
              ))}
            </SimpleGrid>
          );
        }}
      </Loaded>
      {mayWrite && <ContactForm customerId={customer.id} />}
    </Stack>
  );
}

function ContactForm({ customerId }: { customerId: string }) {
  const t = useTranslations();
  const [, create] = useMutation(ContactCreateDocument);
  const { form, problem, busy, submit } = useForm(EMPTY);
  return (
    <Card
      component="form"
      noValidate
      aria-label={t('contacts.add')}
      onSubmit={submit(
        async ({ name, role, email, phone }) => {
          const input = { customerId, name, role, email: email || null, phone: phone || null };
          const result = await create({ input });
          return { payload: result.data?.contactCreate, result };
        },
        () => form.reset(),
      )}
    >
      <FormError message={problem} />
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        <TextInput label={t('customers.name')} {...form.getInputProps('name')} />
        <TextInput label={t('customers.email')} type="email" {...form.getInputProps('email')} />
        <TextInput label={t('customers.phone')} type="tel" {...form.getInputProps('phone')} />
        <NativeSelect
          label={t('contacts.role')}
          data={ROLES.map((value) => ({ value, label: t(`contactRole.${value}`) }))}
          {...form.getInputProps('role')}
        />
      </SimpleGrid>
      <Group mt="md">
        <Button type="submit" variant="default" loading={busy}>
          {t('contacts.add')}
        </Button>
      </Group>
    </Card>
  );
}
