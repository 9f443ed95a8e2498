//! A reader who resumes misses nothing, whatever breaks: its connection, the server, the order of the commits.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

use super::{PAYMENTS, cursor, event_cursor};
use crate::books::{Dice, raw};
use crate::harness::{Client, Database, PAY, text, until};
use crate::process::{Data, Serve};

const CUSTOMERS: usize = 5;
const EACH: usize = 200;

/// Where the server is now.
type Address = watch::Receiver<SocketAddr>;

/// Pays one cent so many times, each until an answer says so.
async fn pay_on(client: &Client, server: Address, customer: &str, paid: &AtomicUsize) {
    for number in 0..EACH {
        let input = json!({
            "customerId": customer, "amount": "0.01", "method": "CASH", "allowCredit": true,
            "idempotencyKey": format!("{customer} {number}"),
        });
        loop {
            let client = client.at(*server.borrow());
            match client.try_send(PAY, json!({ "input": input })).await {
                Ok(answer) if answer.body["data"]["paymentRecord"]["userErrors"] == json!([]) => break,
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
        paid.fetch_add(1, Ordering::Relaxed);
    }
}

/// Follows all payments, and leaves without a word after a few.
async fn follow(client: &Client, server: Address, begin: String, dice: &mut Dice) -> Vec<Value> {
    let mut last = begin;
    let mut seen = Vec::new();
    while seen.len() < CUSTOMERS * EACH {
        let client = client.at(*server.borrow());
        let Ok(mut socket) = client.raw_socket(&[]).await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        if !socket.begin(client.token.as_deref(), PAYMENTS, json!({ "after": last })).await {
            continue;
        }
        for _ in 0..dice.between(1, 60) {
            if seen.len() == CUSTOMERS * EACH {
                break;
            }
            let Some(mut data) = socket.next().await else { break };
            let update = data["paymentUpdates"].take();
            last = text(&update["cursor"]).to_owned();
            seen.push(update);
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_payments_arrive_once_and_in_order_whatever_breaks() {
    let database = Database::migrated().await;
    let mut server = Serve::start(&Data::Database(&database)).await;
    let owner = Client::anyone(server.address).open("shop", "USD", "UTC", "US").await;
    let customers = join_all((0..CUSTOMERS).map(|_| owner.customer("Someone"))).await;
    // Payments of this one touch a charge that someone else locks now and then: they commit late.
    owner.sale(&customers[0], "2026-01-01", "1000.00").await;
    let locker = raw(&database, &owner.business).await;
    let begin = event_cursor(&owner).await;
    let (moved, address) = watch::channel(server.address);
    let (paid, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut dice = Dice::throw();

    let writers = async {
        join_all(customers.iter().map(|customer| pay_on(&owner, address.clone(), customer, &paid))).await;
        done.store(true, Ordering::Relaxed);
    };
    let lock = async {
        while !done.load(Ordering::Relaxed) {
            let lock = "BEGIN; SELECT FROM charges WHERE amount = 100000 FOR UPDATE; SELECT pg_sleep(0.05); COMMIT";
            locker.batch_execute(lock).await.unwrap();
            sleep(Duration::from_millis(50)).await;
        }
    };
    let restart = async {
        for (round, kill) in [(1, true), (2, false), (3, true)] {
            until("some are paid", async || paid.load(Ordering::Relaxed) >= round * CUSTOMERS * EACH / 4).await;
            if kill {
                server.kill().await;
            } else {
                server.terminate(Signal::TERM).await;
            }
            server = Serve::start(&Data::Database(&database)).await;
            moved.send(server.address).unwrap();
        }
        server
    };
    let (_server, (), (), seen) =
        tokio::join!(restart, writers, lock, follow(&owner, address.clone(), begin, &mut dice));
    assert!(seen.is_sorted_by(|a, b| cursor(a) < cursor(b)), "the cursors are not in order");
    let ids: HashSet<_> = seen.iter().map(|update| text(&update["payment"]["id"])).collect();
    assert_eq!(ids.len(), CUSTOMERS * EACH);
    // The log says the same in the same order.
    let owner = owner.at(*address.borrow());
    let query = "query ($after: String) { events(kinds: [PAYMENT_RECORDED], first: 100, after: $after) {
        edges { cursor } pageInfo { endCursor hasNextPage } } }";
    let (mut logged, mut from) = (Vec::new(), Value::Null);
    loop {
        let page = owner.run(query, json!({ "after": from })).await["events"].take();
        logged.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["cursor"].clone()));
        from = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(logged, seen.iter().map(|update| update["cursor"].clone()).collect::<Vec<_>>());
}
