import { Suspense, useEffect, type MouseEvent } from 'react';
import type { Viewer } from '../api/types';
import { ErrorBoundary } from '../ui/ErrorBoundary';
import { Loading } from '../ui/Loading';
import { Header } from './Header';
import { useView, VIEWS } from './views';
import './shell.css';

/** The page of someone who is signed in: a header, and the view chosen in it. */
export function Shell({ viewer }: { viewer: Viewer }) {
  const name = useView();
  const { label, component: View } = VIEWS[name];

  useEffect(() => {
    document.title = `${label} · ${viewer.business.name} · Daybook`;
  }, [label, viewer.business.name]);

  return (
    <div className="shell" data-view={name}>
      <a className="skip-link" href="#content" onClick={skipToContent}>
        Skip to content
      </a>
      <Header viewer={viewer} view={name} />
      <main className="shell-main" id="content" tabIndex={-1}>
        {/* A view belongs to one business: another business starts it anew. */}
        <ErrorBoundary key={`${name} ${viewer.business.id}`}>
          <Suspense fallback={<Loading label={`Opening ${label}…`} />}>
            <View viewer={viewer} />
          </Suspense>
        </ErrorBoundary>
      </main>
    </div>
  );
}

/** The hash names the view, so it must not change. */
function skipToContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
