import './workers';
import { useComputedColorScheme, VisuallyHidden } from '@mantine/core';
import { GraphiQL } from 'graphiql';
import { useTranslations } from 'use-intl';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';
import type { Fetcher } from './fetcher';
import type { Sample } from './samples';
import type { Storage } from './storage';

export interface ExplorerProps {
  fetcher: Fetcher;
  samples: Sample[];
  storage: Storage;
}

export function Explorer({ fetcher, samples, storage }: ExplorerProps) {
  const t = useTranslations('pages');
  const scheme = useComputedColorScheme('light');
  return (
    <div className="explorer">
      <VisuallyHidden component="h1">{t('explorer')}</VisuallyHidden>
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        defaultTabs={samples}
        forcedTheme={scheme}
        shouldPersistHeaders={false}
        showPersistHeadersSettings={false}
        defaultEditorToolsVisibility="variables"
        maxHistoryLength={50}
      >
        <GraphiQL.Logo>
          <></>
        </GraphiQL.Logo>
      </GraphiQL>
    </div>
  );
}
