import type { CustomerFilter, CustomerStatus, CustomerType } from '../../api/gql';
import { smallest } from '../../i18n/format';

/** Which customers are wanted, as the fields of the page say it: empty where it does not matter. */
export interface Wanted {
  search: string;
  /** One, or several with commas between them. */
  status: string;
  type: string;
  owing: 'owing' | 'credit' | '';
  member: 'yes' | 'no' | '';
  /** With commas between them. */
  tags: string;
  leftAlone: 'yes' | 'no' | '';
}

export const ANYONE: Wanted = { search: '', status: '', type: '', owing: '', member: '', tags: '', leftAlone: '' };

/** The same for the server, but for the search. */
export function filterOf(wanted: Wanted, currency: string): CustomerFilter {
  const { status, type, owing, member, leftAlone } = wanted;
  const least = smallest(currency);
  const tags = listOf(wanted.tags);
  return {
    ...(status && { status: listOf(status) as CustomerStatus[] }),
    ...(type && { type: listOf(type) as CustomerType[] }),
    ...(member && { member: member === 'yes' }),
    ...(owing === 'owing' && { balanceMin: least }),
    ...(owing === 'credit' && { balanceMax: `-${least}` }),
    ...(tags.length > 0 && { tags }),
    ...(leftAlone && { doNotContact: leftAlone === 'yes' }),
  };
}

/** A filter of the server as the fields say it, and what of it they cannot say. */
export function wantedOf(search: string | null, filter: CustomerFilter, currency: string): [Wanted, CustomerFilter] {
  const { status, type, member, tags, doNotContact, ...rest } = filter;
  const wanted: Wanted = {
    search: search ?? '',
    status: status?.join(',') ?? '',
    type: type?.join(',') ?? '',
    owing: '',
    member: member == null ? '' : member ? 'yes' : 'no',
    tags: tags?.join(', ') ?? '',
    leftAlone: doNotContact == null ? '' : doNotContact ? 'yes' : 'no',
  };
  const least = smallest(currency);
  if (rest.balanceMax == null && rest.balanceMin === least) {
    wanted.owing = 'owing';
    delete rest.balanceMin;
  } else if (rest.balanceMin == null && rest.balanceMax === `-${least}`) {
    wanted.owing = 'credit';
    delete rest.balanceMax;
  }
  return [wanted, rest];
}

function listOf(text: string): string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}
