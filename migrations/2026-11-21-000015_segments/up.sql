-- Segments, and membership by rule.

ALTER TABLE businesses
    -- From how many purchases on, or from how much spent on them, in minor units, a customer is to be a member.
    ADD COLUMN member_from_purchases bigint CHECK (member_from_purchases BETWEEN 1 AND 1000000),
    ADD COLUMN member_from_spent bigint CHECK (member_from_spent > 0);

-- Of a member: whether the rule made them one. Of no one else does it say anything.
ALTER TABLE customers ADD COLUMN member_by_rule boolean NOT NULL DEFAULT false;

-- A saved filter. Who is in it is always computed.
CREATE TABLE segments (
    business_id uuid NOT NULL REFERENCES businesses,
    id uuid NOT NULL,
    name text NOT NULL,
    search text,
    filter jsonb NOT NULL CHECK (jsonb_typeof(filter) = 'object'),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id)
);
CREATE UNIQUE INDEX segments_name_key ON segments (business_id, lower(name));

ALTER TABLE segments ENABLE ROW LEVEL SECURITY;
ALTER TABLE segments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON segments USING (business_id = (SELECT current_business()));
CREATE POLICY customer ON segments AS RESTRICTIVE USING ((SELECT current_customer()) IS NULL);
