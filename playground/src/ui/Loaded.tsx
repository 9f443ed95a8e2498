import type { ReactNode } from 'react';
import type { UseQueryState } from 'urql';
import { messageOf } from '../api/errors';
import { FormError } from './FormError';
import { Loading } from './Loading';

/** What a query has read; until then that it is being read, or why it cannot be. */
export function Loaded<Data, Variables extends object>(props: {
  result: UseQueryState<Data, Variables>;
  children: (data: Data) => ReactNode;
}) {
  const { result, children } = props;
  return (
    <>
      <FormError message={messageOf(result.error)} />
      {result.data ? children(result.data) : result.fetching && <Loading />}
    </>
  );
}
