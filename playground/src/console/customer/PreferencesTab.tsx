import { Button, Card, Checkbox, Grid, Group, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerPreferencesDocument, PreferenceUpdateDocument, type PaymentMethod, type PreferencePartsFragment } from '../../api/gql';
import { ContactFields } from '../../ui/ContactFields';
import { Facts } from '../../ui/Facts';
import { FormError } from '../../ui/FormError';
import { Loaded } from '../../ui/Loaded';
import { useForm } from '../../ui/useForm';
import { useKept } from '../../ui/useKept';
import { METHODS } from '../payment/PaymentForm';
import { useMay } from '../viewer';
import type { CustomerTabProps } from './CustomerTabs';

/** How a customer wants to be treated. */
export function PreferencesTab({ customer }: CustomerTabProps) {
  const mayWrite = useMay('PREFERENCES_WRITE');
  const [result] = useQuery({ query: CustomerPreferencesDocument, variables: { id: customer.id } });
  return (
    <Loaded result={result}>
      {(data) =>
        data.customer && (
          <Stack>
            <InShort preferences={data.customer.preferences} />
            {mayWrite && <PreferencesForm customerId={customer.id} preferences={data.customer.preferences} />}
          </Stack>
        )
      }
    </Loaded>
  );
}

function InShort({ preferences }: { preferences: PreferencePartsFragment }) {
  const t = useTranslations();
  const { channels, offersAllowed, bestTime, paymentMethod, favouriteProducts, takesPartInLoyalty } = preferences;
  const yesOrNo = (value: boolean) => (value ? t('preferences.yes') : t('preferences.no'));
  return (
    <Facts
      facts={{
        [t('preferences.channels')]:
          channels.length === 0 ? (
            <Text fw={650} span data-channels="">
              {t('preferences.noChannel')}
            </Text>
          ) : (
            <span data-channels={channels.join(' ')}>{channels.map((channel) => t(`contactChannel.${channel}`)).join(', ')}</span>
          ),
        [t('preferences.bestTime')]: bestTime,
        [t('preferences.offersAllowed')]: yesOrNo(offersAllowed),
        [t('preferences.paymentMethod')]: paymentMethod && t(`paymentMethod.${paymentMethod}`),
        [t('preferences.favouriteProducts')]: favouriteProducts.join('\n'),
        [t('preferences.takesPartInLoyalty')]: yesOrNo(takesPartInLoyalty),
      }}
    />
  );
}

function PreferencesForm({ customerId, preferences }: { customerId: string; preferences: PreferencePartsFragment }) {
  const t = useTranslations();
  const mayWriteAll = useMay('CUSTOMERS_WRITE');
  const [, update] = useMutation(PreferenceUpdateDocument);
  const [initial] = useState(() => valuesOf(preferences));
  const { form, problem, busy, submit } = useForm(initial);
  const { changed, isKept, keep } = useKept(initial);
  const [saved, setSaved] = useState(false);
  return (
    <Card
      component="form"
      noValidate
      aria-label={t('tabs.preferences')}
      onSubmit={submit(
        async (values) => {
          setSaved(false);
          const result = await update({ customerId, input: inputOf(changed(values), values.doNotContact) });
          return { payload: result.data?.preferenceUpdate, result };
        },
        (payload) => {
          const values = payload.preferences ? valuesOf(payload.preferences) : form.getValues();
          form.setValues(values);
          keep(values);
          setSaved(true);
        },
      )}
    >
      <FormError message={problem} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <ContactFields form={form} ask="theirs" reason={mayWriteAll && form.values.doNotContact} />
        </Grid.Col>
        {mayWriteAll && (
          <Grid.Col span={{ base: 12, md: 6 }}>
            <Stack gap="sm">
              <Textarea
                label={t('preferences.favouriteProducts')}
                description={t('plans.featuresHint')}
                autosize
                minRows={3}
                {...form.getInputProps('favouriteProducts')}
              />
              <NativeSelect
                label={t('preferences.paymentMethod')}
                data={[
                  { value: '', label: t('preferences.any') },
                  ...METHODS.map((value) => ({ value, label: t(`paymentMethod.${value}`) })),
                ]}
                {...form.getInputProps('paymentMethod')}
              />
              <Checkbox
                label={t('preferences.takesPartInLoyalty')}
                {...form.getInputProps('takesPartInLoyalty', { type: 'checkbox' })}
              />
            </Stack>
          </Grid.Col>
        )}
      </Grid>
      <Group mt="md">
        <Button type="submit" loading={busy}>
          {t('common.save')}
        </Button>
        <Text role="status" size="sm">
          {saved && isKept(form.values) && t('preferences.saved')}
        </Text>
      </Group>
    </Card>
  );
}

function valuesOf(preferences: PreferencePartsFragment) {
  const { prefersSms, prefersEmail, prefersCall, mayReceiveOffers, doNotContact, takesPartInLoyalty } = preferences;
  return {
    ...{ prefersSms, prefersEmail, prefersCall, mayReceiveOffers, doNotContact, takesPartInLoyalty },
    bestTime: preferences.bestTime ?? '',
    paymentMethod: (preferences.paymentMethod ?? '') as PaymentMethod | '',
    favouriteProducts: preferences.favouriteProducts.join('\n'),
    doNotContactReason: preferences.doNotContactReason ?? '',
  };
}

type Values = ReturnType<typeof valuesOf>;

function inputOf({ favouriteProducts, bestTime, paymentMethod, doNotContactReason, ...flags }: Partial<Values>, doNotContact: boolean) {
  return {
    ...flags,
    ...(bestTime !== undefined && { bestTime: bestTime.trim() || null }),
    ...(paymentMethod !== undefined && { paymentMethod: paymentMethod || null }),
    ...(favouriteProducts !== undefined && { favouriteProducts: favouriteProducts.split('\n').filter((line) => line.trim() !== '') }),
    // Of those who may be contacted, there is none: the server forgets it.
    ...(doNotContactReason !== undefined && doNotContact && { doNotContactReason: doNotContactReason.trim() || null }),
  };
}
