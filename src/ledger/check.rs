//! Recomputes every derived figure of the ledger from what it is derived from.

use diesel::QueryableByName;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use crate::db::Conn;
use crate::error::Result;
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

/// What must hold, each with the query for the rows where it does not. `$1` is the business. Figures of money
/// are in minor units.
const RULES: &[(&str, &str)] = &[
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
         LEFT JOIN (SELECT customer_id, sum(amount - paid) FROM charges WHERE business_id = $1 GROUP BY 1) o
             ON o.customer_id = c.id
         LEFT JOIN (SELECT customer_id, sum(unallocated) FROM payments WHERE business_id = $1 GROUP BY 1) p
             ON p.customer_id = c.id
         WHERE c.business_id = $1 AND c.balance <> coalesce(o.sum, 0) - coalesce(p.sum, 0)",
    ),
    (
        "the last payment of a customer is the latest that was received",
        "SELECT 'customer ' || c.code AS subject, coalesce(c.last_payment_at::text, 'never') AS found,
                coalesce(p.latest::text, 'never') AS expected
         FROM customers c
         LEFT JOIN (SELECT customer_id, max(received_at) AS latest FROM payments WHERE business_id = $1 GROUP BY 1) p
             ON p.customer_id = c.id
         WHERE c.business_id = $1 AND c.last_payment_at IS DISTINCT FROM p.latest",
    ),
    (
        "the amount of a charge is the sum of its entries",
        "SELECT 'charge ' || c.id AS subject, c.amount::text AS found, coalesce(e.sum, 0)::text AS expected
         FROM charges c
         LEFT JOIN (SELECT charge_id, sum(amount) FROM entries WHERE business_id = $1 GROUP BY 1) e
             ON e.charge_id = c.id
         WHERE c.business_id = $1 AND c.amount <> coalesce(e.sum, 0)",
    ),
    (
        "what is paid of a charge is the sum of its allocations",
        "SELECT 'charge ' || c.id AS subject, c.paid::text AS found, coalesce(a.sum, 0)::text AS expected
         FROM charges c
         LEFT JOIN (SELECT charge_id, sum(amount) FROM allocations WHERE business_id = $1 GROUP BY 1) a
             ON a.charge_id = c.id
         WHERE c.business_id = $1 AND c.paid <> coalesce(a.sum, 0)",
    ),
    (
        "the amount of a payment is what its entries took off the balance",
        "SELECT 'payment ' || p.id AS subject, p.amount::text AS found, (-coalesce(e.sum, 0))::text AS expected
         FROM payments p
         LEFT JOIN (SELECT payment_id, sum(amount) FROM entries WHERE business_id = $1 GROUP BY 1) e
             ON e.payment_id = p.id
         WHERE p.business_id = $1 AND p.amount <> -coalesce(e.sum, 0)",
    ),
    (
        "what a payment has left is its amount less its allocations",
        "SELECT 'payment ' || p.id AS subject, p.unallocated::text AS found,
                (p.amount - coalesce(a.sum, 0))::text AS expected
         FROM payments p
         LEFT JOIN (SELECT payment_id, sum(amount) FROM allocations WHERE business_id = $1 GROUP BY 1) a
             ON a.payment_id = p.id
         WHERE p.business_id = $1 AND p.unallocated <> p.amount - coalesce(a.sum, 0)",
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
        "a charge has what its kind has beside it",
        "SELECT 'charge ' || c.id AS subject,
                concat_ws(' and ', CASE WHEN r.id IS NOT NULL THEN 'RECORD' END, CASE WHEN s.id IS NOT NULL THEN 'SALE' END)
                    AS found,
                c.kind AS expected
         FROM charges c
         LEFT JOIN records r ON r.business_id = c.business_id AND r.id = c.id
         LEFT JOIN sales s ON s.business_id = c.business_id AND s.id = c.id
         WHERE c.business_id = $1 AND (c.kind = 'RECORD', c.kind = 'SALE') <> (r.id IS NOT NULL, s.id IS NOT NULL)",
    ),
];

/// The rules, and where they do not hold in the books of a business. Reads only.
pub async fn check(mut conn: &Conn, business: BusinessId) -> Result<Vec<(&'static str, Vec<Difference>)>> {
    // All rules read all rows of the business. Where the planner knows little of it, because most of it is new, it
    // takes it for small and its loops within loops take minutes.
    (&mut conn).batch_execute("SET LOCAL enable_nestloop = off").await?;
    let mut broken = Vec::new();
    for (rule, query) in RULES {
        let differences: Vec<Difference> =
            diesel::sql_query(*query).bind::<SqlUuid, _>(business).load(&mut conn).await?;
        if !differences.is_empty() {
            broken.push((*rule, differences));
        }
    }
    Ok(broken)
}
