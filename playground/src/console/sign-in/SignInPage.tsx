import { Anchor, Button, Card, Center, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { SignInDocument } from '../../api/gql';
import { useApi } from '../../api/react';
import { Brand } from '../../ui/Brand';
import { FormError } from '../../ui/FormError';
import { Preferences } from '../../ui/Preferences';
import { useForm } from '../../ui/useForm';
import { useTitle } from '../../ui/useTitle';

const DEMO = { email: 'owner@demo.daybook.test', password: 'daybook-demo' };

export function SignInPage() {
  const t = useTranslations('signIn');
  useTitle(t('title'));
  const { session } = useApi();
  const [, signIn] = useMutation(SignInDocument);
  const { form, problem, busy, submit } = useForm({ email: '', password: '' });

  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={400}>
        <Group justify="space-between" wrap="nowrap">
          <Brand />
          <Group gap="xs" wrap="nowrap">
            <Preferences />
          </Group>
        </Group>
        <Card padding="lg">
          <Title order={1} size="h2" mb="md">
            {t('title')}
          </Title>
          <form
            noValidate
            onSubmit={submit(
              async (input) => {
                const result = await signIn({ input });
                return { payload: result.data?.signIn, result };
              },
              (payload) => void session.start(payload),
            )}
          >
            <Stack>
              {session.ended() && !problem && <Text role="status">{t('ended')}</Text>}
              <FormError message={problem} />
              <TextInput label={t('email')} type="email" autoComplete="username" {...form.getInputProps('email')} />
              <PasswordInput
                label={t('password')}
                autoComplete="current-password"
                visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
                {...form.getInputProps('password')}
              />
              <Button type="submit" loading={busy}>
                {t('submit')}
              </Button>
            </Stack>
          </form>
        </Card>
        <Text size="sm" ta="center">
          {t('looking')}{' '}
          <Anchor component="button" type="button" underline="always" onClick={() => form.setValues(DEMO)}>
            {t('useDemo')}
          </Anchor>
        </Text>
      </Stack>
    </Center>
  );
}
