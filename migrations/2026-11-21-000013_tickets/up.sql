-- Tickets: what customers ask for and complain of, and what is said to it.

CREATE TABLE tickets (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    subject text NOT NULL,
    priority text NOT NULL CHECK (priority IN ('LOW', 'NORMAL', 'HIGH', 'URGENT')),
    status text NOT NULL CHECK (status IN ('OPEN', 'PENDING', 'RESOLVED', 'CLOSED')),
    -- A member of the business. Who leaves it leaves their tickets.
    assignee_id uuid,
    created_at timestamptz NOT NULL,
    -- Internal messages leave it as it is, for customers see it.
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id) REFERENCES customers,
    FOREIGN KEY (business_id, assignee_id) REFERENCES memberships (business_id, user_id)
        ON DELETE SET NULL (assignee_id),
    CONSTRAINT tickets_customer_key UNIQUE (business_id, customer_id, id)
);
CREATE INDEX tickets_status_idx ON tickets (business_id, status, id);
CREATE INDEX tickets_updated_idx ON tickets (business_id, updated_at, id);
CREATE INDEX tickets_assignee_idx ON tickets (business_id, assignee_id, id) WHERE assignee_id IS NOT NULL;

-- They are never changed.
CREATE TABLE ticket_messages (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    content text NOT NULL,
    -- Of the staff for the staff.
    internal boolean NOT NULL,
    -- Who wrote it, if it was not the customer: a user or a program.
    author_id uuid REFERENCES users,
    author_key_id uuid,
    from_customer boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, id),
    FOREIGN KEY (business_id, customer_id, ticket_id) REFERENCES tickets (business_id, customer_id, id),
    FOREIGN KEY (business_id, author_key_id) REFERENCES api_keys,
    CONSTRAINT ticket_messages_author_check
        CHECK (num_nonnulls(author_id, author_key_id) <= 1 AND NOT (from_customer AND internal))
);
CREATE INDEX ticket_messages_ticket_idx ON ticket_messages (business_id, ticket_id, id);

-- Row-level security -----------------------------------------------------------------------------------

DO $$
DECLARE
    name text;
    own text := 'CASE WHEN (SELECT current_customer()) IS NULL THEN true ELSE %s END';
BEGIN
    FOREACH name IN ARRAY ARRAY['tickets', 'ticket_messages'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I USING (business_id = (SELECT current_business()))', name);
    END LOOP;
    EXECUTE format('CREATE POLICY customer ON tickets AS RESTRICTIVE USING (' || own || ')',
        'customer_id = (SELECT current_customer())');
    EXECUTE format('CREATE POLICY customer ON ticket_messages AS RESTRICTIVE USING (' || own || ')',
        'customer_id = (SELECT current_customer()) AND NOT internal');
END
$$;
