import type { CombinedError } from '@urql/core';
import type { ProblemFragment } from './gql';

/** What an operation failed with, in words: null if it did not. Fields that one may not read are no failure. */
export function messageOf(error: CombinedError | undefined): string | null {
  if (!error) return null;
  if (error.networkError) return error.networkError.message;
  return error.graphQLErrors.find(({ extensions }) => extensions.code !== 'FORBIDDEN')?.message ?? null;
}

/**
 * Each of `userErrors` by the field of the form it is about; those about none of them under `form`. Of a list, the path
 * of the place in it, such as `lines.0.unitPrice`.
 */
export function byField(problems: ProblemFragment[], values: object): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { field, message } of problems) {
    const name = nameOf(field ?? [], values);
    errors[name] = errors[name] ? `${errors[name]} ${message}` : message;
  }
  return errors;
}

function nameOf(path: readonly string[], values: object): string {
  const at = path.findLastIndex((part) => part in values);
  const name = path[at];
  if (name === undefined) return 'form';
  return Array.isArray(values[name as keyof typeof values]) ? path.slice(at).join('.') : name;
}
