import { Card, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** One figure with what it counts. */
export function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Card component="dl" m={0} p={{ base: 'xs', sm: 'md' }}>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} fz={{ base: 'sm', sm: 'xl' }} fw={650} style={{ fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Card>
  );
}
