-- Whether who reaches a threshold of the membership rule is made a member by the sale that does it.
ALTER TABLE businesses ADD COLUMN member_at_sale boolean NOT NULL DEFAULT false;

-- By which price and how many of it the current period was charged: a change without proration leaves that to the next
-- one. Null: as it is now.
ALTER TABLE plan_subscriptions
    ADD COLUMN period_price_id uuid,
    ADD COLUMN period_quantity integer CHECK (period_quantity > 0),
    ADD FOREIGN KEY (business_id, period_price_id) REFERENCES plan_prices,
    ADD CONSTRAINT plan_subscriptions_terms_check CHECK ((period_price_id IS NULL) = (period_quantity IS NULL));
