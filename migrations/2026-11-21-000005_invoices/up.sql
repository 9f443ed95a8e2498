-- Invoices and the credit notes on them.

ALTER TABLE businesses
    -- What the numbers of invoices and credit notes begin with.
    ADD COLUMN invoice_prefix text NOT NULL DEFAULT 'INV' CHECK (invoice_prefix ~ '^[A-Z0-9]{1,10}$'),
    ADD COLUMN credit_note_prefix text NOT NULL DEFAULT 'CN' CHECK (credit_note_prefix ~ '^[A-Z0-9]{1,10}$'),
    -- Whether the prices on invoices are without tax or with it.
    ADD COLUMN tax_mode text NOT NULL DEFAULT 'EXCLUSIVE' CHECK (tax_mode IN ('EXCLUSIVE', 'INCLUSIVE')),
    ADD CONSTRAINT businesses_prefixes_check CHECK (invoice_prefix <> credit_note_prefix);

ALTER TABLE charges
    DROP CONSTRAINT charges_kind_check,
    ADD CONSTRAINT charges_kind_check CHECK (kind IN ('RECORD', 'SALE', 'FEE', 'ADJUSTMENT', 'INVOICE'));

-- An invoice without a number is a draft. With it, it is final, and what is owed of it is the charge of the same id:
-- whether it is paid or void stands there and nowhere else.
CREATE TABLE invoices (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number text,
    -- The parts of the number: its year, and its place among those of that year, from 1 and without gaps.
    year integer,
    sequence integer CHECK (sequence > 0),
    -- The day on which a draft was made, until it is issued.
    issued_on date NOT NULL,
    -- Of a draft, null if it is due by the terms of the business.
    due_on date,
    tax_mode text NOT NULL CHECK (tax_mode IN ('EXCLUSIVE', 'INCLUSIVE')),
    -- They are read with their invoice and never without.
    lines jsonb NOT NULL CHECK (jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) BETWEEN 1 AND 100),
    net bigint NOT NULL,
    tax bigint NOT NULL,
    total bigint NOT NULL CHECK (total >= 0 AND total = net + tax),
    memo text,
    -- Whether a subscription made it, for which one and for which days: from the first, without the last.
    recurring boolean NOT NULL,
    subscription_id uuid,
    period_start date,
    period_end date,
    -- When the business gave up on it. It can still be paid.
    uncollectible_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    charge_id uuid GENERATED ALWAYS AS (CASE WHEN sequence IS NOT NULL THEN id END) STORED,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    FOREIGN KEY (business_id, charge_id) REFERENCES charges,
    FOREIGN KEY (business_id, subscription_id) REFERENCES plan_subscriptions,
    CONSTRAINT invoices_sequence_key UNIQUE (business_id, year, sequence),
    CONSTRAINT invoices_number_key UNIQUE (business_id, number),
    CONSTRAINT invoices_final_check CHECK (
        num_nulls(number, year, sequence) IN (0, 3)
        AND (sequence IS NULL OR due_on IS NOT NULL AND year = extract(year FROM issued_on))),
    CONSTRAINT invoices_uncollectible_check CHECK (uncollectible_at IS NULL OR sequence IS NOT NULL),
    CONSTRAINT invoices_period_check CHECK (period_start < period_end AND (period_start IS NULL) = (period_end IS NULL))
);
CREATE INDEX invoices_issued_idx ON invoices (business_id, issued_on, id);
CREATE INDEX invoices_customer_idx ON invoices (business_id, customer_id, issued_on, id);
CREATE INDEX invoices_subscription_idx ON invoices (business_id, subscription_id, id) WHERE subscription_id IS NOT NULL;

-- What is taken off an invoice. The credit of the same id has its effect on what is owed; reversed, it has none.
CREATE TABLE credit_notes (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number text NOT NULL,
    year integer NOT NULL,
    sequence integer NOT NULL CHECK (sequence > 0),
    issued_on date NOT NULL,
    reason text NOT NULL,
    -- Empty where it is of an amount only.
    lines jsonb NOT NULL CHECK (jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) <= 100),
    net bigint NOT NULL,
    tax bigint NOT NULL,
    total bigint NOT NULL CHECK (total > 0 AND total = net + tax),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, id) REFERENCES payments,
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices,
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    CONSTRAINT credit_notes_sequence_key UNIQUE (business_id, year, sequence),
    CONSTRAINT credit_notes_number_key UNIQUE (business_id, number),
    CONSTRAINT credit_notes_year_check CHECK (year = extract(year FROM issued_on))
);
CREATE INDEX credit_notes_invoice_idx ON credit_notes (business_id, invoice_id, id);

-- Row-level security -----------------------------------------------------------------------------------

DO $$
DECLARE
    name text;
    own text := 'CASE WHEN (SELECT current_customer()) IS NULL THEN true ELSE %s END';
BEGIN
    FOREACH name IN ARRAY ARRAY['invoices', 'credit_notes'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I USING (business_id = (SELECT current_business()))', name);
    END LOOP;
    -- Customers see no drafts.
    EXECUTE format('CREATE POLICY customer ON invoices AS RESTRICTIVE USING (' || own || ')',
        'customer_id = (SELECT current_customer()) AND sequence IS NOT NULL');
    EXECUTE format('CREATE POLICY customer ON credit_notes AS RESTRICTIVE USING (' || own || ')',
        'customer_id = (SELECT current_customer())');
END
$$;
