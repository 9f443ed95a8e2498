import { Alert } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { DoNotContactFragment } from '../../api/gql';

/** Says of a customer who is to be left alone that they are, wherever one might be about to write or to call. */
export function LeaveAlone({ preferences: { doNotContact, doNotContactReason } }: { preferences: DoNotContactFragment }) {
  const t = useTranslations('preferences');
  if (!doNotContact) return null;
  return (
    <Alert color="red.9" variant="filled" title={t('doNotContact')} mb="md" styles={{ message: { color: 'white' } }} data-leave-alone>
      {doNotContactReason ?? t('leaveAlone')}
    </Alert>
  );
}
