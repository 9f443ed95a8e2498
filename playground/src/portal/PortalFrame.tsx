import { Center, Container, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Brand } from '../ui/Brand';
import { Preferences } from '../ui/Preferences';

/** What surrounds each page of the portal. */
export function PortalFrame({ children, beside }: { children: ReactNode; beside?: ReactNode }) {
  return (
    <Center component="main" p="md">
      <Container size="sm" w="100%" px={0}>
        <Group justify="space-between" mb="lg" gap="xs">
          <Brand />
          <Group gap="xs" wrap="nowrap">
            {beside}
            <Preferences />
          </Group>
        </Group>
        {children}
      </Container>
    </Center>
  );
}
