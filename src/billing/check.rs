//! Recomputes what plans and subscriptions must come to, together with the ledger.

use crate::billing::invoice;
use crate::db::Conn;
use crate::error::Result;
use crate::id::BusinessId;
use crate::ledger::check::{self, Difference, Rule};

/// What must hold, like the rules of the ledger.
const RULES: &[Rule] = &[
    (
        "no day of a subscription is charged for twice",
        "SELECT 'subscription ' || p.subscription_id AS subject, 'from ' || p.starts_on AS found,
                'from ' || p.before AS expected
         FROM (SELECT subscription_id, starts_on,
                   lag(ends_on) OVER (PARTITION BY subscription_id ORDER BY starts_on, ends_on) AS before
               FROM subscription_periods WHERE business_id = $1 AND starts_on < ends_on) p
         WHERE p.starts_on < p.before",
    ),
    (
        "what days of a subscription cost is their share of the period, rounded half up",
        "SELECT 'period ' || p.id AS subject, p.amount::text AS found, e.amount::text AS expected
         FROM subscription_periods p
         CROSS JOIN LATERAL (SELECT p.period_end - p.period_start AS days) d
         CROSS JOIN LATERAL (SELECT div(2 * p.period_amount::numeric * (p.period_end - p.starts_on) + d.days, 2 * d.days)
                                 AS amount) e
         WHERE p.business_id = $1 AND p.amount <> e.amount",
    ),
    (
        "what is given back of a period is the share of the days that were not used",
        "SELECT 'period ' || p.id AS subject, p.credited::text AS found, e.amount::text AS expected
         FROM subscription_periods p
         CROSS JOIN LATERAL (SELECT p.period_end - p.period_start AS days) d
         CROSS JOIN LATERAL (SELECT div(2 * p.period_amount::numeric * (p.period_end - p.ends_on) + d.days, 2 * d.days)
                                 AS amount) e
         WHERE p.business_id = $1 AND p.credited <> e.amount",
    ),
    (
        "days that cost something were charged to whose they are, and others were not",
        "SELECT 'period ' || p.id AS subject, coalesce(c.customer_id || ' ' || i.price, 'no charge') AS found,
                p.customer_id || ' ' || p.amount AS expected
         FROM subscription_periods p
         JOIN plan_subscriptions s ON s.business_id = p.business_id AND s.id = p.subscription_id
         LEFT JOIN charges c ON c.business_id = p.business_id AND c.id = p.charge_id
         LEFT JOIN (SELECT id, CASE tax_mode WHEN 'INCLUSIVE' THEN total ELSE net END AS price
                    FROM invoices WHERE business_id = $1) i ON i.id = c.id
         WHERE p.business_id = $1
             AND CASE WHEN p.amount = 0 THEN p.charge_id IS NOT NULL OR p.customer_id <> s.customer_id
                 ELSE (c.customer_id, i.price, p.customer_id) IS DISTINCT FROM (p.customer_id, p.amount, s.customer_id) END",
    ),
    (
        "the current period of an active subscription is the last that it was charged for",
        "SELECT 'subscription ' || s.id AS subject, s.period_start || ' to ' || s.period_end AS found,
                coalesce(p.period_start || ' to ' || p.ends_on, 'none') AS expected
         FROM plan_subscriptions s
         LEFT JOIN LATERAL (SELECT period_start, ends_on FROM subscription_periods p
                            WHERE p.business_id = s.business_id AND p.subscription_id = s.id AND p.starts_on < p.ends_on
                            ORDER BY p.starts_on DESC LIMIT 1) p ON true
         WHERE s.business_id = $1 AND s.status = 'ACTIVE' AND s.period_end IS NOT NULL
             AND (s.period_start, s.period_end) IS DISTINCT FROM (p.period_start, p.ends_on)",
    ),
    (
        "a subscription is due when its period or its pause ends, or when it begins",
        "SELECT 'subscription ' || s.id AS subject, coalesce(s.due_on::text, 'never') AS found,
                coalesce(e.due_on::text, 'never') AS expected
         FROM plan_subscriptions s
         CROSS JOIN LATERAL (SELECT CASE s.status WHEN 'CANCELED' THEN NULL WHEN 'PAUSED' THEN s.resume_on
                                 ELSE coalesce(s.period_end, s.starts_on) END AS due_on) e
         WHERE s.business_id = $1 AND s.due_on IS DISTINCT FROM e.due_on",
    ),
    (
        "a subscription pays a price of its plan",
        "SELECT 'subscription ' || s.id AS subject, p.plan_id::text AS found, s.plan_id::text AS expected
         FROM plan_subscriptions s JOIN plan_prices p ON p.business_id = s.business_id AND p.id = s.price_id
         WHERE s.business_id = $1 AND s.plan_id <> p.plan_id",
    ),
    (
        "the price of a plan is the last of its versions, which are numbered from one without gaps",
        "SELECT 'plan ' || l.code AS subject, l.version::text AS found, p.last || ' of ' || p.count AS expected
         FROM plans l
         JOIN (SELECT plan_id, max(version) AS last, count(*) FROM plan_prices WHERE business_id = $1 GROUP BY 1) p
             ON p.plan_id = l.id
         WHERE l.business_id = $1 AND (l.version, l.version) <> (p.last, p.count)",
    ),
    (
        "who is suspended by dunning owes an invoice for which they were suspended",
        "SELECT 'customer ' || k.code AS subject, k.status AS found, 'ACTIVE' AS expected
         FROM customers k
         WHERE k.business_id = $1 AND k.status = 'SUSPENDED' AND k.suspended_by_dunning
             AND NOT EXISTS (SELECT FROM dunnings d
                 JOIN charges c ON c.business_id = d.business_id AND c.id = d.invoice_id
                 JOIN invoices i ON i.business_id = d.business_id AND i.id = d.invoice_id
                 WHERE d.business_id = k.business_id AND d.customer_id = k.id AND d.suspended_on IS NOT NULL
                     AND i.recurring AND c.voided_at IS NULL AND c.paid < c.amount AND i.uncollectible_at IS NULL)",
    ),
    (
        "a reminder of an invoice was made once for a day, and the newest is noted",
        "SELECT 'invoice ' || d.invoice_id AS subject,
                coalesce(d.reminded_on::text, 'never') AS found,
                coalesce(e.newest || ', ' || e.count || ' for ' || e.days || ' days', 'never') AS expected
         FROM dunnings d
         LEFT JOIN (SELECT subject_id, max((data ->> 'on')::date) AS newest, count(*),
                        count(DISTINCT data ->> 'on') AS days
                    FROM events WHERE business_id = $1 AND kind = 'INVOICE_REMINDER' GROUP BY 1) e
             ON e.subject_id = d.invoice_id
         WHERE d.business_id = $1 AND (d.reminded_on IS DISTINCT FROM e.newest OR e.count <> e.days)",
    ),
    (
        "dunning of an invoice is of whose that is",
        "SELECT 'invoice ' || d.invoice_id AS subject, d.customer_id::text AS found, i.customer_id::text AS expected
         FROM dunnings d JOIN invoices i ON i.business_id = d.business_id AND i.id = d.invoice_id
         WHERE d.business_id = $1 AND d.customer_id <> i.customer_id",
    ),
    (
        "what a standing order recorded for a day is one record of its customer, and of no other day",
        "SELECT 'standing order ' || d.order_id || ' on ' || d.day AS subject,
                concat_ws(' ', c.kind, c.customer_id, 'for', n.count, 'days') AS found,
                concat_ws(' ', 'RECORD', o.customer_id, 'for 1 days') AS expected
         FROM standing_order_days d
         JOIN standing_orders o ON o.business_id = d.business_id AND o.id = d.order_id
         JOIN (SELECT charge_id, count(*) FROM standing_order_days WHERE business_id = $1 GROUP BY 1) n
             ON n.charge_id = d.charge_id
         LEFT JOIN charges c ON c.business_id = d.business_id AND c.id = d.charge_id
         WHERE d.business_id = $1
             AND (c.kind, c.customer_id, n.count) IS DISTINCT FROM ('RECORD', o.customer_id, 1::bigint)",
    ),
    (
        "the last day that a standing order recorded is noted, and it goes on after that",
        "SELECT 'standing order ' || o.id AS subject, concat_ws(', ', o.made_on, 'next ' || o.next_on) AS found,
                coalesce(d.last::text, 'none') AS expected
         FROM standing_orders o
         LEFT JOIN (SELECT order_id, max(day) AS last FROM standing_order_days WHERE business_id = $1 GROUP BY 1) d
             ON d.order_id = o.id
         WHERE o.business_id = $1 AND (o.made_on IS DISTINCT FROM d.last OR o.next_on <= d.last)",
    ),
];

/// The rules of the ledger and of billing, and where they do not hold in the books of a business. Reads only.
pub async fn check(conn: &Conn, business: BusinessId) -> Result<Vec<(&'static str, Vec<Difference>)>> {
    let mut broken = check::check(conn, business).await?;
    broken.extend(check::check_rules(conn, business, RULES).await?);
    broken.extend(check::check_rules(conn, business, invoice::check::RULES).await?);
    Ok(broken)
}
