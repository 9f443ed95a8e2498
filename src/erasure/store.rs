//! What goes, table by table. A test looks into every table for what is left.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use crate::db::Conn;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};

/// Up to so many customers, every word that nobody has any more is looked for, also of names that the person once had;
/// in larger businesses those alone that they had in the end.
const MOST_CUSTOMERS: i64 = 100_000;

/// What stays of the data of an event, beside numbers and yes or no: days, kinds, ids and names of fields and of what the
/// business sells.
const KEPT_DATA: &[&str] = &[
    "anchorOn",
    "dueOn",
    "fields",
    "from",
    "invoice",
    "kind",
    "lines",
    "message",
    "method",
    "nextOn",
    "number",
    "occurredOn",
    "on",
    "plan",
    "product",
    "quantity",
    "standingOrder",
    "startsOn",
    "status",
    "to",
    "trialEndsOn",
    "until",
];

/// Statements with the business, the customer and the time.
const STATEMENTS: &[&str] = &[
    "DELETE FROM share_links WHERE business_id = $1 AND customer_id = $2",
    "DELETE FROM notes WHERE business_id = $1 AND customer_id = $2",
    "DELETE FROM preferences WHERE business_id = $1 AND id = $2",
    "DELETE FROM payment_methods WHERE business_id = $1 AND customer_id = $2",
    "DELETE FROM contacts WHERE business_id = $1 AND customer_id = $2",
    "DELETE FROM invoices WHERE business_id = $1 AND customer_id = $2 AND sequence IS NULL",
    "UPDATE tickets SET subject = 'Erased' WHERE business_id = $1 AND customer_id = $2",
    "UPDATE ticket_messages SET content = 'Erased' WHERE business_id = $1 AND customer_id = $2",
    // The names of imported rows are of the kind that files have. Under another one they are not imported again either, and
    // the charge of an invoice has its number there.
    "UPDATE charges SET external_ref = 'erased:' || id
     WHERE business_id = $1 AND customer_id = $2 AND external_ref IS NOT NULL AND kind <> 'INVOICE'",
    "UPDATE sales SET reference = NULL FROM charges c
     WHERE sales.business_id = $1 AND sales.reference IS NOT NULL
         AND c.business_id = $1 AND c.id = sales.id AND c.customer_id = $2",
    "UPDATE adjustments SET reason = 'Erased' FROM charges c
     WHERE adjustments.business_id = $1 AND c.business_id = $1 AND c.id = adjustments.id AND c.customer_id = $2",
    // The credit of a credit note says what that says.
    "UPDATE payments SET external_ref = CASE WHEN external_ref IS NOT NULL THEN 'erased:' || id END, reference = NULL,
         reason = CASE WHEN reason IS NOT NULL THEN 'Erased' END
     WHERE business_id = $1 AND customer_id = $2
         AND NOT EXISTS (SELECT FROM credit_notes n WHERE n.business_id = $1 AND n.id = payments.id)",
    "UPDATE entries SET reason = 'Erased'
     WHERE business_id = $1 AND customer_id = $2 AND reason IS NOT NULL
         AND NOT EXISTS (SELECT FROM credit_notes n WHERE n.business_id = $1 AND n.id = entries.payment_id)",
    "UPDATE plan_subscriptions SET error = NULL WHERE business_id = $1 AND customer_id = $2 AND error IS NOT NULL",
    "UPDATE standing_orders SET error = NULL WHERE business_id = $1 AND customer_id = $2 AND error IS NOT NULL",
];

/// Erases the person that a locked customer is.
pub async fn erase(mut conn: &Conn, business: BusinessId, id: CustomerId, now: DateTime<Utc>) -> Result<()> {
    // Before anything is changed that others could wait for.
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended('search_words ' || $1, 0))")
        .bind::<SqlUuid, _>(business)
        .execute(&mut conn)
        .await?;
    let words = words(conn, business, id).await?;
    // An id, so that nothing in this text comes from outside.
    (&mut conn).batch_execute(&format!("SET LOCAL daybook.erased_customer_id = '{}'", id.0)).await?;
    for statement in STATEMENTS {
        sql_query(*statement).bind::<SqlUuid, _>(business).bind::<SqlUuid, _>(id).execute(&mut conn).await?;
    }
    sql_query(
        "UPDATE events SET data = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(data)
                                   WHERE jsonb_typeof(value) IN ('number', 'boolean') OR key = ANY ($3))
         WHERE business_id = $1 AND customer_id = $2 AND data <> '{}'",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<SqlUuid, _>(id)
    .bind::<Array<Text>, _>(KEPT_DATA)
    .execute(&mut conn)
    .await?;
    sql_query(
        "UPDATE customers SET code = 'ERASED-' || upper(replace(id::text, '-', '')), name = 'Erased', email = NULL,
             phone = NULL, whatsapp_phone = NULL, address = NULL, tags = '{}', metadata = '{}',
             billing_name = CASE WHEN issued THEN coalesce(billing_name, name) END,
             billing_address = CASE WHEN issued THEN coalesce(billing_address, address) END,
             tax_id = CASE WHEN issued THEN tax_id END,
             archived_at = coalesce(archived_at, $3), erased_at = $3, updated_at = $3
         FROM (SELECT EXISTS (SELECT FROM invoices WHERE business_id = $1 AND customer_id = $2) AS issued) AS documents
         WHERE business_id = $1 AND id = $2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .execute(&mut conn)
    .await?;
    forget_words(conn, business, &words).await
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// The words by which a customer is found.
async fn words(mut conn: &Conn, business: BusinessId, id: CustomerId) -> Result<Vec<String>> {
    let found: Vec<Word> = sql_query(
        "SELECT w.word FROM customers c CROSS JOIN LATERAL words_of(c.found_by) AS w (word)
         WHERE c.business_id = $1 AND c.id = $2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<SqlUuid, _>(id)
    .load(&mut conn)
    .await?;
    Ok(found.into_iter().map(|found| found.word).collect())
}

/// Takes away the words by which nobody is found any more.
async fn forget_words(mut conn: &Conn, business: BusinessId, words: &[String]) -> Result<()> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let count: Count =
        sql_query("SELECT count(*) FROM (SELECT FROM customers WHERE business_id = $1 LIMIT $2) AS customers")
            .bind::<SqlUuid, _>(business)
            .bind::<BigInt, _>(MOST_CUSTOMERS + 1)
            .get_result(&mut conn)
            .await?;
    if count.count <= MOST_CUSTOMERS {
        sql_query(
            "DELETE FROM search_words WHERE business_id = $1 AND word NOT IN (
                 SELECT w.word FROM customers c CROSS JOIN LATERAL words_of(c.found_by) AS w (word)
                 WHERE c.business_id = $1)",
        )
        .bind::<SqlUuid, _>(business)
        .execute(&mut conn)
        .await?;
        return Ok(());
    }
    // A word has none of the signs that LIKE knows.
    sql_query(
        "DELETE FROM search_words s WHERE s.business_id = $1 AND s.word = ANY ($2) AND NOT EXISTS (
             SELECT FROM customers c
             WHERE c.business_id = $1 AND c.found_by LIKE '%' || s.word || '%'
                 AND s.word IN (SELECT w.word FROM words_of(c.found_by) AS w (word)))",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<Text>, _>(words)
    .execute(&mut conn)
    .await?;
    Ok(())
}
