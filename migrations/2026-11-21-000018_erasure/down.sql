CREATE OR REPLACE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words (business_id, word)
        SELECT DISTINCT n.business_id, w.word FROM added n CROSS JOIN LATERAL words_of(n.found_by) AS w (word)
        WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.business_id = n.business_id AND s.word = w.word);
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION keep_words_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words (business_id, word)
        SELECT NEW.business_id, w.word FROM words_of(NEW.found_by) AS w (word)
        WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.business_id = NEW.business_id AND s.word = w.word);
    RETURN NULL;
END
$$;
DROP FUNCTION hold_words(uuid);
DROP TRIGGER entries_append_only ON entries;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER events_append_only ON events;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_change_but_erasure();
ALTER TABLE customers DROP COLUMN erased_at;
