import { useId, useState } from 'react';
import { messageOf } from '../api/errors';
import { useClient } from '../api/react';
import type { Viewer } from '../api/types';

export function BusinessSwitcher({ viewer }: { viewer: Viewer }) {
  const client = useClient();
  const id = useId();
  const [switching, setSwitching] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function switchTo(businessId: string) {
    setSwitching(true);
    setError(null);
    try {
      const [first] = await client.switchBusiness(businessId);
      setError(first?.message ?? null);
    } catch (reason) {
      setError(messageOf(reason));
    } finally {
      setSwitching(false);
    }
  }

  return (
    <div className="switcher">
      <label htmlFor={id} className="visually-hidden">
        Business
      </label>
      <select
        id={id}
        className="select select-compact"
        value={viewer.business.id}
        disabled={switching}
        onChange={(event) => void switchTo(event.target.value)}
      >
        {viewer.memberships.map(({ business }) => (
          <option key={business.id} value={business.id}>
            {business.name}
          </option>
        ))}
      </select>
      {error && (
        <p className="switcher-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
