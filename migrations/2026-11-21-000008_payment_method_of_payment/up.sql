-- With which of the customer's methods on file a payment was made. A method that is taken off file leaves its payments.

ALTER TABLE payment_methods ADD CONSTRAINT payment_methods_customer_key UNIQUE (business_id, customer_id, id);
ALTER TABLE payments
    ADD COLUMN payment_method_id uuid,
    ADD CONSTRAINT payments_payment_method_fkey FOREIGN KEY (business_id, customer_id, payment_method_id)
        REFERENCES payment_methods (business_id, customer_id, id) ON DELETE SET NULL (payment_method_id);
-- For what is done to them when a method is taken off file.
CREATE INDEX payments_payment_method_idx ON payments (business_id, customer_id, payment_method_id)
    WHERE payment_method_id IS NOT NULL;
