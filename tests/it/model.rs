//! Random histories, through the API, against a model of the ledger that is simple enough to be seen right.
//!
//! A sequence is what a few workers do at once with a few customers. DAYBOOK_TEST_SEQUENCES says how many there are;
//! the books are checked after every chunk of them.

mod customer;
mod worker;

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::books::{Dice, assert_in_order, decimal};
use crate::harness::{Client, Daybook};
use customer::Customer;
use worker::{Known, Worker};

/// Sequences after which the books are checked.
const CHUNK: usize = 50;
/// Sequences of a run, unless DAYBOOK_TEST_SEQUENCES says otherwise.
const SEQUENCES: usize = 30;
/// Sequences at once.
const AT_ONCE: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_by_many_at_once_comes_out_as_the_model_says() {
    let set = std::env::var("DAYBOOK_TEST_SEQUENCES").ok();
    let mut left = set.map_or(SEQUENCES, |count| count.parse().unwrap());
    let mut dice = Dice::throw();
    while left > 0 {
        let daybook = Daybook::start().await;
        let owner = daybook.owner("shop").await;
        let count = left.min(CHUNK);
        left -= count;
        let sequences: Vec<_> = (0..count).map(|name| sequence(owner.clone(), dice.fork(), name)).collect();
        stream::iter(sequences).for_each_concurrent(AT_ONCE, |sequence| sequence).await;
        assert_in_order(&daybook, &owner).await;
    }
}

/// What three workers do at once with three customers.
async fn sequence(owner: Client, mut dice: Dice, name: usize) {
    let mut customers: Known = Vec::new();
    for number in 0..3 {
        let id = owner.customer(&format!("Customer {name}.{number}")).await;
        customers.push(Arc::new(Mutex::new(Customer::new(id))));
    }
    let mut workers = JoinSet::new();
    for worker in 0..3 {
        let (client, dice, customers) = (owner.clone(), dice.fork(), customers.clone());
        workers.spawn(Worker { client, dice, customers, name: format!("{name}.{worker}") }.work(12));
    }
    while let Some(worked) = workers.join_next().await {
        worked.unwrap();
    }
    for customer in customers {
        compare(&owner, &*customer.lock().await).await;
    }
}

/// Asserts that everything that the API shows of a customer is as the model says.
async fn compare(owner: &Client, customer: &Customer) {
    let query = "query ($id: ID!) { customer(id: $id) { status balance { amount } statement { closing { amount } }
        purchaseHistory { purchases spent { amount } items firstOn lastOn lifetimeValue { amount } }
        calendar(month: \"2026-01\") { amount { amount } paid { amount } }
        charges(first: 100) { totalCount nodes { id paid { amount } outstanding { amount } status } }
        payments(first: 100) { nodes { id refunded { amount } unallocated { amount } status receipt { number } } } } }";
    let found = owner.run(query, json!({ "id": customer.id })).await["customer"].take();
    let money = |amount: i64| json!({ "amount": decimal(amount) });
    let id = &customer.id;
    assert_eq!(found["balance"], money(customer.balance()), "{id}");
    assert_eq!(found["statement"]["closing"], money(customer.balance()), "{id}");
    assert_eq!(found["status"] == "ARCHIVED", customer.archived, "{id}");
    assert_eq!(found["purchaseHistory"], customer.history(), "{id}");
    let (amount, paid) = customer.calendar();
    assert_eq!(found["calendar"], json!({ "amount": money(amount), "paid": money(paid) }), "{id}");

    let mut charges: Vec<_> = customer.charges.iter().enumerate().filter(|(_, charge)| !charge.deleted).collect();
    charges.sort_by_key(|(place, charge)| std::cmp::Reverse((charge.day, *place)));
    let expected = charges.iter().map(|(place, charge)| {
        let (paid, wants) = (customer.paid(*place), customer.wants(*place));
        let status = match (charge.void, paid, wants) {
            (true, _, _) => "VOID",
            (_, _, 0) => "PAID",
            (_, 0, _) => "UNPAID",
            _ => "PARTIAL",
        };
        json!({ "id": charge.id, "paid": money(paid), "outstanding": money(wants), "status": status })
    });
    assert_eq!(found["charges"]["totalCount"], charges.len(), "{id}");
    assert_eq!(found["charges"]["nodes"], Value::from_iter(expected), "{id}");

    // By what is paid of them in all: which payment paid which charge shows in what each has left.
    let mut payments: Vec<(String, Value)> = Vec::new();
    for (place, payment) in customer.payments.iter().enumerate().filter(|(_, payment)| !payment.credit) {
        let status = match (payment.reversed, payment.refunded) {
            (true, _) => "REVERSED",
            (false, 0) => "RECORDED",
            (false, refunded) if refunded == payment.amount => "REFUNDED",
            _ => "PARTLY_REFUNDED",
        };
        let state = json!([status, money(payment.refunded), money(customer.left(place))]);
        payments.push((payment.id.clone(), state));
    }
    let mut shown: Vec<(String, Value)> = found["payments"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payment| {
            let state = json!([payment["status"], payment["refunded"], payment["unallocated"]]);
            (payment["id"].as_str().unwrap().to_owned(), state)
        })
        .collect();
    payments.sort_by(|one, other| one.0.cmp(&other.0));
    shown.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(shown, payments, "{id}");
}
