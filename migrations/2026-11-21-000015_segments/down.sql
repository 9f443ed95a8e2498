DROP TABLE segments;
ALTER TABLE customers DROP COLUMN member_by_rule;
ALTER TABLE businesses DROP COLUMN member_from_purchases, DROP COLUMN member_from_spent;
