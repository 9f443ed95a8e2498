import { Button, Group } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useQuery, type TypedDocumentNode } from 'urql';
import { useTranslations } from 'use-intl';
import { Loaded } from './Loaded';

interface Page<Row> {
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface PagesProps<Data, Variables extends object, Row> {
  query: TypedDocumentNode<Data, Variables>;
  /** Those of the page after a cursor. */
  variables: (after: string | null) => Variables;
  pageOf: (data: Data) => Page<Row> | null | undefined;
  children: (rows: Row[]) => ReactNode;
}

/** A list page by page. */
export function Pages<Data, Variables extends object, Row>(props: PagesProps<Data, Variables, Row>) {
  const { query, variables, pageOf, children } = props;
  const t = useTranslations('common');
  const [cursors, setCursors] = useState<string[]>([]);
  const after = cursors.at(-1) ?? null;
  const [result] = useQuery({ query, variables: variables(after) });
  return (
    <Loaded result={result}>
      {(data) => {
        const page = pageOf(data);
        if (!page) return null;
        const { hasNextPage, endCursor } = page.pageInfo;
        return (
          <>
            {children(page.nodes)}
            {(after !== null || hasNextPage) && (
              <Group justify="center" mt="md">
                <Button variant="default" disabled={after === null} onClick={() => setCursors((before) => before.slice(0, -1))}>
                  {t('previous')}
                </Button>
                <Button
                  variant="default"
                  disabled={!hasNextPage || endCursor === null}
                  onClick={() => endCursor !== null && setCursors((before) => [...before, endCursor])}
                >
                  {t('next')}
                </Button>
              </Group>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
