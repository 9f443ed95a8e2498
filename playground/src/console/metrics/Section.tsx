import { Card, SimpleGrid, Stack, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { Figure } from '../../ui/Figure';

/** A part of the page, with its figures first. */
export function Section({ name, title, figures, children }: {
  name: string;
  title: string;
  figures: Record<string, string | null>;
  children: ReactNode;
}) {
  const id = useId();
  const entries = Object.entries(figures);
  return (
    // Not below the head of the page, if one goes there.
    <Stack component="section" gap="sm" aria-labelledby={id} data-section={name} style={{ scrollMarginTop: 72 }}>
      <Title order={2} size="h3" id={id}>
        {title}
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: entries.length === 4 ? 4 : 3 }} spacing="sm">
        {entries.map(([label, value]) => (
          <Figure key={label} label={label}>
            {value ?? '–'}
          </Figure>
        ))}
      </SimpleGrid>
      {children}
    </Stack>
  );
}

/** What belongs together within a part. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card h="100%">
      <Title order={3} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}
