ALTER TABLE businesses DROP COLUMN billing_ran_at;
ALTER TABLE plan_subscriptions
    DROP COLUMN period_tax_mode,
    DROP COLUMN period_tax_rate;
ALTER TABLE plan_prices DROP COLUMN tax_rate;
