DROP TABLE credit_notes, invoices;
-- Refused while there are charges of invoices.
ALTER TABLE charges
    DROP CONSTRAINT charges_kind_check,
    ADD CONSTRAINT charges_kind_check CHECK (kind IN ('RECORD', 'SALE', 'FEE', 'ADJUSTMENT'));
ALTER TABLE businesses
    DROP COLUMN tax_mode,
    DROP COLUMN credit_note_prefix,
    DROP COLUMN invoice_prefix;
