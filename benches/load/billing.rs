//! The engine: a year of a sandbox, and what one invoice takes.

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, Utc};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::capture::Capture;
use super::figures::{ratio, table};
use super::http::{Connection, post};
use super::world::{HOME, Owner, WIDTH, World, database, text};

const ADVANCE: &str = "mutation ($to: DateTime!) { testClockAdvance(input: { to: $to }) { done userErrors { code } } }";
/// Days over which the subscriptions begin, so that each day of a month has as many invoices.
const SPREAD: usize = 28;
/// Months that are billed.
const MONTHS: u32 = 12;

/// How many invoices there were after how much time.
type Mark = (usize, Duration);

pub async fn measure(world: &World, subscriptions: usize) {
    eprintln!("load: billing, {subscriptions} subscriptions over a year");
    let owner = world.open_as("billing", true).await;
    let begin = world.clock.now().date_naive();
    subscribe(world, &owner, (0..subscriptions).map(|number| after(begin, 1 + number % SPREAD))).await;
    database(&world.database_url).await.batch_execute("ANALYZE").await.unwrap();
    let marks = year(world, &owner, begin + chrono::Months::new(MONTHS)).await;
    let (invoices, time) = *marks.last().expect("at least one step");
    let tenth = invoices / 10;
    let (first, last) = (rate(&marks, 0, tenth), rate(&marks, invoices - tenth, invoices));
    let (statements, trips) = of_one(world).await;
    let all = rate(&marks, 0, invoices);
    let head = [
        "subscriptions",
        "invoices",
        "time",
        "invoices/s",
        "first tenth",
        "last tenth",
        "last : first",
        "statements each",
        "round trips each",
    ];
    let row = vec![
        subscriptions.to_string(),
        invoices.to_string(),
        format!("{:.0} s", time.as_secs_f64()),
        format!("{all:.0}"),
        format!("{first:.0}/s"),
        format!("{last:.0}/s"),
        ratio(last, first),
        format!("{statements:.1}"),
        format!("{trips:.1}"),
    ];
    table("Billing: a year of monthly subscriptions, none of them paid, with reminders and suspensions", &head, &[row]);
}

fn after(day: NaiveDate, days: usize) -> NaiveDate {
    day + Days::new(days as u64)
}

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// A customer with a monthly subscription for each of these days on which one begins.
async fn subscribe(world: &World, owner: &Owner, days: impl Iterator<Item = NaiveDate>) {
    let create =
        "mutation ($input: PlanCreateInput!) { planCreate(input: $input) { plan { id } userErrors { code } } }";
    let input = json!({ "code": "basic", "name": "Basic", "price": "29", "interval": "MONTH", "taxRate": "10" });
    let plan = world.run(Some(&owner.token), create, json!({ "input": input })).await;
    let plan = &text(&plan["planCreate"]["plan"]["id"]);
    let made = stream::iter(days.enumerate()).map(|(number, day)| async move {
        let customer = world.customer(owner, &format!("Subscriber {number:06}")).await;
        let query = "mutation ($input: SubscriptionCreateInput!) { subscriptionCreate(input: $input) {
            subscription { id } userErrors { code field message } } }";
        let input = json!({ "customerId": customer, "planId": plan, "startsOn": day });
        world.run(Some(&owner.token), query, json!({ "input": input })).await;
    });
    made.buffer_unordered(WIDTH).collect::<()>().await;
}

/// Moves the clock to a day, in as many mutations as that takes, each of which is a mark.
async fn year(world: &World, owner: &Owner, to: NaiveDate) -> Vec<Mark> {
    let database = database(&world.database_url).await;
    let scope = format!("SET daybook.business_id = '{}'", owner.business.0);
    database.batch_execute(&scope).await.unwrap();
    let count = "SELECT coalesce(sum(value), 0)::bigint FROM counters WHERE name LIKE 'invoice:%'";
    let (mut marks, mut time) = (vec![(0, Duration::ZERO)], Duration::ZERO);
    loop {
        // A token ends after fifteen minutes.
        let token = world.sign_ins(owner, 1).await.remove(0);
        let mut connection = Connection::open(HOME, world.address).await.unwrap();
        let request = post(Some(&token), ADVANCE, &json!({ "to": noon(to) }));
        let begin = Instant::now();
        let response = connection.send(&request).await.unwrap();
        time += begin.elapsed();
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        let done = body["data"]["testClockAdvance"]["done"].as_bool().unwrap_or_else(|| panic!("{body}"));
        let invoices: i64 = database.query_one(count, &[]).await.unwrap().get(0);
        marks.push((usize::try_from(invoices).unwrap(), time));
        if done {
            return marks;
        }
        eprintln!("load: {invoices} invoices after {:.0} s", time.as_secs_f64());
    }
}

/// Invoices in a second from one to another, as the marks around them say.
fn rate(marks: &[Mark], from: usize, to: usize) -> f64 {
    let at = |invoices: usize| {
        let place = marks.partition_point(|(count, _)| *count < invoices).clamp(1, marks.len() - 1);
        let ((before, begin), (after, end)) = (marks[place - 1], marks[place]);
        let part = (invoices.saturating_sub(before)) as f64 / (after - before).max(1) as f64;
        begin.as_secs_f64() + part * (end - begin).as_secs_f64()
    };
    (to - from) as f64 / (at(to) - at(from)).max(f64::EPSILON)
}

/// Statements and round trips of one invoice more on a day, its part of dunning included.
async fn of_one(world: &World) -> (f64, f64) {
    let owner = world.open_as("billing-one", true).await;
    let begin = world.clock.now().date_naive();
    // Ten on one day, twenty on the next.
    subscribe(world, &owner, (0..30).map(|number| after(begin, if number < 10 { 1 } else { 2 }))).await;
    let capture = Capture::new(world).await;
    let mut recorded = Vec::new();
    for day in 1..=2 {
        let to = json!({ "to": noon(after(begin, day)) });
        recorded.push(capture.record(&owner.token, ADVANCE, to).await);
    }
    let more = |first: usize, second: usize| (second as f64 - first as f64) / 10.0;
    (more(recorded[0].statements, recorded[1].statements), more(recorded[0].flights.len(), recorded[1].flights.len()))
}
