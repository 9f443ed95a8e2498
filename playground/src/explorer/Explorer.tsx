import './workers';
import { GraphiQL } from 'graphiql';
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
  return (
    <div className="explorer">
      <h1 className="visually-hidden">Explorer</h1>
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        defaultTabs={samples}
        forcedTheme="system"
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
