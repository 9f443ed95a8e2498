DROP INDEX events_subscription_idx;
DROP TABLE subscription_periods;
DROP POLICY customer ON plans;
DROP POLICY customer ON plan_prices;
DROP FUNCTION is_plan_of_current_customer(uuid, uuid);
DROP TABLE plan_subscriptions;
ALTER TABLE plans DROP CONSTRAINT plans_version_fkey;
DROP TABLE plan_prices, plans;
ALTER TABLE businesses DROP COLUMN test_clock;
