import { Button } from '@mantine/core';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { SignOutDocument } from '../api/gql';
import { useApi } from '../api/react';

export function SignOut() {
  const t = useTranslations('common');
  const { session } = useApi();
  const [{ fetching }, signOut] = useMutation(SignOutDocument);
  return (
    <Button
      variant="default"
      loading={fetching}
      // Out of reach of the server, it is forgotten here all the same.
      onClick={() => void signOut({}).finally(() => session.end())}
    >
      {t('signOut')}
    </Button>
  );
}
