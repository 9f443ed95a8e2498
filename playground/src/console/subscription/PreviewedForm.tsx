import { Button, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useQuery, type TypedDocumentNode } from 'urql';
import { messageOf } from '../../api/errors';
import type { PreviewPartsFragment } from '../../api/gql';
import { FormError } from '../../ui/FormError';
import { Preview } from './Preview';

interface PreviewedFormProps<Variables extends object> {
  /** What says what the form would do. */
  query: TypedDocumentNode<{ preview: PreviewPartsFragment | null }, Variables>;
  variables: Variables;
  /** They are those of the form as it stands. */
  current?: boolean;
  problem: ReactNode;
  busy: boolean;
  label: string;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  children: ReactNode;
}

/** A form that is sent only once one has seen what it would do. */
export function PreviewedForm<Variables extends object>(props: PreviewedFormProps<Variables>) {
  const { query, variables, current = true, problem, busy, label, onSubmit, children } = props;
  const [{ data, error, fetching }] = useQuery({ query, variables, requestPolicy: 'network-only' });
  const preview = data?.preview;
  const refused = preview?.userErrors[0]?.message ?? messageOf(error);
  const seen = current && !fetching && preview != null && refused === null;
  return (
    <form noValidate onSubmit={onSubmit}>
      <Stack>
        {children}
        <FormError message={problem ?? (fetching ? null : refused)} />
        {preview && refused === null && <Preview preview={preview} />}
        <Button type="submit" loading={busy} disabled={!seen}>
          {label}
        </Button>
      </Stack>
    </form>
  );
}
