-- What the business sells again and again: plans, their prices, and who subscribes to them.

-- The time of a sandbox, which its owner moves. Null: the business lives in the time of everyone.
ALTER TABLE businesses ADD COLUMN test_clock timestamptz;

CREATE TABLE plans (
    business_id uuid NOT NULL REFERENCES businesses,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text,
    interval_unit text NOT NULL CHECK (interval_unit IN ('DAY', 'WEEK', 'MONTH', 'YEAR')),
    interval_count integer NOT NULL CHECK (interval_count > 0),
    trial_days integer NOT NULL CHECK (trial_days >= 0),
    features text[] NOT NULL CHECK (cardinality(features) <= 50 AND array_position(features, NULL) IS NULL),
    attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
    -- Of its prices, the one of now: the last.
    version integer NOT NULL,
    archived_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    CONSTRAINT plans_code_key UNIQUE (business_id, code)
);
CREATE INDEX plans_name_idx ON plans (business_id, lower(name), id);

-- A price of a plan is never changed: another takes its place, and who subscribed at this one keeps it.
CREATE TABLE plan_prices (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    plan_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    amount bigint NOT NULL CHECK (amount >= 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, plan_id) REFERENCES plans,
    CONSTRAINT plan_prices_version_key UNIQUE (business_id, plan_id, version)
);
ALTER TABLE plans ADD CONSTRAINT plans_version_fkey
    FOREIGN KEY (business_id, id, version) REFERENCES plan_prices (business_id, plan_id, version)
    DEFERRABLE INITIALLY DEFERRED;

-- Everything of a subscription changes under the lock of its customer.
CREATE TABLE plan_subscriptions (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    price_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    status text NOT NULL CHECK (status IN ('TRIALING', 'ACTIVE', 'PAUSED', 'CANCELED')),
    starts_on date NOT NULL,
    trial_ends_on date,
    -- From which day periods are counted.
    anchor_on date NOT NULL,
    -- The current period, without its last day; null before the first.
    period_start date,
    period_end date,
    -- What the whole of the current period costs, as it was charged. A change without proration leaves it.
    period_amount bigint NOT NULL CHECK (period_amount >= 0),
    cancel_at_period_end boolean NOT NULL,
    canceled_on date,
    paused_on date,
    resume_on date,
    -- What it will be from its next period on, if that is decided.
    next_price_id uuid,
    next_quantity integer CHECK (next_quantity > 0),
    -- The day on which the engine has something to do; null if never.
    due_on date,
    -- Why the engine could not do it, and when it tries again.
    error text,
    failures integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    FOREIGN KEY (business_id, plan_id) REFERENCES plans,
    FOREIGN KEY (business_id, price_id) REFERENCES plan_prices,
    FOREIGN KEY (business_id, next_price_id) REFERENCES plan_prices,
    CONSTRAINT plan_subscriptions_period_check CHECK (period_start < period_end),
    CONSTRAINT plan_subscriptions_canceled_check
        CHECK ((status = 'CANCELED') = (canceled_on IS NOT NULL) AND (status <> 'CANCELED' OR due_on IS NULL)),
    CONSTRAINT plan_subscriptions_paused_check CHECK ((status = 'PAUSED') = (paused_on IS NOT NULL)),
    CONSTRAINT plan_subscriptions_next_check CHECK ((next_price_id IS NULL) = (next_quantity IS NULL))
);
CREATE INDEX plan_subscriptions_customer_idx ON plan_subscriptions (business_id, customer_id, id);
CREATE INDEX plan_subscriptions_plan_idx ON plan_subscriptions (business_id, plan_id, id);
CREATE INDEX plan_subscriptions_due_idx ON plan_subscriptions (business_id, due_on, id) WHERE due_on IS NOT NULL;

-- Days that a subscription was charged for, at terms that stay what they were. `ends_on` moves back where the rest
-- of them is given back; a row of no days any more is kept for what was charged.
CREATE TABLE subscription_periods (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    price_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    starts_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on >= starts_on),
    -- The whole period of which they are the end, and what that costs.
    period_start date NOT NULL CHECK (period_start <= starts_on),
    period_end date NOT NULL CHECK (period_end >= ends_on AND period_end > starts_on),
    period_amount bigint NOT NULL CHECK (period_amount >= 0),
    -- What was charged, and by what; nothing by nothing.
    amount bigint NOT NULL CHECK (amount >= 0),
    charge_id uuid,
    -- What was given back of it, for the days from `ends_on` on.
    credited bigint NOT NULL DEFAULT 0 CHECK (credited BETWEEN 0 AND amount),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, subscription_id) REFERENCES plan_subscriptions,
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    FOREIGN KEY (business_id, price_id) REFERENCES plan_prices,
    FOREIGN KEY (business_id, charge_id) REFERENCES charges
);
-- No engine, however many there are, charges a period twice.
CREATE UNIQUE INDEX subscription_periods_start_key ON subscription_periods (business_id, subscription_id, starts_on)
    WHERE starts_on < ends_on;

-- What happened to a subscription is read from the log.
CREATE INDEX events_subscription_idx ON events (business_id, subject_id, txid, id) WHERE kind LIKE 'SUBSCRIPTION%';

-- Row-level security -----------------------------------------------------------------------------------

-- Customers see the plans that they have subscribed to.
CREATE FUNCTION is_plan_of_current_customer(business uuid, plan uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE COST 1
    RETURN EXISTS (SELECT FROM plan_subscriptions s
                   WHERE s.business_id = business AND s.plan_id = plan AND s.customer_id = (SELECT current_customer()));

DO $$
DECLARE
    name text;
    own text := 'CASE WHEN (SELECT current_customer()) IS NULL THEN true ELSE %s END';
BEGIN
    FOREACH name IN ARRAY ARRAY['plans', 'plan_prices', 'plan_subscriptions', 'subscription_periods'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I USING (business_id = (SELECT current_business()))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['plan_subscriptions', 'subscription_periods'] LOOP
        EXECUTE format('CREATE POLICY customer ON %I AS RESTRICTIVE USING (' || own || ')', name,
            'customer_id = (SELECT current_customer())');
    END LOOP;
    EXECUTE format('CREATE POLICY customer ON plans AS RESTRICTIVE USING (' || own || ')',
        'is_plan_of_current_customer(business_id, id)');
    EXECUTE format('CREATE POLICY customer ON plan_prices AS RESTRICTIVE USING (' || own || ')',
        'is_plan_of_current_customer(business_id, plan_id)');
END
$$;
-- The engine asks which businesses have something due, of all at once.
CREATE POLICY due ON plan_subscriptions FOR SELECT USING ((SELECT system_scope()));
