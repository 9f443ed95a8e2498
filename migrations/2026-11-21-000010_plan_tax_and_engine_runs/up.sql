-- The tax on what plans cost.

-- A part of the price: who subscribed at it keeps it.
ALTER TABLE plan_prices ADD COLUMN tax_rate numeric NOT NULL DEFAULT 0 CHECK (tax_rate BETWEEN 0 AND 100);

-- By which rate and mode the current period was charged, so that days of it are given back as they were.
ALTER TABLE plan_subscriptions
    ADD COLUMN period_tax_rate numeric NOT NULL DEFAULT 0 CHECK (period_tax_rate BETWEEN 0 AND 100),
    ADD COLUMN period_tax_mode text NOT NULL DEFAULT 'EXCLUSIVE' CHECK (period_tax_mode IN ('EXCLUSIVE', 'INCLUSIVE'));

-- When the engine last did something in the business.
ALTER TABLE businesses ADD COLUMN billing_ran_at timestamptz;
