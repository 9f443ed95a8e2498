import type { Client } from '../api/client';
import { fieldErrors, hasErrors, type FieldErrors } from '../api/errors';
import { randomId } from '../api/ids';
import {
  CUSTOMER_BY_CODE,
  PAYMENT_PREVIEW,
  PAYMENT_RECORD,
  type PaymentInput,
} from '../api/operations';
import type { Customer, Payment, PaymentPreview } from '../api/types';
import type { PaymentMethod } from './methods';

/** What the form holds. */
export interface PaymentDraft {
  customerCode: string;
  amount: string;
  method: PaymentMethod;
}

export type DraftErrors = FieldErrors<keyof PaymentDraft>;

/** A draft the server has worked out, ready to be written. */
export interface PreparedPayment {
  customer: Customer;
  preview: PaymentPreview;
  input: PaymentInput;
  /** Made once per preview, so that pressing again never writes twice. */
  idempotencyKey: string;
}

/** Which field of the form a field of the schema belongs to. */
const FIELDS: Record<string, keyof PaymentDraft> = {
  code: 'customerCode',
  customerId: 'customerCode',
  amount: 'amount',
  method: 'method',
};

type Result<Value> = { value: Value; errors?: never } | { errors: DraftErrors; value?: never };

export async function preparePayment(
  client: Client,
  draft: PaymentDraft,
): Promise<Result<PreparedPayment>> {
  const code = draft.customerCode.trim();
  const missing: DraftErrors = {};
  if (!code) missing.customerCode = 'Enter the code of a customer.';
  if (!draft.amount.trim()) missing.amount = 'Enter an amount.';
  if (hasErrors(missing)) return { errors: missing };

  const { customer } = await client.request(CUSTOMER_BY_CODE, { code });
  if (!customer) return { errors: { customerCode: `There is no customer with the code ${code}.` } };

  const input = {
    customerId: customer.id,
    amount: decimal(draft.amount),
    method: draft.method,
  };
  const { paymentPreview: preview } = await client.request(PAYMENT_PREVIEW, { input });
  if (preview.userErrors.length > 0) return { errors: fieldErrors(preview.userErrors, FIELDS) };
  return { value: { customer, preview, input, idempotencyKey: randomId() } };
}

export async function writePayment(
  client: Client,
  { input, idempotencyKey }: PreparedPayment,
): Promise<Result<Payment>> {
  const variables = { input: { ...input, idempotencyKey } };
  const { paymentRecord } = await client.request(PAYMENT_RECORD, variables);
  const { payment, userErrors } = paymentRecord;
  if (payment) return { value: payment };
  const errors = fieldErrors(userErrors, FIELDS);
  return { errors: hasErrors(errors) ? errors : { form: 'The payment was not recorded.' } };
}

/** Many keyboards give a decimal comma; the schema wants a point. */
function decimal(text: string): string {
  const trimmed = text.trim();
  return /^\d+,\d{1,2}$/.test(trimmed) ? trimmed.replace(',', '.') : trimmed;
}
