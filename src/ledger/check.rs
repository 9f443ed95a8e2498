//! Recomputes every derived figure of the ledger from what it is derived from.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use crate::accounts::business;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::id::BusinessId;

/// A figure that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Difference {
    /// What it is a figure of.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// What it is.
    #[diesel(sql_type = Text)]
    pub found: String,
    /// What it should be.
    #[diesel(sql_type = Text)]
    pub expected: String,
}

/// What must hold, with the query for the rows where it does not.
pub type Rule = (&'static str, &'static str);

/// What must hold, each with the query for the rows where it does not. `$1` is the business, `$2` how many minor
/// units its currency has to one. Figures of money are in minor units.
const RULES: &[Rule] = &[
    (
        "the balance of a customer is the sum of their entries",
        "SELECT 'customer ' || c.code AS subject, c.balance::text AS found, coalesce(e.sum, 0)::text AS expected
         FROM customers c
         LEFT JOIN (SELECT customer_id, sum(amount) FROM entries WHERE business_id = $1 GROUP BY 1) e
             ON e.customer_id = c.id
         WHERE c.business_id = $1 AND c.balance <> coalesce(e.sum, 0)",
    ),
    (
        "the balance of a customer is what their charges want less what their payments have left",
        "SELECT 'customer ' || c.code AS subject, c.balance::text AS found,
                (coalesce(o.sum, 0) - coalesce(p.sum, 0))::text AS expected
         FROM customers c
         LEFT JOIN (SELECT customer_id, sum(amount - paid) FROM charges
                    WHERE business_id = $1 AND voided_at IS NULL GROUP BY 1) o
             ON o.customer_id = c.id
         LEFT JOIN (SELECT customer_id, sum(unallocated) FROM payments WHERE business_id = $1 GROUP BY 1) p
             ON p.customer_id = c.id
         WHERE c.business_id = $1 AND c.balance <> coalesce(o.sum, 0) - coalesce(p.sum, 0)",
    ),
    (
        "the last payment of a customer is the latest that was received and not reversed",
        "SELECT 'customer ' || c.code AS subject, coalesce(c.last_payment_at::text, 'never') AS found,
                coalesce(p.latest::text, 'never') AS expected
         FROM customers c
         LEFT JOIN (SELECT customer_id, max(received_at) AS latest FROM payments
                    WHERE business_id = $1 AND kind = 'PAYMENT' AND reversed_at IS NULL GROUP BY 1) p
             ON p.customer_id = c.id
         WHERE c.business_id = $1 AND c.last_payment_at IS DISTINCT FROM p.latest",
    ),
    (
        "the amount of a charge, nothing if it is void, is the sum of its entries",
        "SELECT 'charge ' || c.id AS subject,
                (CASE WHEN c.voided_at IS NULL THEN c.amount ELSE 0 END)::text AS found, coalesce(e.sum, 0)::text AS expected
         FROM charges c
         LEFT JOIN (SELECT charge_id, sum(amount) FROM entries WHERE business_id = $1 GROUP BY 1) e
             ON e.charge_id = c.id
         WHERE c.business_id = $1 AND CASE WHEN c.voided_at IS NULL THEN c.amount ELSE 0 END <> coalesce(e.sum, 0)",
    ),
    (
        "what is paid of a charge is the sum of its allocations that were not released",
        "SELECT 'charge ' || c.id AS subject, c.paid::text AS found, coalesce(a.sum, 0)::text AS expected
         FROM charges c
         LEFT JOIN (SELECT charge_id, sum(amount) FROM allocations
                    WHERE business_id = $1 AND released_at IS NULL GROUP BY 1) a
             ON a.charge_id = c.id
         WHERE c.business_id = $1 AND c.paid <> coalesce(a.sum, 0)",
    ),
    (
        "what remains of a payment, less what was refunded and nothing if reversed, is what its entries took off",
        "SELECT 'payment ' || p.id AS subject,
                (CASE WHEN p.reversed_at IS NULL THEN p.amount - p.refunded ELSE 0 END)::text AS found,
                (-coalesce(e.sum, 0))::text AS expected
         FROM payments p
         LEFT JOIN (SELECT payment_id, sum(amount) FROM entries WHERE business_id = $1 GROUP BY 1) e
             ON e.payment_id = p.id
         WHERE p.business_id = $1
             AND CASE WHEN p.reversed_at IS NULL THEN p.amount - p.refunded ELSE 0 END <> -coalesce(e.sum, 0)",
    ),
    (
        "what was refunded of a payment is the sum of its refunds",
        "SELECT 'payment ' || p.id AS subject, p.refunded::text AS found, coalesce(e.sum, 0)::text AS expected
         FROM payments p
         LEFT JOIN (SELECT payment_id, sum(amount) FROM entries WHERE business_id = $1 AND kind = 'REFUND' GROUP BY 1) e
             ON e.payment_id = p.id
         WHERE p.business_id = $1 AND p.refunded <> coalesce(e.sum, 0)",
    ),
    (
        "what a payment has left is what remains of it less its allocations that were not released",
        "SELECT 'payment ' || p.id AS subject, p.unallocated::text AS found,
                (CASE WHEN p.reversed_at IS NULL THEN p.amount - p.refunded ELSE 0 END - coalesce(a.sum, 0))::text
                    AS expected
         FROM payments p
         LEFT JOIN (SELECT payment_id, sum(amount) FROM allocations
                    WHERE business_id = $1 AND released_at IS NULL GROUP BY 1) a
             ON a.payment_id = p.id
         WHERE p.business_id = $1
             AND p.unallocated
                 <> CASE WHEN p.reversed_at IS NULL THEN p.amount - p.refunded ELSE 0 END - coalesce(a.sum, 0)",
    ),
    (
        "the receipts of a customer are numbered from one without gaps, and credits have none",
        "SELECT 'customer ' || c.code AS subject, coalesce(p.last, 0)::text AS found, coalesce(p.count, 0)::text AS expected
         FROM customers c
         JOIN (SELECT customer_id, max(receipt) AS last, count(*) FILTER (WHERE kind = 'PAYMENT'),
                   count(receipt) AS numbered, min(receipt) AS first
               FROM payments WHERE business_id = $1 GROUP BY 1) p
             ON p.customer_id = c.id
         WHERE c.business_id = $1
             AND (coalesce(p.last, 0), p.numbered, coalesce(p.first, 1)) IS DISTINCT FROM (p.count, p.count, 1)",
    ),
    (
        "a payment pays charges of its own customer",
        "SELECT 'allocation ' || a.id AS subject, c.customer_id::text AS found, p.customer_id::text AS expected
         FROM allocations a
         JOIN payments p ON p.business_id = a.business_id AND p.id = a.payment_id
         JOIN charges c ON c.business_id = a.business_id AND c.id = a.charge_id
         WHERE a.business_id = $1 AND c.customer_id <> p.customer_id",
    ),
    (
        "an entry stands in the account of the customer of its charge or payment",
        "SELECT 'entry ' || e.id AS subject, e.customer_id::text AS found,
                coalesce(c.customer_id, p.customer_id)::text AS expected
         FROM entries e
         LEFT JOIN charges c ON c.business_id = e.business_id AND c.id = e.charge_id
         LEFT JOIN payments p ON p.business_id = e.business_id AND p.id = e.payment_id
         WHERE e.business_id = $1 AND e.customer_id <> coalesce(c.customer_id, p.customer_id)",
    ),
    (
        "an entry is about what its kind says",
        "SELECT 'entry ' || e.id AS subject, e.kind AS found,
                CASE WHEN e.charge_id IS NULL THEN 'one of a payment' ELSE 'one of a charge' END AS expected
         FROM entries e
         WHERE e.business_id = $1 AND (e.kind IN ('CHARGE', 'CHANGE', 'VOID')) <> (e.charge_id IS NOT NULL)",
    ),
    (
        "a charge has what its kind has beside it",
        "SELECT 'charge ' || c.id AS subject,
                concat_ws(' and ', CASE WHEN r.id IS NOT NULL THEN 'RECORD' END,
                    CASE WHEN s.id IS NOT NULL THEN 'SALE' END,
                    CASE WHEN a.id IS NOT NULL THEN 'FEE or ADJUSTMENT' END,
                    CASE WHEN i.id IS NOT NULL THEN 'INVOICE' END) AS found,
                c.kind AS expected
         FROM charges c
         LEFT JOIN records r ON r.business_id = c.business_id AND r.id = c.id
         LEFT JOIN sales s ON s.business_id = c.business_id AND s.id = c.id
         LEFT JOIN adjustments a ON a.business_id = c.business_id AND a.id = c.id
         LEFT JOIN invoices i ON i.business_id = c.business_id AND i.id = c.id
         WHERE c.business_id = $1
             AND (c.kind = 'RECORD', c.kind = 'SALE', c.kind IN ('FEE', 'ADJUSTMENT'), c.kind = 'INVOICE')
                 <> (r.id IS NOT NULL, s.id IS NOT NULL, a.id IS NOT NULL, i.id IS NOT NULL)",
    ),
    (
        "the amount of a record is its quantity times its unit price, rounded half up",
        "SELECT 'charge ' || c.id AS subject, c.amount::text AS found,
                round(r.quantity * r.unit_price * $2)::text AS expected
         FROM charges c JOIN records r ON r.business_id = c.business_id AND r.id = c.id
         WHERE c.business_id = $1 AND c.amount <> round(r.quantity * r.unit_price * $2)",
    ),
    (
        "a sale with lines comes to their sum",
        "SELECT 'charge ' || c.id AS subject, c.amount::text AS found, l.sum::text AS expected
         FROM charges c
         JOIN sales s ON s.business_id = c.business_id AND s.id = c.id
         CROSS JOIN LATERAL (SELECT sum((line ->> 'amount')::bigint) FROM jsonb_array_elements(s.lines) AS line) l
         WHERE c.business_id = $1 AND s.lines <> '[]' AND c.amount <> l.sum",
    ),
    (
        "the purchase history of a customer is that of their sales that are not void",
        "SELECT 'customer ' || c.code AS subject,
                concat_ws(' ', h.purchases, h.spent, h.items, h.first_on, h.last_on) AS found,
                concat_ws(' ', s.purchases, s.spent, s.items, s.first_on, s.last_on) AS expected
         FROM customers c
         LEFT JOIN purchase_histories h ON h.business_id = c.business_id AND h.id = c.id
         LEFT JOIN (SELECT c.customer_id, count(*) AS purchases, sum(c.amount) AS spent, sum(s.items) AS items,
                        min(c.occurred_on) AS first_on, max(c.occurred_on) AS last_on
                    FROM charges c JOIN sales s ON s.business_id = c.business_id AND s.id = c.id
                    WHERE c.business_id = $1 AND c.voided_at IS NULL GROUP BY 1) s
             ON s.customer_id = c.id
         WHERE c.business_id = $1
             AND (coalesce(h.purchases, 0), coalesce(h.spent, 0), coalesce(h.items, 0), h.first_on, h.last_on)
                 IS DISTINCT FROM
                 (coalesce(s.purchases, 0), coalesce(s.spent, 0), coalesce(s.items, 0), s.first_on, s.last_on)",
    ),
    (
        "a customer is found by all of their contacts",
        "SELECT 'customer ' || c.code AS subject, c.contact_search AS found, coalesce(k.text, '') AS expected
         FROM customers c
         LEFT JOIN (SELECT customer_id, string_agg(search, ' ' ORDER BY id) AS text FROM contacts
                    WHERE business_id = $1 GROUP BY 1) k
             ON k.customer_id = c.id
         WHERE c.business_id = $1 AND c.contact_search <> coalesce(k.text, '')",
    ),
    (
        "the words by which customers are found are known",
        "SELECT 'customer ' || c.code AS subject, 'unknown' AS found, w.word AS expected
         FROM customers c CROSS JOIN LATERAL words_of(c.found_by) AS w (word)
         LEFT JOIN (SELECT DISTINCT word FROM search_words WHERE business_id = $1) s ON s.word = w.word
         WHERE c.business_id = $1 AND s.word IS NULL",
    ),
    (
        "the lifetime value of a customer is what they were charged, less what was voided or credited",
        "SELECT 'customer ' || c.code AS subject, coalesce(h.lifetime_value, 0)::text AS found,
                (coalesce(o.sum, 0) - coalesce(p.sum, 0))::text AS expected
         FROM customers c
         LEFT JOIN purchase_histories h ON h.business_id = c.business_id AND h.id = c.id
         LEFT JOIN (SELECT customer_id, sum(amount) FROM charges
                    WHERE business_id = $1 AND voided_at IS NULL GROUP BY 1) o
             ON o.customer_id = c.id
         LEFT JOIN (SELECT customer_id, sum(amount) FROM payments
                    WHERE business_id = $1 AND kind = 'CREDIT' AND reversed_at IS NULL GROUP BY 1) p
             ON p.customer_id = c.id
         WHERE c.business_id = $1 AND coalesce(h.lifetime_value, 0) <> coalesce(o.sum, 0) - coalesce(p.sum, 0)",
    ),
];

/// The rules, and where they do not hold in the books of a business. Reads only.
pub async fn check(conn: &Conn, business: BusinessId) -> Result<Vec<(&'static str, Vec<Difference>)>> {
    check_rules(conn, business, RULES).await
}

/// Those rules, and where they do not hold.
pub async fn check_rules(
    mut conn: &Conn,
    business: BusinessId,
    rules: &[Rule],
) -> Result<Vec<(&'static str, Vec<Difference>)>> {
    // All rules read all rows of the business. Where the planner knows little of it, because most of it is new, it
    // takes it for small and its loops within loops take minutes.
    (&mut conn).batch_execute("SET LOCAL enable_nestloop = off").await?;
    let found = business::store::by_ids(conn, &[business]).await?.remove(&business);
    let currency = found.ok_or_else(|| Error::internal("books without a business"))?.currency;
    let minor_units = 10_i64.pow(currency.exponent());
    let mut broken = Vec::new();
    for (rule, query) in rules {
        let differences: Vec<Difference> = diesel::sql_query(*query)
            .bind::<SqlUuid, _>(business)
            .bind::<BigInt, _>(minor_units)
            .load(&mut conn)
            .await?;
        if !differences.is_empty() {
            broken.push((*rule, differences));
        }
    }
    Ok(broken)
}
