DROP TABLE dunnings;
ALTER TABLE plan_subscriptions
    DROP COLUMN dunning_held,
    DROP COLUMN dunning_held_until;
ALTER TABLE customers DROP COLUMN suspended_by_dunning;
ALTER TABLE businesses
    DROP COLUMN reminder_offsets,
    DROP COLUMN days_of_grace,
    DROP COLUMN suspends_overdue,
    DROP COLUMN dunning_revised;
