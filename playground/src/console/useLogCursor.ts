import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { CursorDocument } from '../api/gql';

/** Where the log stood when the component first asked: null until that is known. */
export function useLogCursor(): string | null {
  const [{ data }] = useQuery({ query: CursorDocument, requestPolicy: 'network-only' });
  const [cursor, setCursor] = useState<string | null>(null);
  // Only the first: from there on a subscription knows where it is.
  useEffect(() => setCursor((before) => before ?? data?.eventCursor ?? null), [data]);
  return cursor;
}
