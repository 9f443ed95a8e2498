import { TransportError } from './transport';
import type { UserError } from './types';

/** The operation was refused as a whole: the message is fit for a person. */
export class RequestError extends Error {
  override name = 'RequestError';
}

/** The session is over; the page is back at the sign-in screen. */
export class SessionEndedError extends Error {
  override name = 'SessionEndedError';
}

export function messageOf(error: unknown): string {
  if (
    error instanceof TransportError ||
    error instanceof RequestError ||
    error instanceof SessionEndedError
  ) {
    return error.message;
  }
  console.error(error);
  return 'Something went wrong. Try again.';
}

/** Messages by field name; those of no known field are under `form`. */
export type FieldErrors<Name extends string> = Partial<Record<Name | 'form', string>>;

/**
 * Puts each error beside the field it is about. `fields` maps names in the
 * schema to names in the form.
 */
export function fieldErrors<Name extends string>(
  errors: UserError[],
  fields: Record<string, Name>,
): FieldErrors<Name> {
  const result: FieldErrors<Name> = {};
  for (const { field, message } of errors) {
    const name = (field ?? []).map((part) => fields[part]).find((part) => part !== undefined) ?? 'form';
    result[name] = result[name] ? `${result[name]} ${message}` : message;
  }
  return result;
}

export function hasErrors(errors: FieldErrors<string>): boolean {
  return Object.values(errors).some(Boolean);
}
