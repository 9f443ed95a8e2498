import type { Customer, Payment, PaymentPreview, PaymentUpdate, UserError, Viewer } from './types';

/** The text of an operation, tied to the types of its result and variables. */
export interface Operation<Data, Variables> {
  readonly text: string;
  /** Carries the types; never present at run time. */
  readonly types?: (variables: Variables) => Data;
}

type NoVariables = Record<string, never>;

function operation<Data, Variables = NoVariables>(text: string): Operation<Data, Variables> {
  return { text };
}

// Session

export interface SessionPayload {
  accessToken: string | null;
  refreshToken: string | null;
  expiresAt: string | null;
  viewer: Viewer | null;
  userErrors: UserError[];
}

const SESSION_FIELDS = `
    accessToken
    refreshToken
    expiresAt
    viewer {
      user { id name email }
      role
      business { id name slug currency }
      memberships { role business { id name slug } }
    }
    userErrors { code field message }`;

export const SIGN_IN = operation<
  { signIn: SessionPayload },
  { input: { email: string; password: string; businessSlug: string | null } }
>(`mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {${SESSION_FIELDS}
  }
}`);

export const SESSION_REFRESH = operation<
  { sessionRefresh: SessionPayload },
  { input: { refreshToken: string } }
>(`mutation SessionRefresh($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) {${SESSION_FIELDS}
  }
}`);

export const BUSINESS_SWITCH = operation<
  { businessSwitch: SessionPayload },
  { input: { businessId: string } }
>(`mutation BusinessSwitch($input: BusinessSwitchInput!) {
  businessSwitch(input: $input) {${SESSION_FIELDS}
  }
}`);

export const SIGN_OUT = operation<{ signOut: { userErrors: { code: string }[] } | null }>(`mutation SignOut {
  signOut {
    userErrors { code }
  }
}`);

// Live payments

const PAYMENT_FIELDS = 'id amount { formatted } method receivedAt';
const CUSTOMER_FIELDS = 'id code name balance { formatted }';

/** The latest payments, and the cursor from which later ones are to be read. */
export const LATEST_PAYMENTS = operation<{
  eventCursor: string;
  payments: { nodes: Payment[] };
}>(`query LatestPayments {
  eventCursor
  payments(first: 20) {
    nodes {
      ${PAYMENT_FIELDS}
      customer { ${CUSTOMER_FIELDS} }
    }
  }
}`);

export const PAYMENT_UPDATES = operation<
  { paymentUpdates: PaymentUpdate },
  { cursor: string | null }
>(`subscription PaymentUpdates($cursor: String) {
  paymentUpdates(after: $cursor) {
    cursor
    kind
    payment { ${PAYMENT_FIELDS} }
    customer { ${CUSTOMER_FIELDS} }
  }
}`);

// Recording a payment

export const CUSTOMER_BY_CODE = operation<
  { customer: Customer | null },
  { code: string }
>(`query CustomerByCode($code: String!) {
  customer(code: $code) { ${CUSTOMER_FIELDS} }
}`);

export interface PaymentInput {
  customerId: string;
  /** A decimal number in the currency of the business, for instance `"25.00"`. */
  amount: string;
  method: string;
}

export const PAYMENT_PREVIEW = operation<
  { paymentPreview: PaymentPreview },
  { input: PaymentInput }
>(`query PaymentPreview($input: PaymentRecordInput!) {
  paymentPreview(input: $input) {
    allocations {
      charge { id kind occurredOn amount { formatted } outstanding { formatted } }
      amount { formatted }
    }
    unallocated { formatted }
    userErrors { code field message }
  }
}`);

export const PAYMENT_RECORD = operation<
  { paymentRecord: { payment: Payment | null; userErrors: UserError[] } },
  { input: PaymentInput & { idempotencyKey: string } }
>(`mutation PaymentRecord($input: PaymentRecordInput!) {
  paymentRecord(input: $input) {
    payment {
      ${PAYMENT_FIELDS}
      customer { ${CUSTOMER_FIELDS} }
    }
    userErrors { code field message }
  }
}`);

// Explorer

/** A customer with which the sample operations can be run as they are. */
export const SAMPLE_CUSTOMER = operation<{
  customers: { nodes: { id: string; code: string }[] };
}>(`query SampleCustomer {
  customers(first: 1) {
    nodes { id code }
  }
}`);
