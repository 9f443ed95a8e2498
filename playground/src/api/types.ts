/** Shapes of the schema, as far as this page reads them. */

export interface Money {
  formatted: string;
}

export interface UserError {
  code: string;
  /** The path from the input down, such as `["business", "slug"]`. */
  field: string[] | null;
  message: string;
}

export interface User {
  id: string;
  name: string;
  email: string;
}

export interface Business {
  id: string;
  name: string;
  slug: string;
}

export interface Viewer {
  user: User;
  role: string;
  business: Business & { currency: string };
  memberships: { role: string; business: Business }[];
}

export interface Customer {
  id: string;
  code: string;
  name: string;
  balance: Money;
}

export interface Payment {
  id: string;
  amount: Money;
  method: string;
  receivedAt: string;
  customer: Customer;
}

export interface PaymentUpdate {
  cursor: string;
  kind: string;
  payment: Omit<Payment, 'customer'> | null;
  customer: Customer | null;
}

export interface Allocation {
  charge: {
    id: string;
    kind: string;
    occurredOn: string;
    amount: Money;
    outstanding: Money;
  };
  amount: Money;
}

export interface PaymentPreview {
  allocations: Allocation[];
  unallocated: Money | null;
  userErrors: UserError[];
}
