-- Search: one text for a customer and their contacts, which one index serves, and the words in these texts, among which
-- the one that someone meant is found who typed another.

ALTER TABLE customers ADD COLUMN contact_search text NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN found_by text NOT NULL GENERATED ALWAYS AS (
    lower(code || ' ' || name || ' ' || coalesce(email, '') || ' ' || coalesce(phone, '') || ' '
        || coalesce(whatsapp_phone, '')) || ' ' || contact_search
) STORED;

-- A word stands here once, or now and then twice: two who add it at once do not wait for each other. It stays when
-- nobody has it any more.
CREATE TABLE search_words (
    business_id uuid NOT NULL REFERENCES businesses,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    word text NOT NULL,
    PRIMARY KEY (business_id, id)
);

ALTER TABLE search_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_words FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON search_words USING (business_id = (SELECT current_business()));
CREATE POLICY customer ON search_words AS RESTRICTIVE USING ((SELECT current_customer()) IS NULL);

-- What could be misspelt in a text: runs of at least four characters that are no spaces, digits or signs of ASCII.
CREATE FUNCTION words_of(searched text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT word FROM regexp_split_to_table(searched, '[\x01-\x40\x5b-\x60\x7b-\x7f]+') AS word
    WHERE length(word) BETWEEN 4 AND 40
$$;

-- What there was before -----------------------------------------------------------------------------------

-- Not forced for a moment, for the owner sees the rows of no business here.
ALTER TABLE customers NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_words NO FORCE ROW LEVEL SECURITY;
UPDATE customers SET contact_search = found.text
    FROM (SELECT business_id, customer_id, string_agg(search, ' ' ORDER BY id) AS text FROM contacts GROUP BY 1, 2)
        AS found
    WHERE customers.business_id = found.business_id AND customers.id = found.customer_id;
INSERT INTO search_words (business_id, word)
    SELECT DISTINCT c.business_id, w.word FROM customers c CROSS JOIN LATERAL words_of(c.found_by) AS w (word);
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE search_words FORCE ROW LEVEL SECURITY;

-- The index goes with the texts that it was of; the columns stay for those who still read them.
DROP INDEX customers_search_idx;
DROP INDEX contacts_search_idx;
CREATE INDEX customers_found_by_idx ON customers USING gin (business_id, found_by gin_trgm_ops);
CREATE INDEX customers_metadata_idx ON customers USING gin (business_id, metadata jsonb_path_ops);
CREATE INDEX search_words_word_idx ON search_words (business_id, word);
CREATE INDEX search_words_similar_idx ON search_words USING gin (business_id, word gin_trgm_ops);

-- Kept up by triggers, so that no way of writing a customer can forget it ------------------------------------

-- Whoever writes a contact has locked its customer.
CREATE FUNCTION keep_contact_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers SET contact_search = coalesce(
        (SELECT string_agg(c.search, ' ' ORDER BY c.id) FROM contacts c
         WHERE c.business_id = customers.business_id AND c.customer_id = customers.id), '')
    WHERE business_id = coalesce(NEW.business_id, OLD.business_id)
        AND id = coalesce(NEW.customer_id, OLD.customer_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER contacts_searched AFTER INSERT OR DELETE ON contacts
    FOR EACH ROW EXECUTE FUNCTION keep_contact_search();
CREATE TRIGGER contacts_searched_anew AFTER UPDATE ON contacts
    FOR EACH ROW WHEN (OLD.search <> NEW.search) EXECUTE FUNCTION keep_contact_search();

CREATE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words (business_id, word)
        SELECT DISTINCT n.business_id, w.word FROM added n CROSS JOIN LATERAL words_of(n.found_by) AS w (word)
        WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.business_id = n.business_id AND s.word = w.word);
    RETURN NULL;
END
$$;
CREATE TRIGGER customers_worded AFTER INSERT ON customers REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION keep_words();

CREATE FUNCTION keep_words_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words (business_id, word)
        SELECT NEW.business_id, w.word FROM words_of(NEW.found_by) AS w (word)
        WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.business_id = NEW.business_id AND s.word = w.word);
    RETURN NULL;
END
$$;
CREATE TRIGGER customers_worded_anew AFTER UPDATE ON customers
    FOR EACH ROW WHEN (OLD.found_by <> NEW.found_by) EXECUTE FUNCTION keep_words_of_row();
