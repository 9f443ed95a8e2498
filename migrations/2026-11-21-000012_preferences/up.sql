-- How customers want to be treated, and free data that can be looked for.

-- A customer about whom nothing was said has no row.
CREATE TABLE preferences (
    business_id uuid NOT NULL,
    -- The id of the customer.
    id uuid NOT NULL,
    favourite_products text[] NOT NULL
        CHECK (cardinality(favourite_products) <= 50 AND array_position(favourite_products, NULL) IS NULL),
    payment_method text
        CHECK (payment_method IN ('CASH', 'CARD', 'BANK_TRANSFER', 'MOBILE_MONEY', 'UPI', 'CHEQUE', 'OTHER')),
    best_time text,
    prefers_sms boolean NOT NULL,
    prefers_email boolean NOT NULL,
    prefers_call boolean NOT NULL,
    do_not_contact boolean NOT NULL,
    do_not_contact_reason text,
    may_receive_offers boolean NOT NULL,
    takes_part_in_loyalty boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, id) REFERENCES customers ON DELETE CASCADE,
    CONSTRAINT preferences_reason_check CHECK (do_not_contact OR do_not_contact_reason IS NULL)
);

ALTER TABLE preferences ENABLE ROW LEVEL SECURITY;
ALTER TABLE preferences FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON preferences USING (business_id = (SELECT current_business()));
CREATE POLICY customer ON preferences AS RESTRICTIVE USING (
    CASE WHEN (SELECT current_customer()) IS NULL THEN true ELSE id = (SELECT current_customer()) END);
