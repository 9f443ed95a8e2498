import { Checkbox, Fieldset, Stack, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslations } from 'use-intl';
import type { ContactPreferencesFragment } from '../api/gql';

type Contact = Omit<ContactPreferencesFragment, 'bestTime' | '__typename'> & { bestTime: string };

interface ContactFieldsProps<Values extends Contact> {
  form: UseFormReturnType<Values>;
  /** As the customer is asked, or as the staff is told. */
  ask: 'own' | 'theirs';
  /** Whether the reason for being left alone is asked for. */
  reason?: boolean;
}

/** How a customer wants to be reached. */
export function ContactFields<Values extends Contact>({ form, ask, reason = false }: ContactFieldsProps<Values>) {
  const t = useTranslations('preferences');
  const box = (name: string) => form.getInputProps(name, { type: 'checkbox' });
  return (
    <Stack gap="sm">
      <Fieldset legend={t(ask === 'own' ? 'reachMe' : 'reachThem')}>
        <Stack gap="sm">
          <Checkbox label={t('prefersSms')} {...box('prefersSms')} />
          <Checkbox label={t('prefersEmail')} {...box('prefersEmail')} />
          <Checkbox label={t('prefersCall')} {...box('prefersCall')} />
        </Stack>
      </Fieldset>
      <TextInput label={t('bestTime')} {...form.getInputProps('bestTime')} />
      <Checkbox label={t(ask === 'own' ? 'sendMeOffers' : 'mayReceiveOffers')} {...box('mayReceiveOffers')} />
      <Checkbox
        label={t(ask === 'own' ? 'leaveMeAlone' : 'doNotContact')}
        description={t('beatsAll')}
        {...box('doNotContact')}
      />
      {reason && <Textarea label={t('reason')} autosize {...form.getInputProps('doNotContactReason')} />}
    </Stack>
  );
}
