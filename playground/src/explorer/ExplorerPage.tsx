import { useEffect, useState } from 'react';
import { useClient } from '../api/react';
import { openSocket } from '../api/socket';
import type { Viewer } from '../api/types';
import { Loading } from '../ui/Loading';
import { Explorer, type ExplorerProps } from './Explorer';
import { createFetcher } from './fetcher';
import { loadSamples } from './samples';
import { explorerStorage } from './storage';

/** Loaded as a chunk of its own: the editor is much larger than the page. */
export default function ExplorerPage({ viewer }: { viewer: Viewer }) {
  const client = useClient();
  const businessId = viewer.business.id;
  const [explorer, setExplorer] = useState<ExplorerProps | null>(null);

  useEffect(() => {
    let gone = false;
    const socket = openSocket(client);
    void loadSamples(client).then((samples) => {
      if (gone) return;
      const fetcher = createFetcher(client, socket);
      setExplorer({ fetcher, samples, storage: explorerStorage(businessId) });
    });
    return () => {
      gone = true;
      void socket.dispose();
    };
  }, [client, businessId]);

  if (!explorer) return <Loading label="Opening Explorer…" />;
  return <Explorer {...explorer} />;
}
