-- The whole ledger: fees and adjustments, what is undone, purchase histories, payment methods kept on file.

-- Charges ----------------------------------------------------------------------------------------------

ALTER TABLE charges
    DROP CONSTRAINT charges_kind_check,
    ADD CONSTRAINT charges_kind_check CHECK (kind IN ('RECORD', 'SALE', 'FEE', 'ADJUSTMENT')),
    -- A void charge wants nothing and is paid nothing; its amount is kept.
    ADD COLUMN voided_at timestamptz,
    -- A deleted record is void, and shown nowhere. Its entries are the account's for good.
    ADD COLUMN deleted_at timestamptz,
    -- What was entered in one mutation.
    ADD COLUMN batch_id uuid,
    ADD CONSTRAINT charges_void_check CHECK (voided_at IS NULL OR paid = 0),
    ADD CONSTRAINT charges_deleted_check CHECK (deleted_at IS NULL OR voided_at IS NOT NULL);
DROP INDEX charges_open_idx;
CREATE INDEX charges_open_idx ON charges (business_id, customer_id, occurred_on, id)
    WHERE paid < amount AND voided_at IS NULL;
CREATE INDEX charges_batch_idx ON charges (business_id, batch_id) WHERE batch_id IS NOT NULL;

-- What a fee or an adjustment has beside its charge.
CREATE TABLE adjustments (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, id) REFERENCES charges
);

-- Payments ---------------------------------------------------------------------------------------------

ALTER TABLE payments
    -- A credit is given and not received. It pays charges like a payment.
    ADD COLUMN kind text NOT NULL DEFAULT 'PAYMENT' CHECK (kind IN ('PAYMENT', 'CREDIT')),
    -- Why a credit was given.
    ADD COLUMN reason text,
    ADD COLUMN refunded bigint NOT NULL DEFAULT 0,
    ADD COLUMN reversed_at timestamptz,
    -- The number of its receipt among those of its customer, from 1.
    ADD COLUMN receipt integer,
    ADD CONSTRAINT payments_refunded_check CHECK (refunded >= 0 AND refunded + unallocated <= amount),
    ADD CONSTRAINT payments_reversed_check CHECK (reversed_at IS NULL OR unallocated = 0),
    ADD CONSTRAINT payments_receipt_key UNIQUE (business_id, customer_id, receipt);

-- A released allocation pays nothing any more. Of one that is released in part, a new one has the rest.
ALTER TABLE allocations ADD COLUMN released_at timestamptz;

ALTER TABLE entries
    DROP CONSTRAINT entries_kind_check,
    ADD CONSTRAINT entries_kind_check
        CHECK (kind IN ('CHARGE', 'CHANGE', 'VOID', 'PAYMENT', 'CREDIT', 'REFUND', 'REVERSAL')),
    ADD COLUMN reason text;

-- Customers --------------------------------------------------------------------------------------------

-- How many purchases make which tier.
ALTER TABLE businesses
    ADD COLUMN occasional_from integer NOT NULL DEFAULT 2,
    ADD COLUMN regular_from integer NOT NULL DEFAULT 5,
    ADD COLUMN frequent_from integer NOT NULL DEFAULT 10,
    ADD CONSTRAINT businesses_tiers_check
        CHECK (occasional_from >= 2 AND occasional_from < regular_from AND regular_from < frequent_from);

-- The figures of a customer's purchases, kept up in the transaction that changes them. A customer who was never
-- charged has no row.
CREATE TABLE purchase_histories (
    business_id uuid NOT NULL,
    -- The id of the customer.
    id uuid NOT NULL,
    purchases bigint NOT NULL,
    spent bigint NOT NULL,
    items bigint NOT NULL,
    first_on date,
    last_on date,
    lifetime_value bigint NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, id) REFERENCES customers ON DELETE CASCADE
);

CREATE TABLE payment_methods (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    method text NOT NULL
        CHECK (method IN ('CASH', 'CARD', 'BANK_TRANSFER', 'MOBILE_MONEY', 'UPI', 'CHEQUE', 'OTHER')),
    label text NOT NULL,
    reference text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CREATE INDEX payment_methods_customer_idx ON payment_methods (business_id, customer_id, id);

-- What there was before ----------------------------------------------------------------------------------

-- Not forced for a moment, for the owner sees the rows of no business here.
ALTER TABLE charges NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sales NO FORCE ROW LEVEL SECURITY;
ALTER TABLE payments NO FORCE ROW LEVEL SECURITY;
INSERT INTO purchase_histories
    SELECT c.business_id, c.customer_id, count(s.id), coalesce(sum(c.amount) FILTER (WHERE s.id IS NOT NULL), 0),
        coalesce(sum(s.items), 0), min(c.occurred_on) FILTER (WHERE s.id IS NOT NULL),
        max(c.occurred_on) FILTER (WHERE s.id IS NOT NULL), sum(c.amount)
    FROM charges c LEFT JOIN sales s ON s.business_id = c.business_id AND s.id = c.id
    GROUP BY 1, 2;
UPDATE payments SET receipt = numbered.receipt
    FROM (SELECT business_id, id, row_number() OVER (PARTITION BY business_id, customer_id ORDER BY id) AS receipt
          FROM payments) AS numbered
    WHERE payments.business_id = numbered.business_id AND payments.id = numbered.id;
ALTER TABLE charges FORCE ROW LEVEL SECURITY;
ALTER TABLE sales FORCE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;

-- Row-level security -----------------------------------------------------------------------------------

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['adjustments', 'purchase_histories', 'payment_methods']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I USING (business_id = (SELECT current_business()))', name);
    END LOOP;
END
$$;
