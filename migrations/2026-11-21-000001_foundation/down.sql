DROP TABLE events, idempotency_keys, entries, allocations, payments, sales, records, charges, notes, contacts,
    customers, counters, refresh_tokens, sessions, memberships, users, businesses;
DROP FUNCTION refuse_change(), system_scope(), current_account(), current_business();
DROP EXTENSION btree_gin, pg_trgm;
