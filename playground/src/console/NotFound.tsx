import { Anchor, Stack, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useTranslations } from 'use-intl';

export function NotFound() {
  const t = useTranslations('common');
  return (
    <Stack align="start">
      <Title order={1} size="h2">
        {t('notFound')}
      </Title>
      <Anchor component={Link} to="/" underline="always">
        {t('toDashboard')}
      </Anchor>
    </Stack>
  );
}
