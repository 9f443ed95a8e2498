-- Standing orders: what is delivered again and again, and recorded by the engine on each of its days.

CREATE TABLE standing_orders (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    product text NOT NULL,
    quantity numeric NOT NULL CHECK (quantity > 0),
    unit text,
    unit_price numeric NOT NULL CHECK (unit_price >= 0),
    shift text CHECK (shift IN ('MORNING', 'EVENING')),
    -- One bit for each day of the week, from Monday.
    weekdays smallint NOT NULL CHECK (weekdays BETWEEN 1 AND 127),
    starts_on date NOT NULL,
    -- The last day.
    ends_on date CHECK (ends_on >= starts_on),
    -- Days on which nothing is delivered: [{"from", "to"}], both included, in order and apart.
    skips jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(skips) = 'array' AND jsonb_array_length(skips) <= 100),
    paused boolean NOT NULL DEFAULT false,
    ended_at timestamptz,
    -- The last day that was recorded, and the next one that is to be; null if none is.
    made_on date,
    next_on date,
    -- Why that could not be done, and when it is tried again.
    error text,
    failures integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers ON DELETE CASCADE,
    CONSTRAINT standing_orders_next_check CHECK (next_on IS NULL OR (ended_at IS NULL AND NOT paused
        AND (made_on IS NULL OR next_on > made_on)))
);
CREATE INDEX standing_orders_customer_idx ON standing_orders (business_id, customer_id, id);
CREATE INDEX standing_orders_due_idx ON standing_orders (business_id, next_on, id) WHERE next_on IS NOT NULL;

-- Which record was made for a day. It stays so whatever becomes of the record: no day is recorded twice.
CREATE TABLE standing_order_days (
    business_id uuid NOT NULL,
    order_id uuid NOT NULL,
    day date NOT NULL,
    charge_id uuid NOT NULL,
    PRIMARY KEY (business_id, order_id, day),
    FOREIGN KEY (business_id, order_id) REFERENCES standing_orders ON DELETE CASCADE,
    FOREIGN KEY (business_id, charge_id) REFERENCES charges
);

-- Row-level security -----------------------------------------------------------------------------------

ALTER TABLE standing_orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing_orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON standing_orders USING (business_id = (SELECT current_business()));
CREATE POLICY customer ON standing_orders AS RESTRICTIVE
    USING (CASE WHEN (SELECT current_customer()) IS NULL THEN true
                ELSE customer_id = (SELECT current_customer()) END);
-- The engine asks which businesses have something due, of all at once.
CREATE POLICY due ON standing_orders FOR SELECT USING ((SELECT system_scope()));

ALTER TABLE standing_order_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing_order_days FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON standing_order_days USING (business_id = (SELECT current_business()));
CREATE POLICY customer ON standing_order_days AS RESTRICTIVE USING ((SELECT current_customer()) IS NULL);
