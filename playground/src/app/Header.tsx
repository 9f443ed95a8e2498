import { useClient } from '../api/react';
import type { Viewer } from '../api/types';
import { Brand } from '../ui/Brand';
import { formatName } from '../ui/format';
import { BusinessSwitcher } from './BusinessSwitcher';
import { VIEW_NAMES, VIEWS, type ViewName } from './views';

export function Header({ viewer, view }: { viewer: Viewer; view: ViewName }) {
  const client = useClient();
  return (
    <header className="header">
      <Brand />
      <nav className="header-nav" aria-label="Views">
        {VIEW_NAMES.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={name === view ? 'page' : undefined}>
            {VIEWS[name].label}
          </a>
        ))}
      </nav>
      <BusinessSwitcher viewer={viewer} />
      <div className="header-user">
        <span className="header-user-name" title={viewer.user.email}>
          {viewer.user.name}
        </span>
        <span className="badge">{formatName(viewer.role)}</span>
      </div>
      <button
        type="button"
        className="button button-quiet header-sign-out"
        onClick={() => void client.signOut()}
      >
        Sign out
      </button>
    </header>
  );
}
