import { Badge } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { Connection } from '../api/live';
import { useConnection } from '../api/react';
import classes from './ConnectionBadge.module.css';

const COLORS: Record<Connection, string> = { connecting: 'gray', connected: 'green', reconnecting: 'yellow' };

/** Whether what is shown is what is. */
export function ConnectionBadge() {
  const t = useTranslations('connection');
  const connection = useConnection();
  return (
    <Badge
      role="status"
      variant="default"
      tt="none"
      leftSection={<span className={classes.dot} style={{ background: `var(--mantine-color-${COLORS[connection]}-6)` }} />}
      data-connection={connection}
    >
      {t(connection)}
    </Badge>
  );
}
