//! What the tests of money share: raw SQL, the state of the books, amounts as text, chance.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use daybook::db::{Mode, Scope, Transaction};
use daybook::id::BusinessId;
use daybook::ledger::check::Difference;
use daybook::metrics::check;
use serde_json::{Value, json};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::harness::{Client, Database, Daybook, text};

/// A connection past the API, as Daybook's own role, that sees one business.
pub async fn raw(database: &Database, business: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&database.url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let business: BusinessId = business.parse().unwrap();
    client.batch_execute(&format!("SET daybook.business_id = '{}'", business.0)).await.unwrap();
    client
}

/// The first value that a query finds.
pub async fn value(raw: &tokio_postgres::Client, query: &str) -> String {
    let rows = raw.simple_query(query).await.unwrap();
    let first = rows.iter().find_map(|row| match row {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    first.unwrap_or_else(|| panic!("{query} finds nothing"))
}

/// Every row of the ledger and the log of a business, to tell whether anything changed.
pub async fn state(raw: &tokio_postgres::Client) -> String {
    let tables = [
        "customers",
        "charges",
        "records",
        "sales",
        "adjustments",
        "purchase_histories",
        "payment_methods",
        "payments",
        "allocations",
        "entries",
        "invoices",
        "credit_notes",
        "idempotency_keys",
        "events",
    ];
    let parts = tables.map(|table| format!("(SELECT json_agg(t ORDER BY t::text) FROM {table} t)"));
    value(raw, &format!("SELECT json_build_array({})", parts.join(", "))).await
}

/// Where the rules of the ledger do not hold.
pub async fn differences(daybook: &Daybook, business: &str) -> Vec<(&'static str, Vec<Difference>)> {
    let business: BusinessId = business.parse().unwrap();
    let scope = Scope::Business(business, None);
    let transaction = Transaction::begin(&daybook.app.pool, scope, Mode::LongRead).await.unwrap();
    let found = check::check(&transaction, business).await.unwrap();
    transaction.commit().await.unwrap();
    found
}

/// Asserts that the books of the business of `client` are in order.
pub async fn assert_in_order(daybook: &Daybook, client: &Client) {
    assert_eq!(differences(daybook, &client.business).await, []);
}

pub const RECORD: &str = "mutation ($input: RecordCreateInput!) { recordCreate(input: $input) {
    record { id kind occurredOn dueOn amount { amount } paid { amount } outstanding { amount } status overdue
        product quantity unit unitPrice shift customer { id balance { amount } } allocations { amount { amount } } }
    userErrors { code field message } } }";

pub const SALE: &str = "mutation ($input: SaleCreateInput!) { saleCreate(input: $input) {
    sale { id kind occurredOn dueOn amount { amount } paid { amount } outstanding { amount } status overdue
        items reference customer { id balance { amount } }
        allocations { amount { amount } payment { id } } }
    userErrors { code field message } } }";

pub const ARCHIVE: &str =
    "mutation ($id: ID!) { customerArchive(id: $id) { customer { id } userErrors { code field message } } }";
pub const RESTORE: &str =
    "mutation ($id: ID!) { customerRestore(id: $id) { customer { id } userErrors { code field message } } }";

pub const REVERSE: &str = "mutation ($id: ID!, $input: PaymentReverseInput!) { paymentReverse(id: $id, input: $input) {
    payment { id status refunded { amount } unallocated { amount } allocations { charge { id } amount { amount } }
        customer { balance { amount } } }
    userErrors { code field message } } }";

pub const REFUND: &str = "mutation ($id: ID!, $input: PaymentRefundInput!) { paymentRefund(id: $id, input: $input) {
    payment { id status refunded { amount } unallocated { amount } allocations { charge { id } amount { amount } }
        customer { balance { amount } } }
    userErrors { code field message } } }";

pub const VOID: &str = "mutation ($id: ID!, $input: ChargeVoidInput!) { chargeVoid(id: $id, input: $input) {
    charge { id status overdue amount { amount } paid { amount } outstanding { amount }
        customer { balance { amount } } }
    userErrors { code field message } } }";

pub const ADJUST: &str = "mutation ($input: AdjustmentCreateInput!) { adjustmentCreate(input: $input) {
    adjustment { id kind reason amount { amount } paid { amount } status }
    credit { id kind status reason amount { amount } unallocated { amount } allocations { charge { id } amount { amount } }
        receipt { number } }
    customer { balance { amount } } userErrors { code field message } } }";

pub const MARK_PAID: &str = "mutation ($input: RecordsMarkPaidInput!) { recordsMarkPaid(input: $input) {
    payment { id method amount { amount } allocations { charge { id } amount { amount } } }
    customer { balance { amount } } userErrors { code field message } } }";

pub const MARK_UNPAID: &str = "mutation ($input: RecordsMarkUnpaidInput!) { recordsMarkUnpaid(input: $input) {
    customer { balance { amount } } userErrors { code field message } } }";

pub const UPDATE_RECORD: &str =
    "mutation ($id: ID!, $input: RecordUpdateInput!) { recordUpdate(id: $id, input: $input) {
    record { id occurredOn dueOn amount { amount } paid { amount } outstanding { amount } status
        product quantity unit unitPrice shift customer { balance { amount } } }
    userErrors { code field message } } }";

pub const CREATE_RECORDS: &str = "mutation ($input: RecordsCreateInput!) { recordsCreate(input: $input) {
    records { id occurredOn product quantity unit unitPrice shift amount { amount } paid { amount } customer { id } }
    userErrors { code field message } } }";

pub const DELETE_RECORD: &str = "mutation ($id: ID!, $key: String) { recordDelete(id: $id, idempotencyKey: $key) {
    deletedId customer { balance { amount } } userErrors { code field message } } }";

/// What is outstanding of each charge of a customer, oldest first.
pub async fn dues(client: &Client, customer: &str) -> Vec<String> {
    let query = "query ($id: ID!) { customer(id: $id) { charges(first: 100) { nodes { outstanding { amount } } } } }";
    let data = client.run(query, json!({ "id": customer })).await;
    let charges = data["customer"]["charges"]["nodes"].as_array().unwrap();
    charges.iter().rev().map(|charge| text(&charge["outstanding"]["amount"]).to_owned()).collect()
}

/// A record of `quantity` at `price` on a day; the id of the charge.
pub async fn deliver(client: &Client, customer: &str, day: &str, quantity: &str, price: &str) -> String {
    let input = json!({
        "customerId": customer, "occurredOn": day, "product": "Milk", "quantity": quantity, "unitPrice": price
    });
    text(&client.change(RECORD, json!({ "input": input })).await["record"]["id"]).to_owned()
}

/// A payment in cash; what it changed, or why it was refused.
pub async fn pay(client: &Client, customer: &str, amount: &str) -> Value {
    client.pay(json!({ "customerId": customer, "amount": amount, "method": "CASH" })).await
}

/// A payment that may become credit, received at a time.
pub async fn pay_ahead(client: &Client, customer: &str, amount: &str, received_at: &str) -> String {
    let input = json!({
        "customerId": customer, "amount": amount, "method": "CASH", "allowCredit": true, "receivedAt": received_at
    });
    let paid = client.pay(input).await;
    assert_eq!(paid["userErrors"], json!([]));
    text(&paid["payment"]["id"]).to_owned()
}

/// What a customer owes.
pub async fn balance(client: &Client, customer: &str) -> String {
    let query = "query ($id: ID!) { customer(id: $id) { balance { amount } } }";
    text(&client.run(query, json!({ "id": customer })).await["customer"]["balance"]["amount"]).to_owned()
}

/// The codes and fields of what was refused: `OVERPAYMENT amount`.
pub fn refusals(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().expect("userErrors");
    let describe = |error: &Value| {
        let field = error["field"].as_array().map(|path| path.iter().map(text).collect::<Vec<_>>().join("."));
        format!("{} {}", text(&error["code"]), field.unwrap_or_default()).trim_end().to_owned()
    };
    errors.iter().map(describe).collect()
}

/// Minor units of a currency with two decimals, as the API writes them.
pub fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

/// Chance that can be had again: the seed is printed, and DAYBOOK_TEST_SEED sets it.
pub struct Dice(u64);

impl Dice {
    /// With a new seed, unless one is set.
    pub fn throw() -> Self {
        let set = std::env::var("DAYBOOK_TEST_SEED").ok();
        let seed = set.map_or_else(|| RandomState::new().build_hasher().finish(), |seed| seed.parse().unwrap());
        eprintln!("again with DAYBOOK_TEST_SEED={seed}");
        Self(seed)
    }

    /// More of them, for something that runs beside.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// The next number of SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from + 1).unwrap();
        from + i64::try_from(self.next() % width).unwrap()
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.between(0, i64::try_from(of.len()).unwrap() - 1)).unwrap()]
    }
}
