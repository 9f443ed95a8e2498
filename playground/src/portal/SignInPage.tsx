import { Button, Card, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { CustomerSignInDocument } from '../api/gql';
import { useApi } from '../api/react';
import { FormError } from '../ui/FormError';
import { useForm } from '../ui/useForm';
import { useTitle } from '../ui/useTitle';
import { PortalFrame } from './PortalFrame';

export function SignInPage({ token }: { token: string }) {
  const t = useTranslations('portal');
  useTitle(t('signIn'));
  const { session } = useApi();
  const [, signIn] = useMutation(CustomerSignInDocument);
  const { form, problem, busy, submit } = useForm({ phone: '' });
  return (
    <PortalFrame>
      <Card padding="lg">
        <Title order={1} size="h2" mb="xs">
          {t('signIn')}
        </Title>
        <Text mb="md">{t('explanation')}</Text>
        <form
          noValidate
          onSubmit={submit(
            async ({ phone }) => {
              const result = await signIn({ input: { token, phone } });
              const payload = result.data?.customerSignIn;
              // The customer reads it in their own language.
              const userErrors = payload?.userErrors.map((problem) =>
                problem.code === 'WRONG_CREDENTIALS' ? { ...problem, message: t('wrong') } : problem,
              );
              return { payload: payload && { ...payload, userErrors: userErrors ?? [] }, result };
            },
            (payload) => void session.start(payload),
          )}
        >
          <Stack>
            <FormError message={problem} />
            <TextInput
              label={t('number')}
              type="tel"
              autoComplete="tel"
              inputMode="tel"
              size="md"
              {...form.getInputProps('phone')}
            />
            <Button type="submit" size="md" loading={busy}>
              {t('submit')}
            </Button>
          </Stack>
        </form>
      </Card>
    </PortalFrame>
  );
}
