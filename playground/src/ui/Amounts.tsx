import { Group, Progress, Stack, Text } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { AmountFragment } from '../api/gql';
import { useFormat } from '../i18n/format';

interface AmountsProps {
  total: AmountFragment;
  paid: AmountFragment;
  remaining: AmountFragment;
}

/** What something came to, what is paid of it and what remains, with a bar of the share that is paid. */
export function Amounts({ total, paid, remaining }: AmountsProps) {
  const t = useTranslations('amounts');
  const format = useFormat();
  return (
    <Stack gap={6}>
      <Group grow preventGrowOverflow={false} align="start" gap="xs">
        {(Object.entries({ total, paid, remaining }) as [keyof AmountsProps, AmountFragment][]).map(([name, money]) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {t(name)}
            </Text>
            <Text fw={650} size="sm" data-amount={name} style={{ whiteSpace: 'nowrap' }}>
              {format.money(money)}
            </Text>
          </div>
        ))}
      </Group>
      <Progress value={share(paid, total)} color="leaf" aria-label={t('share')} />
    </Stack>
  );
}

/** For a bar only: in percent, as near as it can be seen. */
export function share(part: AmountFragment, whole: AmountFragment): number {
  const all = Number(whole.amount);
  return all > 0 ? Math.min(100, Math.max(0, (Number(part.amount) / all) * 100)) : 0;
}
