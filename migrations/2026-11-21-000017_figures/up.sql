-- The figures of a business, kept up in the transaction that changes them.
--
-- Whatever moves one adds a row with the difference, and never changes a row that is there: a total in one row would
-- make all payments of a business wait for each other. The sum of the rows of a figure is the figure. A worker rolls
-- differences up into one row a figure, so that sums stay short.
--
-- Triggers do it, for all writers alike: the API, the engine, imports, COPY.

CREATE TABLE figures (
    business_id uuid NOT NULL REFERENCES businesses,
    id bigint GENERATED ALWAYS AS IDENTITY,
    -- CHARGED, CREDITED: what entries of charges and of credits came to, by their day. COLLECTED: what was received less
    -- what was given back, by its day and method. OUTSTANDING: what charges still want, by the day on which they are due.
    -- CUSTOMERS: how many there are, by the day on which they joined, their status, type and membership.
    kind text NOT NULL CHECK (kind IN ('CHARGED', 'CREDITED', 'COLLECTED', 'OUTSTANDING', 'CUSTOMERS')),
    day date NOT NULL,
    -- The method, or `ACTIVE/REGULAR/MEMBER`; else empty.
    key text NOT NULL,
    amount bigint NOT NULL,
    -- Whether it is a difference that was not rolled up yet.
    is_delta boolean NOT NULL,
    PRIMARY KEY (business_id, id)
);
CREATE UNIQUE INDEX figures_total_key ON figures (business_id, kind, day, key) WHERE NOT is_delta;
CREATE INDEX figures_day_idx ON figures (business_id, kind, day) INCLUDE (key, amount);
CREATE INDEX figures_delta_idx ON figures (business_id, id) WHERE is_delta;

CREATE FUNCTION customer_figure(status text, archived_at timestamptz, type text, member_since date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN archived_at IS NULL THEN status ELSE 'ARCHIVED' END || '/' || type || '/'
        || CASE WHEN member_since IS NULL THEN '' ELSE 'MEMBER' END;

CREATE FUNCTION figures_of_charges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO figures (business_id, kind, day, key, amount, is_delta)
            SELECT business_id, 'OUTSTANDING', due_on, '', sum(amount - paid), true
            FROM new_rows WHERE voided_at IS NULL AND paid < amount
            GROUP BY business_id, due_on;
    ELSE
        INSERT INTO figures (business_id, kind, day, key, amount, is_delta)
            SELECT business_id, 'OUTSTANDING', due_on, '', sum(wanted), true
            FROM (SELECT business_id, due_on, amount - paid AS wanted FROM new_rows WHERE voided_at IS NULL
                  UNION ALL
                  SELECT business_id, due_on, paid - amount FROM old_rows WHERE voided_at IS NULL) AS moved
            GROUP BY business_id, due_on HAVING sum(wanted) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER charges_figures_of_new AFTER INSERT ON charges
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION figures_of_charges();
CREATE TRIGGER charges_figures_of_changed AFTER UPDATE ON charges
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION figures_of_charges();

-- Entries are never changed. The plan of a trigger is kept, and may have been made when there were few payments: as a
-- subquery without scans, each is looked up in the index whatever it was made for.
CREATE FUNCTION figures_of_entries() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO figures (business_id, kind, day, key, amount, is_delta)
        SELECT e.business_id, 'CHARGED', e.occurred_on, '', sum(e.amount), true
        FROM new_rows e WHERE e.charge_id IS NOT NULL
        GROUP BY e.business_id, e.occurred_on HAVING sum(e.amount) <> 0
        UNION ALL
        SELECT business_id, CASE method WHEN '' THEN 'CREDITED' ELSE 'COLLECTED' END, occurred_on, method, -sum(amount), true
        FROM (SELECT e.business_id, e.occurred_on, e.amount,
                  (SELECT CASE p.kind WHEN 'CREDIT' THEN '' ELSE p.method END FROM payments p
                   WHERE p.business_id = e.business_id AND p.id = e.payment_id) AS method
              FROM new_rows e WHERE e.payment_id IS NOT NULL) AS received
        GROUP BY business_id, occurred_on, method HAVING sum(amount) <> 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER entries_figures AFTER INSERT ON entries
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION figures_of_entries();

CREATE FUNCTION figures_of_customers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        INSERT INTO figures (business_id, kind, day, key, amount, is_delta) VALUES
            (OLD.business_id, 'CUSTOMERS', OLD.joined_on,
                customer_figure(OLD.status, OLD.archived_at, OLD.type, OLD.member_since), -1, true),
            (NEW.business_id, 'CUSTOMERS', NEW.joined_on,
                customer_figure(NEW.status, NEW.archived_at, NEW.type, NEW.member_since), 1, true);
    ELSE
        INSERT INTO figures (business_id, kind, day, key, amount, is_delta)
            SELECT business_id, 'CUSTOMERS', joined_on, customer_figure(status, archived_at, type, member_since),
                CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END, true
            FROM changed GROUP BY 1, 3, 4;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customers_figures_of_new AFTER INSERT ON customers
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION figures_of_customers();
CREATE TRIGGER customers_figures_of_deleted AFTER DELETE ON customers
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION figures_of_customers();
-- By the row: every payment changes its customer, and nothing is done for those where no figure moves.
CREATE TRIGGER customers_figures_of_changed AFTER UPDATE ON customers FOR EACH ROW
    WHEN ((OLD.joined_on, OLD.type, customer_figure(OLD.status, OLD.archived_at, OLD.type, OLD.member_since))
        IS DISTINCT FROM
        (NEW.joined_on, NEW.type, customer_figure(NEW.status, NEW.archived_at, NEW.type, NEW.member_since)))
    EXECUTE FUNCTION figures_of_customers();

-- What there was before ----------------------------------------------------------------------------------

-- Not forced for a moment, for the owner sees the rows of no business here.
ALTER TABLE charges NO FORCE ROW LEVEL SECURITY;
ALTER TABLE entries NO FORCE ROW LEVEL SECURITY;
ALTER TABLE payments NO FORCE ROW LEVEL SECURITY;
ALTER TABLE customers NO FORCE ROW LEVEL SECURITY;
INSERT INTO figures (business_id, kind, day, key, amount, is_delta)
    SELECT business_id, 'OUTSTANDING', due_on, '', sum(amount - paid), false
    FROM charges WHERE voided_at IS NULL AND paid < amount GROUP BY 1, 3
    UNION ALL
    SELECT e.business_id,
        CASE WHEN e.charge_id IS NOT NULL THEN 'CHARGED' WHEN p.kind = 'CREDIT' THEN 'CREDITED' ELSE 'COLLECTED' END,
        e.occurred_on, CASE p.kind WHEN 'PAYMENT' THEN p.method ELSE '' END,
        sum(CASE WHEN e.charge_id IS NULL THEN -e.amount ELSE e.amount END), false
    FROM entries e LEFT JOIN payments p ON p.business_id = e.business_id AND p.id = e.payment_id GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT business_id, 'CUSTOMERS', joined_on, customer_figure(status, archived_at, type, member_since), count(*), false
    FROM customers GROUP BY 1, 3, 4;
ALTER TABLE charges FORCE ROW LEVEL SECURITY;
ALTER TABLE entries FORCE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;

-- Row-level security -----------------------------------------------------------------------------------

ALTER TABLE figures ENABLE ROW LEVEL SECURITY;
ALTER TABLE figures FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON figures USING (business_id = (SELECT current_business()));
CREATE POLICY customer ON figures AS RESTRICTIVE USING ((SELECT current_customer()) IS NULL);
-- The worker asks which businesses have differences to roll up, of all at once.
CREATE POLICY worker ON figures FOR SELECT USING (is_delta AND (SELECT system_scope()));
