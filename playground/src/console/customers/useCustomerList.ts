import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { CustomersQueryVariables, CustomerSort, CustomerStatus, CustomerType } from '../../api/gql';
import { smallest } from '../../i18n/format';
import { useViewer } from '../viewer';

/** What is asked for. It stands in the address, so that it can be sent to others and survives going back. */
export interface Asked {
  search: string;
  status: CustomerStatus | '';
  type: CustomerType | '';
  owing: 'owing' | 'credit' | '';
  member: 'yes' | 'no' | '';
  sort: CustomerSort;
}

const NOTHING: Asked = { search: '', status: '', type: '', owing: '', member: '', sort: 'NAME_ASC' };

export interface CustomerList {
  asked: Asked;
  ask: (change: Partial<Asked>) => void;
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
  const { status, type, owing, member, sort } = asked;
  const after = cursors.at(-1) ?? null;

  const variables = useMemo<CustomersQueryVariables>(() => {
    const least = smallest(business.currency);
    return {
      search: search.trim() || null,
      filter: {
        ...(status && { status: [status] }),
        ...(type && { type: [type] }),
        ...(member && { member: member === 'yes' }),
        ...(owing === 'owing' && { balanceMin: least }),
        ...(owing === 'credit' && { balanceMax: `-${least}` }),
      },
      sort,
      after,
    };
  }, [business.currency, search, status, type, owing, member, sort, after]);

  return {
    asked,
    ask(change) {
      setCursors([]);
      // The address already has what was chosen just before; the page may not show it yet.
      const before = Object.fromEntries(new URLSearchParams(window.location.search));
      const kept = Object.entries({ ...before, ...change }).filter(([name, value]) => value !== NOTHING[name as keyof Asked]);
      setParams(kept, { replace: true });
    },
    variables,
    hasPrevious: cursors.length > 0,
    previous: () => setCursors((before) => before.slice(0, -1)),
    next: (cursor) => setCursors((before) => [...before, cursor]),
  };
}
