import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useApi } from '../../api/react';
import { Loading } from '../../ui/Loading';
import { useTitle } from '../../ui/useTitle';
import { useViewer } from '../viewer';
import { Explorer, type ExplorerProps } from './Explorer';
import { createFetcher } from './fetcher';
import { loadSamples } from './samples';
import { explorerStorage } from './storage';

/** Loaded as a chunk of its own: the editor is much larger than the page. */
export default function ExplorerPage() {
  const t = useTranslations('pages');
  useTitle(t('explorer'));
  const api = useApi();
  const businessId = useViewer().business.id;
  const [explorer, setExplorer] = useState<ExplorerProps | null>(null);

  useEffect(() => {
    let gone = false;
    void loadSamples(api.client).then((samples) => {
      if (!gone) setExplorer({ fetcher: createFetcher(api), samples, storage: explorerStorage(businessId) });
    });
    return () => {
      gone = true;
    };
  }, [api, businessId]);

  return explorer ? <Explorer {...explorer} /> : <Loading />;
}
