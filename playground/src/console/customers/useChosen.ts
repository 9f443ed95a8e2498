import { useState } from 'react';
import type { CustomerRowFragment } from '../../api/gql';
import type { Which } from './useCustomerList';

/** Customers who are chosen to be changed together. */
export interface Chosen {
  /** Those who were chosen one by one, as they were then, by id. */
  rows: Map<string, CustomerRowFragment>;
  /** Whether all are who are asked for. */
  all: boolean;
  choose: (rows: CustomerRowFragment[], chosen: boolean) => void;
  chooseAll: () => void;
  clear: () => void;
}

const NOBODY: Pick<Chosen, 'rows' | 'all'> = { rows: new Map(), all: false };

/** Who is chosen among those who are asked for, on whatever page: nobody as soon as others are asked for. */
export function useChosen(which: Which): Chosen {
  const [kept, setKept] = useState({ ...NOBODY, which });
  const { rows, all } = kept.which === which ? kept : NOBODY;
  return {
    rows,
    all,
    choose(changed, chosen) {
      const after = new Map(rows);
      for (const row of changed) {
        if (chosen) after.set(row.id, row);
        else after.delete(row.id);
      }
      setKept({ rows: after, all: false, which });
    },
    chooseAll: () => setKept({ rows, all: true, which }),
    clear: () => setKept({ ...NOBODY, which }),
  };
}
