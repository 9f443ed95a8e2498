import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerCreateDocument, type CustomerType } from '../../api/gql';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { TYPES } from './Filters';

const EMPTY = { name: '', code: '', email: '', phone: '', whatsappPhone: '', type: 'REGULAR' as CustomerType };

export function CustomerDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useTranslations();
  return (
    <Modal opened={opened} onClose={onClose} title={t('customers.new')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <CustomerForm />
    </Modal>
  );
}

function CustomerForm() {
  const t = useTranslations();
  const navigate = useNavigate();
  const [, create] = useMutation(CustomerCreateDocument);
  const { form, problem, busy, submit } = useForm(EMPTY);
  return (
    <form
      noValidate
      onSubmit={submit(
        async ({ name, type, ...optional }) => {
          const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value.trim() !== ''));
          const result = await create({ input: { name, type, ...given } });
          return { payload: result.data?.customerCreate, result };
        },
        ({ customer }) => customer && void navigate(`/customers/${customer.id}`),
      )}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput label={t('customers.name')} data-autofocus required {...form.getInputProps('name')} />
        <TextInput label={t('customers.code')} description={t('customers.codeHint')} {...form.getInputProps('code')} />
        <TextInput label={t('customers.email')} type="email" {...form.getInputProps('email')} />
        <TextInput label={t('customers.phone')} type="tel" {...form.getInputProps('phone')} />
        <TextInput label={t('customers.whatsapp')} type="tel" {...form.getInputProps('whatsappPhone')} />
        <NativeSelect
          label={t('customers.type')}
          data={TYPES.map((value) => ({ value, label: t(`customerType.${value}`) }))}
          {...form.getInputProps('type')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
