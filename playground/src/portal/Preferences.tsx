import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { PortalPreferencesDocument, PortalPreferenceUpdateDocument, type ContactPreferencesFragment } from '../api/gql';
import { ContactFields } from '../ui/ContactFields';
import { FormError } from '../ui/FormError';
import { Loaded } from '../ui/Loaded';
import { useForm } from '../ui/useForm';
import { useKept } from '../ui/useKept';

/** How the customer wants to be reached. */
export function Preferences() {
  const [result] = useQuery({ query: PortalPreferencesDocument });
  return (
    <Loaded result={result}>
      {({ me: { customer } }) => customer && <PreferencesForm customerId={customer.id} preferences={customer.preferences} />}
    </Loaded>
  );
}

function PreferencesForm({ customerId, preferences }: { customerId: string; preferences: ContactPreferencesFragment }) {
  const t = useTranslations();
  const [, update] = useMutation(PortalPreferenceUpdateDocument);
  const [initial] = useState({ ...preferences, bestTime: preferences.bestTime ?? '' });
  const { form, problem, busy, submit } = useForm(initial);
  const { changed, isKept, keep } = useKept(initial);
  const [saved, setSaved] = useState(false);
  return (
    <form
      noValidate
      aria-label={t('portal.preferences')}
      onSubmit={submit(
        async (values) => {
          setSaved(false);
          const result = await update({ customerId, input: changed(values) });
          return { payload: result.data?.preferenceUpdate, result };
        },
        () => {
          keep(form.getValues());
          setSaved(true);
        },
      )}
    >
      <Stack>
        <FormError message={problem} />
        <ContactFields form={form} ask="own" />
        <Group>
          <Button type="submit" variant="default" loading={busy}>
            {t('common.save')}
          </Button>
          <Text role="status" size="sm">
            {saved && isKept(form.values) && t('preferences.saved')}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
