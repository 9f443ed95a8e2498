import { Button, Card, Group, SimpleGrid, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslations } from 'use-intl';
import { randomId } from '../../api/ids';
import { useViewer } from '../viewer';

export interface LineValues {
  /** Which of them it is, wherever it stands. */
  key: string;
  description: string;
  quantity: string;
  unitPrice: string;
  taxRate: string;
}

export interface InvoiceValues {
  lines: LineValues[];
  dueOn: string;
  memo: string;
}

export function blankLine(): LineValues {
  return { key: randomId(), description: '', quantity: '1', unitPrice: '', taxRate: '' };
}

/** The lines of an invoice, one below the other. */
export function LinesInput({ form }: { form: UseFormReturnType<InvoiceValues> }) {
  const t = useTranslations('invoices');
  const { business } = useViewer();
  const { lines } = form.getValues();
  const input = (index: number, field: keyof LineValues) => ({
    label: t(`line.${field as Exclude<keyof LineValues, 'key'>}`, { currency: business.currency }),
    autoComplete: 'off',
    ...form.getInputProps(`lines.${index}.${field}`),
  });
  return (
    <>
      {lines.map(({ key }, index) => (
        <Card key={key} component="fieldset" aria-label={t('line.title', { number: index + 1 })} padding="sm" m={0} miw={0}>
          <Group justify="space-between" mb="xs">
            <Text fw={600}>{t('line.title', { number: index + 1 })}</Text>
            {lines.length > 1 && (
              <Button size="compact-sm" variant="default" onClick={() => form.removeListItem('lines', index)}>
                {t('line.remove')}
              </Button>
            )}
          </Group>
          <TextInput data-autofocus={index === 0 || undefined} {...input(index, 'description')} />
          <SimpleGrid cols={{ base: 1, xs: 3 }} mt="xs" spacing="sm">
            <TextInput inputMode="decimal" {...input(index, 'quantity')} />
            <TextInput inputMode="decimal" {...input(index, 'unitPrice')} />
            <TextInput inputMode="decimal" {...input(index, 'taxRate')} />
          </SimpleGrid>
        </Card>
      ))}
      <Button variant="default" onClick={() => form.insertListItem('lines', blankLine())}>
        {t('line.add')}
      </Button>
    </>
  );
}
