import { Button, Group, NativeSelect, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { PlanCreateDocument, PlanUpdateDocument, type PlanInterval, type PlanRowFragment } from '../../api/gql';
import { decimal } from '../../ui/decimal';
import { FormError } from '../../ui/FormError';
import { useForm } from '../../ui/useForm';
import { whole } from '../../ui/whole';
import { useViewer } from '../viewer';

const INTERVALS = ['DAY', 'WEEK', 'MONTH', 'YEAR'] as const;

/** A new plan, or what of one can still be changed: its price changes elsewhere, its periods never. */
export function PlanForm({ plan, onDone }: { plan?: PlanRowFragment; onDone: () => void }) {
  const t = useTranslations('plans');
  const { business } = useViewer();
  const [, create] = useMutation(PlanCreateDocument);
  const [, update] = useMutation(PlanUpdateDocument);
  const { form, problem, busy, submit } = useForm(
    {
      name: plan?.name ?? '',
      code: plan?.code ?? '',
      description: plan?.description ?? '',
      features: plan?.features.join('\n') ?? '',
      trialDays: String(plan?.trialDays ?? 0),
      price: '',
      interval: 'MONTH' as PlanInterval,
      intervalCount: '1',
    },
    ({ price }): Record<string, string> => (plan ? {} : { price }),
  );
  return (
    <form
      noValidate
      onSubmit={submit(async ({ name, code, description, features, trialDays, price, interval, intervalCount }) => {
        const common = {
          name,
          code,
          description: description || null,
          features: features.split('\n').filter((line) => line.trim() !== ''),
          trialDays: whole(trialDays),
        };
        if (plan) {
          const result = await update({ id: plan.id, input: common });
          return { payload: result.data?.planUpdate, result };
        }
        const result = await create({ input: { ...common, price: decimal(price), interval, intervalCount: whole(intervalCount) } });
        return { payload: result.data?.planCreate, result };
      }, onDone)}
    >
      <Stack>
        <FormError message={problem} />
        <TextInput data-autofocus label={t('name')} required {...form.getInputProps('name')} />
        <TextInput label={t('code')} required autoComplete="off" {...form.getInputProps('code')} />
        {!plan && (
          <SimpleGrid cols={{ base: 1, xs: 3 }}>
            <TextInput
              label={t('price', { currency: business.currency })}
              required
              inputMode="decimal"
              autoComplete="off"
              {...form.getInputProps('price')}
            />
            <TextInput type="number" min={1} label={t('intervalCount')} {...form.getInputProps('intervalCount')} />
            <NativeSelect
              label={t('interval')}
              data={INTERVALS.map((value) => ({ value, label: t(`intervals.${value}`) }))}
              {...form.getInputProps('interval')}
            />
          </SimpleGrid>
        )}
        <TextInput type="number" min={0} label={t('trialDays')} {...form.getInputProps('trialDays')} />
        <Textarea label={t('description')} autosize minRows={2} {...form.getInputProps('description')} />
        <Textarea label={t('features')} description={t('featuresHint')} autosize minRows={2} {...form.getInputProps('features')} />
        <Group justify="flex-end">
          <Button type="submit" loading={busy}>
            {t('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
