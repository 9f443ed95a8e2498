import { Button, Group } from '@mantine/core';
import { useTranslations } from 'use-intl';
import type { PaperFragment } from '../api/gql';

/** Links to a document, to read, print or send: they open beside the page, which goes on. */
export function Papers({ of, papers, compact }: { of: string; papers: (PaperFragment | null)[]; compact?: boolean }) {
  const t = useTranslations('papers');
  return (
    <Group gap="xs">
      {papers.map(
        (paper) =>
          paper && (
            <Button
              key={paper.format}
              component="a"
              href={paper.url}
              target="_blank"
              rel="noopener noreferrer"
              variant="default"
              size={compact ? 'compact-sm' : 'sm'}
              aria-label={t('named', { format: paper.format, name: of })}
            >
              {t(paper.format)}
            </Button>
          ),
      )}
    </Group>
  );
}
