-- Who may act beside users: programs by API key, customers by share link.

-- The customer for whom a transaction acts, and beyond whom it sees nothing; null for everyone else.
CREATE FUNCTION current_customer() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('daybook.customer_id', true), '')::uuid;

-- What a key may do is named in `scopes`, and ends where the role of its maker does.
CREATE TABLE api_keys (
    business_id uuid NOT NULL REFERENCES businesses,
    id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    scopes text[] NOT NULL CHECK (array_position(scopes, NULL) IS NULL),
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (business_id, id),
    CONSTRAINT api_keys_token_key UNIQUE (business_id, token_hash)
);

CREATE TABLE share_links (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    created_by uuid REFERENCES users,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    -- When wrong numbers were tried of late; emptied by a right one and by the lock.
    wrong_at timestamptz[] NOT NULL DEFAULT '{}',
    locked_until timestamptz,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers ON DELETE CASCADE,
    CONSTRAINT share_links_token_key UNIQUE (business_id, token_hash),
    CONSTRAINT share_links_customer_key UNIQUE (business_id, customer_id, id)
);

-- A sign-in by share link. It has one refresh token at a time: another one of it is a spent one.
CREATE TABLE customer_sessions (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    share_link_id uuid NOT NULL,
    refresh_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id, share_link_id)
        REFERENCES share_links (business_id, customer_id, id) ON DELETE CASCADE
);
CREATE INDEX customer_sessions_link_idx ON customer_sessions (business_id, customer_id, share_link_id);

-- By whom, if by no user. A customer can be deleted and stays named in the log.
ALTER TABLE events
    ADD COLUMN actor_key_id uuid,
    ADD COLUMN actor_customer_id uuid,
    ADD CONSTRAINT events_actor_key_fkey FOREIGN KEY (business_id, actor_key_id) REFERENCES api_keys,
    ADD CONSTRAINT events_actor_check CHECK (num_nonnulls(actor_id, actor_key_id, actor_customer_id) <= 1);
-- Null: written by a program.
ALTER TABLE notes ALTER COLUMN author_id DROP NOT NULL;

-- Row-level security -----------------------------------------------------------------------------------

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['api_keys', 'share_links', 'customer_sessions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I USING (business_id = (SELECT current_business()))', name);
        -- Those who stay connected are looked up for all businesses at once.
        EXECUTE format('CREATE POLICY connected ON %I FOR SELECT USING ((SELECT system_scope()))', name);
    END LOOP;
END
$$;

-- Every table has a restrictive policy `customer` beside the others: where a customer acts, it shows what is
-- theirs. The CASE keeps it from the planner, who would take `IS NULL OR` for a condition that few rows pass,
-- and plan the lists of everyone else for that.

CREATE FUNCTION is_of_current_customer(business uuid, charge uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE COST 1
    RETURN EXISTS (SELECT FROM charges c
                   WHERE c.business_id = business AND c.id = charge AND c.customer_id = (SELECT current_customer()));

DO $$
DECLARE
    name text;
    own text := 'CASE WHEN (SELECT current_customer()) IS NULL THEN true ELSE %s END';
BEGIN
    -- Rows that name their customer.
    FOREACH name IN ARRAY ARRAY['contacts', 'charges', 'payments', 'payment_methods', 'entries', 'share_links',
        'customer_sessions'] LOOP
        EXECUTE format('CREATE POLICY customer ON %I AS RESTRICTIVE USING (' || own || ')', name,
            'customer_id = (SELECT current_customer())');
    END LOOP;
    EXECUTE format('CREATE POLICY customer ON customers AS RESTRICTIVE USING (' || own || ')',
        'id = (SELECT current_customer())');
    -- Rows that belong to a charge.
    FOREACH name IN ARRAY ARRAY['records', 'sales', 'adjustments'] LOOP
        EXECUTE format('CREATE POLICY customer ON %I AS RESTRICTIVE USING (' || own || ')', name,
            'is_of_current_customer(business_id, id)');
    END LOOP;
    EXECUTE format('CREATE POLICY customer ON allocations AS RESTRICTIVE USING (' || own || ')',
        'is_of_current_customer(business_id, charge_id)');
    -- The log is not for customers, but what they do is written there.
    EXECUTE format('CREATE POLICY customer ON events AS RESTRICTIVE USING ((SELECT current_customer()) IS NULL)
        WITH CHECK (' || own || ')', 'customer_id = (SELECT current_customer())');
    -- What is the staff's alone.
    FOREACH name IN ARRAY ARRAY['notes', 'users', 'memberships', 'sessions', 'refresh_tokens', 'api_keys', 'counters',
        'idempotency_keys', 'purchase_histories'] LOOP
        EXECUTE format('CREATE POLICY customer ON %I AS RESTRICTIVE USING ((SELECT current_customer()) IS NULL)', name);
    END LOOP;
    -- Their business, which `tenant` already narrows to one.
    CREATE POLICY customer ON businesses AS RESTRICTIVE USING (true);
END
$$;
