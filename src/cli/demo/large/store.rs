//! The rows of the large business, made by PostgreSQL itself.

use std::ops::Range;

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Date, Text, Uuid as SqlUuid};
use diesel_async::{AsyncConnection as _, RunQueryDsl, SimpleAsyncConnection as _};

use crate::auth::Tenant;
use crate::db::Conn;
use crate::error::{Error, Result};

/// How large it is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub customers: i64,
    pub records: i64,
}

impl Size {
    /// How many records the customers before one have: few of them have many, the first quarter has nearly none.
    pub fn records_before(self, customer: i64) -> i64 {
        // As `SHARE` computes it.
        let (of, all) = (i128::from(customer), i128::from(self.customers));
        i64::try_from(i128::from(self.records) * of * of / (all * all)).unwrap_or(i64::MAX)
    }
}

/// How many records the customers before `n` have: M·(n/N)².
const SHARE: &str = "div($5::numeric * n * n, $4::numeric * $4)";

/// An id that sorts by what it is of: the kind, the customer, the place.
fn id(kind: u8, of: &str, place: &str) -> String {
    format!(
        "(lpad(to_hex({of}), 12, '0') || '7' || lpad(to_hex({kind}), 3, '0') || '8000' || lpad(to_hex({place}), 12, '0'))::uuid"
    )
}

/// Makes room for what one batch is made of.
pub async fn prepare(mut conn: &Conn) -> Result<()> {
    // `j` is the place of a record among those of its customer, `q` that of the payment that pays it.
    let sql = "CREATE TEMPORARY TABLE large (
            n bigint, j bigint, customer uuid, id uuid, day date, quantity numeric, amount bigint, paid bigint, q bigint,
            payment uuid, received_on date
        ) ON COMMIT DROP";
    Ok(conn.batch_execute(sql).await?)
}

/// Makes some of the customers with all that is theirs.
///
/// The days of their records reach back a year. One payment pays five records, three days after the last of them; the
/// last up to three records are not paid, and one in eight customers has paid half of the next.
pub async fn make(conn: &Conn, tenant: &Tenant, today: NaiveDate, size: Size, customers: Range<i64>) -> Result<()> {
    let (customer, charge, payment) = (id(1, "n", "0"), id(2, "n", "j"), id(3, "n", "q"));
    let allocation = id(4, "n", "j");
    let (entry_of_charge, entry_of_payment) = (id(5, "n", "j"), id(6, "n", "q"));
    let at = |day: &str| format!("(({day} + time '12:00') AT TIME ZONE $7)");
    let people = "SELECT n, (ARRAY['Asha','Ben','Chen','Dina','Emeka','Farah','Gita','Hugo','Indira','Jomo','Kavita','Liam','Meera',
                 'Noor','Omar','Priya','Quentin','Ravi','Sunita','Tomas','Uma','Vikram','Wanjiru','Xavier','Yusuf','Zara'])
                 [1 + n % 26]
             || ' ' || (ARRAY['Patel','Smith','Okoro','Kaur','Garcia','Mwangi','Nguyen','Sharma','Jones','Haddad','Ito',
                 'Kumar','Lopez','Moore','Nair','Otieno','Perez','Rao','Silva','Tanaka','Verma','Weber','Young'])
                 [1 + (n / 26) % 23] || ' ' || n AS name
         FROM generate_series($2, $3 - 1) AS n";
    (&mut &*conn).batch_execute("TRUNCATE large").await?;
    for sql in [
        format!(
            "INSERT INTO large
             SELECT n, j, {customer}, {charge}, day, quantity, round(quantity * 52 * 100)::bigint,
                 CASE WHEN j < whole THEN round(quantity * 52 * 100)::bigint
                     WHEN j = whole AND j > 0 AND n % 8 = 0 THEN div(round(quantity * 52 * 100), 2)::bigint ELSE 0 END,
                 q, CASE WHEN j < whole OR j = whole AND j > 0 AND n % 8 = 0 THEN {payment} END,
                 least($6 - 1, $6 - 1 - ((count - 1 - least(count - 1, 5 * q + 4)) * 360 / count)::integer + 3)
             FROM (SELECT n, j, count, greatest(count - n % 4, 0) AS whole,
                       least(j, greatest(count - n % 4 - 1, 0)) / 5 AS q,
                       $6 - 1 - ((count - 1 - j) * 360 / count)::integer AS day, (2 + (n * 7 + j * 3) % 9)::numeric / 2 AS quantity
                   FROM (SELECT n, ({SHARE_NEXT} - {SHARE})::bigint AS count FROM generate_series($2, $3 - 1) AS n) AS c
                   CROSS JOIN LATERAL generate_series(0, count - 1) AS j) AS r",
            SHARE_NEXT = SHARE.replace(" n", " (n + 1)"),
        ),
        format!(
            "INSERT INTO customers (business_id, id, code, name, email, phone, type, status, member_since, joined_on,
                 balance, last_payment_at, created_at, updated_at)
             SELECT $1, {customer}, 'L-' || lpad((n + 1)::text, 7, '0'), p.name, 'c' || n || '@customers.example',
                 '+91' || 6000000000 + n, CASE WHEN n % 20 = 0 THEN 'VIP' WHEN n % 50 = 1 THEN 'WHOLESALE' ELSE 'REGULAR' END,
                 CASE WHEN n % 40 = 3 THEN 'SUSPENDED' ELSE 'ACTIVE' END, CASE WHEN n % 10 = 0 THEN $6 - 200 END,
                 $6 - 365 - (n % 700)::integer, coalesce(l.wanted, 0), {at_last}, {at_first}, {at_first}
             FROM ({people}) AS p LEFT JOIN (
                 SELECT n, sum(amount - paid)::bigint AS wanted, max(received_on) FILTER (WHERE paid > 0) AS last
                 FROM large GROUP BY n) AS l USING (n)",
            at_last = at("l.last"),
            at_first = at("($6 - 365)"),
        ),
        format!(
            "INSERT INTO charges (business_id, id, customer_id, kind, occurred_on, due_on, amount, paid, created_at)
             SELECT $1, id, customer, 'RECORD', day, day + 15, amount, paid, {} FROM large ORDER BY n, j",
            at("day")
        ),
        "INSERT INTO records (business_id, id, product, quantity, unit, unit_price, shift)
         SELECT $1, id, 'Milk', quantity, 'l', 52, 'MORNING' FROM large ORDER BY n, j"
            .to_owned(),
        format!(
            "INSERT INTO payments (business_id, id, customer_id, amount, unallocated, method, received_at, created_at, kind,
                 receipt)
             SELECT $1, payment, customer, sum(paid), 0,
                 (ARRAY['CASH', 'UPI', 'BANK_TRANSFER'])[1 + (n + q) % 3], {received}, {received}, 'PAYMENT', q + 1
             FROM large WHERE payment IS NOT NULL GROUP BY n, q, payment, customer ORDER BY n, q",
            received = at("max(received_on)"),
        ),
        format!(
            "INSERT INTO allocations (business_id, id, payment_id, charge_id, amount, created_at)
             SELECT $1, {allocation}, payment, id, paid, {} FROM large WHERE payment IS NOT NULL ORDER BY n, j",
            at("received_on")
        ),
        format!(
            "INSERT INTO entries (business_id, id, customer_id, kind, charge_id, amount, occurred_on, created_at)
             SELECT $1, {entry_of_charge}, customer, 'CHARGE', id, amount, day, {} FROM large ORDER BY n, j",
            at("day")
        ),
        format!(
            "INSERT INTO entries (business_id, id, customer_id, kind, payment_id, amount, occurred_on, created_at)
             SELECT $1, {entry_of_payment}, customer, 'PAYMENT', payment, -sum(paid), max(received_on), {}
             FROM large WHERE payment IS NOT NULL GROUP BY n, q, payment, customer ORDER BY n, q",
            at("max(received_on)")
        ),
        "INSERT INTO purchase_histories (business_id, id, purchases, spent, items, lifetime_value)
         SELECT $1, customer, 0, 0, 0, sum(amount) FROM large GROUP BY n, customer ORDER BY n"
            .to_owned(),
    ] {
        run(conn, &sql, tenant, today, size, &customers).await?;
    }
    Ok(())
}

async fn run(
    mut conn: &Conn,
    sql: &str,
    tenant: &Tenant,
    today: NaiveDate,
    size: Size,
    customers: &Range<i64>,
) -> Result<()> {
    diesel::sql_query(sql)
        .bind::<SqlUuid, _>(tenant.id)
        .bind::<BigInt, _>(customers.start)
        .bind::<BigInt, _>(customers.end)
        .bind::<BigInt, _>(size.customers)
        .bind::<BigInt, _>(size.records)
        .bind::<Date, _>(today)
        .bind::<Text, _>(tenant.time_zone.0.name())
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Lets the planner know of what others refer to, so far.
pub async fn analyze(mut conn: &Conn) -> Result<()> {
    Ok(conn.batch_execute("ANALYZE customers, charges, payments").await?)
}

/// Lets the planner know what there is, as autovacuum would in a while.
pub async fn vacuum(database_url: &str) -> Result<()> {
    let mut conn = Conn::establish(database_url).await.map_err(Error::internal)?;
    // Not in a transaction, and of the tables that the role owns.
    Ok(conn.batch_execute("VACUUM (ANALYZE)").await?)
}
