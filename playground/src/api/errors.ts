import type { CombinedError } from '@urql/core';
import type { ProblemFragment } from './gql';

/** What an operation failed with, in words: null if it did not. Fields that one may not read are no failure. */
export function messageOf(error: CombinedError | undefined): string | null {
  if (!error) return null;
  if (error.networkError) return error.networkError.message;
  return error.graphQLErrors.find(({ extensions }) => extensions.code !== 'FORBIDDEN')?.message ?? null;
}

/** Each of `userErrors` by the field of the form it is about; those about none of them under `form`. */
export function byField(problems: ProblemFragment[], fields: readonly string[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { field, message } of problems) {
    const name = field?.findLast((part) => fields.includes(part)) ?? 'form';
    errors[name] = errors[name] ? `${errors[name]} ${message}` : message;
  }
  return errors;
}
