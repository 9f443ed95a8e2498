import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { CustomersQueryVariables, CustomerSort } from '../../api/gql';
import { useViewer } from '../viewer';
import { ANYONE, filterOf, type Wanted } from './filter';

/** What is asked for. It stands in the address, so that it can be sent to others and survives going back. */
export interface Asked extends Wanted {
  /** The id of a segment. */
  segment: string;
  sort: CustomerSort;
}

const NOTHING: Asked = { ...ANYONE, segment: '', sort: 'NAME_ASC' };

/** Which customers, on whatever page and in whatever order. */
export type Which = Pick<CustomersQueryVariables, 'search' | 'filter' | 'segmentId'>;

export interface CustomerList {
  asked: Asked;
  ask: (change: Partial<Asked>) => void;
  which: Which;
  variables: CustomersQueryVariables;
  hasPrevious: boolean;
  previous: () => void;
  next: (after: string) => void;
}

export function useCustomerList(): CustomerList {
  const [params, setParams] = useSearchParams();
  // The cursors at which this page and those before it begin.
  const [cursors, setCursors] = useState<string[]>([]);
  const { business } = useViewer();

  const asked = { ...NOTHING, ...Object.fromEntries(params) } as Asked;
  const [search] = useDebouncedValue(asked.search, 200);
  const [tags] = useDebouncedValue(asked.tags, 200);
  const { status, type, owing, member, leftAlone, segment, sort } = asked;
  const after = cursors.at(-1) ?? null;

  const which = useMemo<Which>(
    () => ({
      search: search.trim() || null,
      filter: filterOf({ search, status, type, owing, member, tags, leftAlone }, business.currency),
      segmentId: segment || null,
    }),
    [business.currency, search, status, type, owing, member, tags, leftAlone, segment],
  );
  const variables = useMemo(() => ({ ...which, sort, after }), [which, sort, after]);

  return {
    asked,
    ask(change) {
      setCursors([]);
      // The address already has what was chosen just before; the page may not show it yet.
      const before = Object.fromEntries(new URLSearchParams(window.location.search));
      const kept = Object.entries({ ...before, ...change }).filter(([name, value]) => value !== NOTHING[name as keyof Asked]);
      setParams(kept, { replace: true });
    },
    which,
    variables,
    hasPrevious: cursors.length > 0,
    previous: () => setCursors((before) => before.slice(0, -1)),
    next: (cursor) => setCursors((before) => [...before, cursor]),
  };
}
