import type { CustomerRowFragment, CustomersChangeInput, CustomerStatus, CustomerType } from '../../api/gql';

/** What becomes of customers, as the fields say it: empty what stays as it is. */
export interface Changing {
  status: CustomerStatus | '';
  type: CustomerType | '';
  member: 'yes' | 'no' | '';
}

export const UNCHANGED: Changing = { status: '', type: '', member: '' };

/** The same for the server. Null if it is nothing. */
export function changeOf({ status, type, member }: Changing): CustomersChangeInput | null {
  if (!status && !type && !member) return null;
  return { ...(status && { status }), ...(type && { type }), ...(member && { member: member === 'yes' }) };
}

/** What makes some customers again what they were before a change. */
export interface Undo {
  ids: string[];
  change: CustomersChangeInput;
}

/**
 * What takes a change back of customers as they were before it, and nothing else. Null where that cannot be done: nobody
 * is archived again like this, or becomes a member since the day they were one.
 */
export function undoOf(rows: CustomerRowFragment[], { status, type, member }: CustomersChangeInput, changed: number): Undo[] | null {
  const byChange = new Map<string, Undo>();
  let count = 0;
  for (const row of rows) {
    const change: CustomersChangeInput = {
      ...(status && row.status !== status && { status: row.status }),
      ...(type && row.type !== type && { type: row.type }),
      ...(member != null && row.membership.isMember !== member && { member: row.membership.isMember }),
    };
    if (Object.keys(change).length === 0) continue;
    if (change.status === 'ARCHIVED' || change.member) return null;
    count++;
    const key = JSON.stringify(change);
    const same = byChange.get(key) ?? { ids: [], change };
    byChange.set(key, { ...same, ids: [...same.ids, row.id] });
  }
  // Others have changed them meanwhile.
  return count > 0 && count === changed ? [...byChange.values()] : null;
}
