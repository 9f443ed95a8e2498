import { Center, Loader } from '@mantine/core';
import { useTranslations } from 'use-intl';

export function Loading() {
  const t = useTranslations('common');
  return (
    <Center p="xl" role="status" aria-label={t('loading')}>
      <Loader />
    </Center>
  );
}
