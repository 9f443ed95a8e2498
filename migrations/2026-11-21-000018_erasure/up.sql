-- Erasing a person: what names them goes, and the books stay.

ALTER TABLE customers
    ADD COLUMN erased_at timestamptz,
    -- Nobody is left who could be restored.
    ADD CONSTRAINT customers_erased_check CHECK (erased_at IS NULL OR archived_at IS NOT NULL);

-- The account and the log are append-only still, but for the words in the rows of one customer, in a transaction that
-- says whom it erases. Amounts, days, kinds and ids never change.
CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.customer_id::text = current_setting('daybook.erased_customer_id', true)
        AND to_jsonb(NEW) - 'data' - 'reason' = to_jsonb(OLD) - 'data' - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER entries_append_only ON entries;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();
DROP TRIGGER events_append_only ON events;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();

-- Who takes away words that nobody has waits for those who add customers, and they for it: otherwise a word could go
-- that one of them found there and so did not add.
CREATE FUNCTION hold_words(business uuid) RETURNS void LANGUAGE sql
    RETURN pg_advisory_xact_lock_shared(hashtextextended('search_words ' || business, 0));

CREATE OR REPLACE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_words(business_id) FROM (SELECT DISTINCT business_id FROM added) AS businesses;
    INSERT INTO search_words (business_id, word)
        SELECT DISTINCT n.business_id, w.word FROM added n CROSS JOIN LATERAL words_of(n.found_by) AS w (word)
        WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.business_id = n.business_id AND s.word = w.word);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION keep_words_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_words(NEW.business_id);
    INSERT INTO search_words (business_id, word)
        SELECT NEW.business_id, w.word FROM words_of(NEW.found_by) AS w (word)
        WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.business_id = NEW.business_id AND s.word = w.word);
    RETURN NULL;
END
$$;
