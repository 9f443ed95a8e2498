ALTER TABLE payments DROP COLUMN payment_method_id;
ALTER TABLE payment_methods DROP CONSTRAINT payment_methods_customer_key;
