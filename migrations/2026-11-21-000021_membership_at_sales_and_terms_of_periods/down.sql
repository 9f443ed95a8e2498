ALTER TABLE plan_subscriptions DROP COLUMN period_price_id, DROP COLUMN period_quantity;
ALTER TABLE businesses DROP COLUMN member_at_sale;
