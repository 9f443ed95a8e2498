-- The foundation: accounts, customers, the first part of the ledger, the event log.
--
-- Every tenant table has PRIMARY KEY (business_id, id) and foreign keys (business_id, x_id), so that no row
-- can point across businesses. business_id leads every index. Row-level security stands behind the filters
-- of the stores: see "Tenancy" in docs/ARCHITECTURE.md.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- The settings that a transaction of Daybook makes with SET LOCAL. Policies call these inside a scalar
-- SELECT, so that each is evaluated once a statement and can be an index condition.
CREATE FUNCTION current_business() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('daybook.business_id', true), '')::uuid;
CREATE FUNCTION current_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('daybook.user_id', true), '')::uuid;
-- True only where the code says Scope::System. It opens the identity tables and the log, nothing else.
CREATE FUNCTION system_scope() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('daybook.scope', true), '') = 'system';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;

-- Accounts ---------------------------------------------------------------------------------------------

CREATE TABLE businesses (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    slug text NOT NULL UNIQUE,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    time_zone text NOT NULL,
    locale text NOT NULL,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    days_until_due integer NOT NULL DEFAULT 0 CHECK (days_until_due BETWEEN 0 AND 365),
    use_credit_automatically boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));

CREATE TABLE memberships (
    business_id uuid NOT NULL REFERENCES businesses,
    id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users,
    role text NOT NULL CHECK (role IN ('OWNER', 'MANAGER', 'CLERK', 'VIEWER')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    CONSTRAINT memberships_user_key UNIQUE (business_id, user_id)
);
-- Sign-in asks for the businesses of one user before any business is known.
CREATE INDEX memberships_user_idx ON memberships (user_id);

-- A session is one sign-in: the family of refresh tokens that grew from it.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX sessions_user_idx ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions,
    business_id uuid NOT NULL REFERENCES businesses,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz
);
CREATE INDEX refresh_tokens_session_idx ON refresh_tokens (session_id);

-- The next number of a named series, such as customer codes.
CREATE TABLE counters (
    business_id uuid NOT NULL REFERENCES businesses,
    name text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (business_id, name)
);

-- Customers --------------------------------------------------------------------------------------------

CREATE TABLE customers (
    business_id uuid NOT NULL REFERENCES businesses,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    whatsapp_phone text,
    address text,
    type text NOT NULL CHECK (type IN ('WALK_IN', 'REGULAR', 'VIP', 'WHOLESALE')),
    -- ARCHIVED is not stored here: archived_at hides the status, and restoring shows it again.
    status text NOT NULL CHECK (status IN ('PENDING', 'ACTIVE', 'SUSPENDED')),
    archived_at timestamptz,
    member_since date,
    tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 50 AND array_position(tags, NULL) IS NULL),
    metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    joined_on date NOT NULL,
    billing_name text,
    billing_address text,
    tax_id text,
    -- What the customer owes in minor units: the sum of their entries, kept up in the same transaction.
    balance bigint NOT NULL DEFAULT 0,
    last_payment_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    search text NOT NULL GENERATED ALWAYS AS (
        lower(code || ' ' || name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' '
            || coalesce(whatsapp_phone, ''))
    ) STORED,
    PRIMARY KEY (business_id, id),
    CONSTRAINT customers_code_key UNIQUE (business_id, code)
);
CREATE UNIQUE INDEX customers_email_key ON customers (business_id, lower(email));
CREATE INDEX customers_search_idx ON customers USING gin (business_id, search gin_trgm_ops);
CREATE INDEX customers_name_idx ON customers (business_id, lower(name), id);
CREATE INDEX customers_balance_idx ON customers (business_id, balance, id);
CREATE INDEX customers_joined_idx ON customers (business_id, joined_on, id);
CREATE INDEX customers_last_payment_idx
    ON customers (business_id, coalesce(last_payment_at, '-infinity'::timestamptz), id);
CREATE INDEX customers_tags_idx ON customers USING gin (business_id, tags);

CREATE TABLE contacts (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    role text NOT NULL CHECK (role IN ('OWNER', 'OPS', 'BILLING', 'TECHNICAL')),
    is_primary boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    search text NOT NULL GENERATED ALWAYS AS (
        lower(name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))
    ) STORED,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CREATE INDEX contacts_customer_idx ON contacts (business_id, customer_id, id);
CREATE UNIQUE INDEX contacts_primary_key ON contacts (business_id, customer_id) WHERE is_primary;
CREATE INDEX contacts_search_idx ON contacts USING gin (business_id, search gin_trgm_ops);

CREATE TABLE notes (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('PERSONAL', 'PREFERENCE', 'ISSUE', 'FEEDBACK')),
    content text NOT NULL,
    author_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CREATE INDEX notes_customer_idx ON notes (business_id, customer_id, id);

-- Ledger -----------------------------------------------------------------------------------------------

-- Everything a customer owes. What a kind has beside this stands in its own table under the same key.
CREATE TABLE charges (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('RECORD', 'SALE')),
    occurred_on date NOT NULL,
    due_on date NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    paid bigint NOT NULL DEFAULT 0 CHECK (paid BETWEEN 0 AND amount),
    external_ref text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    CONSTRAINT charges_external_ref_key UNIQUE (business_id, kind, external_ref)
);
CREATE INDEX charges_customer_idx ON charges (business_id, customer_id, occurred_on, id);
CREATE INDEX charges_kind_idx ON charges (business_id, kind, occurred_on, id);
CREATE INDEX charges_open_idx ON charges (business_id, customer_id, occurred_on, id) WHERE paid < amount;

CREATE TABLE records (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    product text NOT NULL,
    quantity numeric(15, 3) NOT NULL CHECK (quantity > 0),
    unit text,
    unit_price numeric(18, 6) NOT NULL CHECK (unit_price >= 0),
    shift text CHECK (shift IN ('MORNING', 'EVENING')),
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, id) REFERENCES charges
);

CREATE TABLE sales (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    items integer NOT NULL CHECK (items >= 0),
    reference text,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, id) REFERENCES charges
);

CREATE TABLE payments (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    -- What no charge has taken yet: the customer's credit.
    unallocated bigint NOT NULL CHECK (unallocated BETWEEN 0 AND amount),
    method text NOT NULL
        CHECK (method IN ('CASH', 'CARD', 'BANK_TRANSFER', 'MOBILE_MONEY', 'UPI', 'CHEQUE', 'OTHER')),
    reference text,
    received_at timestamptz NOT NULL,
    received_by uuid REFERENCES users,
    external_ref text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    CONSTRAINT payments_external_ref_key UNIQUE (business_id, external_ref)
);
CREATE INDEX payments_customer_idx ON payments (business_id, customer_id, received_at, id);
CREATE INDEX payments_received_idx ON payments (business_id, received_at, id);
CREATE INDEX payments_credit_idx ON payments (business_id, customer_id, received_at, id) WHERE unallocated > 0;

CREATE TABLE allocations (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, payment_id) REFERENCES payments,
    FOREIGN KEY (business_id, charge_id) REFERENCES charges
);
CREATE INDEX allocations_payment_idx ON allocations (business_id, payment_id, id);
CREATE INDEX allocations_charge_idx ON allocations (business_id, charge_id, id);

-- The account of each customer, one immutable line per change of what they owe.
CREATE TABLE entries (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('CHARGE', 'PAYMENT')),
    charge_id uuid,
    payment_id uuid,
    -- Positive: the customer owes more. Negative: less.
    amount bigint NOT NULL,
    occurred_on date NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    FOREIGN KEY (business_id, charge_id) REFERENCES charges,
    FOREIGN KEY (business_id, payment_id) REFERENCES payments,
    CHECK (num_nonnulls(charge_id, payment_id) = 1)
);
CREATE INDEX entries_customer_idx ON entries (business_id, customer_id, occurred_on, id);
CREATE INDEX entries_charge_idx ON entries (business_id, charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX entries_payment_idx ON entries (business_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_not_emptied BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE idempotency_keys (
    business_id uuid NOT NULL REFERENCES businesses,
    key text NOT NULL,
    operation text NOT NULL,
    input_hash bytea NOT NULL,
    -- The id of what the first call made; the same call again answers with it.
    result_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, key)
);

-- Events -----------------------------------------------------------------------------------------------

-- Audit trail, live feed and source of every notification. A cursor is (txid, id): a reader that takes only
-- transactions below pg_snapshot_xmin, in that order, never skips one that commits late.
CREATE TABLE events (
    business_id uuid NOT NULL REFERENCES businesses,
    id uuid NOT NULL,
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    customer_id uuid,
    subject_id uuid NOT NULL,
    actor_id uuid REFERENCES users,
    data jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id)
);
CREATE INDEX events_cursor_idx ON events (business_id, txid, id);
CREATE INDEX events_customer_idx ON events (business_id, customer_id, txid, id);
-- The relay reads the log of all businesses at once, in commit order.
CREATE INDEX events_relay_idx ON events (txid, id);
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_not_emptied BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Row-level security -----------------------------------------------------------------------------------

-- FORCE, because Daybook connects as the owner of its tables.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['businesses', 'users', 'memberships', 'sessions', 'refresh_tokens', 'counters',
        'customers', 'contacts', 'notes', 'charges', 'records', 'sales', 'payments', 'allocations', 'entries',
        'idempotency_keys', 'events']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
    -- One business sees its own rows, and no scope sees more.
    FOREACH name IN ARRAY ARRAY['counters', 'customers', 'contacts', 'notes', 'charges', 'records', 'sales',
        'payments', 'allocations', 'entries', 'idempotency_keys']
    LOOP
        EXECUTE format('CREATE POLICY tenant ON %I USING (business_id = (SELECT current_business()))', name);
    END LOOP;
END
$$;

-- What sign-in and the event relay read before or beside any business.
CREATE POLICY tenant ON memberships USING (business_id = (SELECT current_business()) OR (SELECT system_scope()));
CREATE POLICY tenant ON businesses USING (id = (SELECT current_business()) OR (SELECT system_scope()));
CREATE POLICY tenant ON events USING (business_id = (SELECT current_business()) OR (SELECT system_scope()));
CREATE POLICY own ON users USING (id = (SELECT current_account()) OR (SELECT system_scope()));
-- A user also sees, and does not change, where else they belong and who belongs to the business with them.
CREATE POLICY elsewhere ON memberships FOR SELECT USING (user_id = (SELECT current_account()));
CREATE POLICY elsewhere ON businesses FOR SELECT USING (
    EXISTS (SELECT FROM memberships m WHERE m.business_id = businesses.id AND m.user_id = (SELECT current_account()))
);
CREATE POLICY colleagues ON users FOR SELECT USING (
    EXISTS (SELECT FROM memberships m
            WHERE m.business_id = (SELECT current_business()) AND m.user_id = users.id)
);
CREATE POLICY own ON sessions USING (user_id = (SELECT current_account()) OR (SELECT system_scope()));
CREATE POLICY system ON refresh_tokens USING ((SELECT system_scope()));
