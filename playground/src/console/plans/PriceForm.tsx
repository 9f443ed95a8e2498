import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { PlanPriceChangeDocument, type PlanRowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { decimal } from '../../ui/decimal';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';

export function PriceForm({ plan, onDone }: { plan: PlanRowFragment; onDone: () => void }) {
  const t = useTranslations('plans');
  const format = useFormat();
  const [, change] = useMutation(PlanPriceChangeDocument);
  const { form, problem, busy, submit } = useForm({ price: '' }, ({ price }) => ({ price }));
  return (
    <form
      noValidate
      onSubmit={submit(async ({ price }) => {
        const result = await change({ id: plan.id, input: { price: decimal(price) } });
        return { payload: result.data?.planPriceChange, result };
      }, onDone)}
    >
      <Stack>
        <Text size="sm">{t('priceHint', { name: plan.name, price: format.money(plan.price) })}</Text>
        <FormError message={problem} />
        <TextInput
          data-autofocus
          label={t('price', { currency: plan.price.currency })}
          inputMode="decimal"
          autoComplete="off"
          {...form.getInputProps('price')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('changePrice')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
