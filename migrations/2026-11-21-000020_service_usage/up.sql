-- How much of what they subscribed to customers use, as routers and scripts report it.

-- A customer about whom nothing was reported has no row. It is written again and again: no index but the key, and room on
-- each page, so that a report changes no index and leaves the row of the customer alone.
CREATE TABLE service_usages (
    business_id uuid NOT NULL,
    -- The id of the customer.
    id uuid NOT NULL,
    percent integer NOT NULL CHECK (percent BETWEEN 0 AND 100),
    devices integer NOT NULL CHECK (devices >= 0),
    reported_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, id) REFERENCES customers ON DELETE CASCADE
) WITH (fillfactor = 70);

ALTER TABLE service_usages ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_usages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON service_usages USING (business_id = (SELECT current_business()));
CREATE POLICY customer ON service_usages AS RESTRICTIVE USING (
    CASE WHEN (SELECT current_customer()) IS NULL THEN true ELSE id = (SELECT current_customer()) END);
