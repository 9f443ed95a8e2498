-- Dunning: reminders of invoices, and suspending whose recurring invoices are not paid.

ALTER TABLE businesses
    -- On which days before (below zero) and after the due date of an invoice its customer is reminded of it.
    ADD COLUMN reminder_offsets integer[] NOT NULL DEFAULT '{-3,0,7}'
        CHECK (cardinality(reminder_offsets) <= 10 AND array_position(reminder_offsets, NULL) IS NULL),
    -- How many days after the due date a recurring invoice may be unpaid before its customer is suspended.
    ADD COLUMN days_of_grace integer NOT NULL DEFAULT 14 CHECK (days_of_grace BETWEEN 0 AND 365),
    ADD COLUMN suspends_overdue boolean NOT NULL DEFAULT true,
    -- Whether these were changed and the engine has not planned by them yet.
    ADD COLUMN dunning_revised boolean NOT NULL DEFAULT false;

-- Told apart from who was suspended by hand: only these are served again by themselves.
ALTER TABLE customers ADD COLUMN suspended_by_dunning boolean NOT NULL DEFAULT false;

-- Exempt from dunning: to a day, that day too, or with no such day until it is released.
ALTER TABLE plan_subscriptions
    ADD COLUMN dunning_held boolean NOT NULL DEFAULT false,
    ADD COLUMN dunning_held_until date,
    ADD CONSTRAINT plan_subscriptions_held_check CHECK (dunning_held OR dunning_held_until IS NULL);

-- How far the dunning of an invoice is. Invoices from before this table have no row and are not dunned.
CREATE TABLE dunnings (
    business_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    -- The day on which the engine looks at it next; null if never, as long as nothing changes.
    dunning_on date,
    -- The day of the newest reminder that was made.
    reminded_on date,
    -- The day on which its customer was suspended for it, if that still counts.
    suspended_on date,
    PRIMARY KEY (business_id, invoice_id),
    FOREIGN KEY (business_id, invoice_id) REFERENCES invoices,
    FOREIGN KEY (business_id, customer_id) REFERENCES customers
);
CREATE INDEX dunnings_due_idx ON dunnings (business_id, dunning_on, invoice_id) WHERE dunning_on IS NOT NULL;
CREATE INDEX dunnings_suspended_idx ON dunnings (business_id, customer_id) WHERE suspended_on IS NOT NULL;

-- Row-level security -----------------------------------------------------------------------------------

ALTER TABLE dunnings ENABLE ROW LEVEL SECURITY;
ALTER TABLE dunnings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON dunnings USING (business_id = (SELECT current_business()));
-- Customers see none of it.
CREATE POLICY customer ON dunnings AS RESTRICTIVE USING ((SELECT current_customer()) IS NULL);
-- The engine asks which businesses have something due, of all at once.
CREATE POLICY due ON dunnings FOR SELECT USING ((SELECT system_scope()));
