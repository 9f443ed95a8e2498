//! Recomputes the figures that are kept up, together with the rules of billing and of the ledger.

use crate::billing;
use crate::db::Conn;
use crate::error::Result;
use crate::id::BusinessId;
use crate::ledger::check::{self, Difference, Rule};

/// What must hold, like the rules of the ledger.
const RULES: &[Rule] = &[(
    "the figures of a business are the sums of its entries, its charges and its customers",
    "SELECT lower(kind) || ' ' || day || CASE key WHEN '' THEN '' ELSE ' ' || key END AS subject,
            coalesce(f.amount, 0)::text AS found, coalesce(e.amount, 0)::text AS expected
     FROM (SELECT kind, day, key, sum(amount) AS amount FROM figures WHERE business_id = $1 GROUP BY 1, 2, 3) f
     FULL JOIN (
         SELECT 'CHARGED' AS kind, occurred_on AS day, '' AS key, sum(amount) AS amount
         FROM entries WHERE business_id = $1 AND charge_id IS NOT NULL GROUP BY 2
         UNION ALL
         SELECT CASE p.kind WHEN 'CREDIT' THEN 'CREDITED' ELSE 'COLLECTED' END, e.occurred_on,
             CASE p.kind WHEN 'CREDIT' THEN '' ELSE p.method END, -sum(e.amount)
         FROM entries e JOIN payments p ON p.business_id = e.business_id AND p.id = e.payment_id
         WHERE e.business_id = $1 GROUP BY 1, 2, 3
         UNION ALL
         SELECT 'OUTSTANDING', due_on, '', sum(amount - paid)
         FROM charges WHERE business_id = $1 AND voided_at IS NULL GROUP BY 2
         UNION ALL
         SELECT 'CUSTOMERS', joined_on, customer_figure(status, archived_at, type, member_since), count(*)
         FROM customers WHERE business_id = $1 GROUP BY 2, 3) e USING (kind, day, key)
     WHERE coalesce(f.amount, 0) <> coalesce(e.amount, 0)
     ORDER BY kind, day, key",
)];

/// The rules of the ledger, of billing and of metrics, and where they do not hold in the books of a business. Reads only.
pub async fn check(conn: &Conn, business: BusinessId) -> Result<Vec<(&'static str, Vec<Difference>)>> {
    let mut broken = billing::check::check(conn, business).await?;
    broken.extend(check::check_rules(conn, business, RULES).await?);
    Ok(broken)
}
