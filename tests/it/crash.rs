//! The real binary, killed, stopped and started again: nothing that was acknowledged is lost.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use rustix::process::{Signal, kill_process};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::books::{RESTORE, balance, decimal, raw, value};
use crate::harness::{Client, Database, PAY, text, until};
use crate::live::{PAYMENTS, subscribed};
use crate::process::{Data, Folder, Serve, daybook, is_there, output};

/// Payments of one cent, each under a key: what each is known to have become, if that is known.
#[derive(Default)]
struct Sent {
    payments: HashMap<String, Option<String>>,
}

/// Customers who each pay one cent after the other, until the server is gone. `acknowledged` counts along.
async fn pay_until_the_end(client: &Client, customers: &[String], round: usize, acknowledged: &AtomicUsize) -> Sent {
    let streams = customers.iter().map(|customer| async move {
        let mut sent = Vec::new();
        loop {
            let key = format!("{customer} {round} {}", sent.len());
            let payment = send(client, customer, &key).await;
            let gone = payment.is_none();
            sent.push((key, payment));
            if gone {
                return sent;
            }
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    });
    Sent { payments: join_all(streams).await.into_iter().flatten().collect() }
}

/// Pays one cent; the id of the payment, or nothing if no answer came.
async fn send(client: &Client, customer: &str, key: &str) -> Option<String> {
    let input = json!({
        "customerId": customer, "amount": "0.01", "method": "UPI", "allowCredit": true, "idempotencyKey": key
    });
    let answer = client.try_send(PAY, json!({ "input": input })).await.ok()?.body;
    let paid = &answer["data"]["paymentRecord"];
    assert_eq!(paid["userErrors"], json!([]), "{answer}");
    Some(text(&paid["payment"]["id"]).to_owned())
}

/// Every payment that was acknowledged is there under its key, and those that were not can be sent again: in the
/// end there is one for each key, and the customers have that much credit.
async fn assert_kept(client: &Client, sent: &[Sent]) {
    let mut paid: HashMap<String, i64> = HashMap::new();
    for (key, known) in sent.iter().flat_map(|sent| &sent.payments) {
        let (customer, _) = key.split_once(' ').unwrap();
        let payment = send(client, customer, key).await.expect("the server answers");
        if let Some(known) = known {
            assert_eq!(payment, *known, "{key}");
        }
        *paid.entry(customer.to_owned()).or_default() += 1;
    }
    for (customer, cents) in paid {
        assert_eq!(balance(client, &customer).await, decimal(-cents));
    }
}

async fn customers(client: &Client) -> Vec<String> {
    join_all((0..6).map(|_| client.customer("Someone"))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_while_payments_stream_in_loses_none_that_was_acknowledged() {
    let database = Database::migrated().await;
    let mut server = Serve::start(&Data::Database(&database)).await;
    let mut owner = Client::anyone(server.address).open("shop", "USD", "UTC", "US").await;
    let customers = customers(&owner).await;
    let mut sent = Vec::new();
    for round in 0..3 {
        let acknowledged = AtomicUsize::new(0);
        let killed = async {
            until("payments are acknowledged", async || acknowledged.load(Ordering::Relaxed) >= 40).await;
            server.kill().await;
        };
        let (payments, ()) = tokio::join!(pay_until_the_end(&owner, &customers, round, &acknowledged), killed);
        sent.push(payments);
        server = Serve::start(&Data::Database(&database)).await;
        owner = owner.at(server.address);
        // All at once, and nothing by half, before anything is sent again.
        let raw = raw(&database, &owner.business).await;
        let counts = "SELECT concat_ws(' ', count(*), (SELECT count(*) FROM entries WHERE kind = 'PAYMENT'),
            (SELECT count(*) FROM events WHERE kind = 'PAYMENT_RECORDED'), (SELECT count(*) FROM idempotency_keys),
            (SELECT -sum(balance) FROM customers)) FROM payments";
        let counts = value(&raw, counts).await;
        let all: Vec<_> = counts.split(' ').collect();
        assert!(all.iter().all(|count| *count == all[0]), "{counts}");
        let (code, out, err) = output(check(&Data::Database(&database))).await;
        assert_eq!(code, Some(0), "{out}{err}");
    }
    assert_kept(&owner, &sent).await;
    assert_eq!(output(check(&Data::Database(&database))).await.0, Some(0));
}

fn check(data: &Data) -> tokio::process::Command {
    let mut command = daybook(data);
    command.arg("check");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_opens_again_after_daybook_and_its_postgresql_were_killed_and_has_everything() {
    let folder = Folder::new("killed");
    let server = Serve::start(&Data::Folder(&folder)).await;
    let owner = Client::anyone(server.address).open("shop", "USD", "UTC", "US").await;
    let customers = customers(&owner).await;

    // `check` joins the PostgreSQL of the running server, and leaves it running.
    let postmaster = folder.postmaster().unwrap();
    let (code, out, err) = output(check(&Data::Folder(&folder))).await;
    assert_eq!((code, out.trim()), (Some(0), "shop: the books are in order"), "{err}");
    assert_eq!(folder.postmaster(), Some(postmaster));
    assert_eq!(balance(&owner, &customers[0]).await, "0.00");

    let acknowledged = AtomicUsize::new(0);
    let killed = async {
        until("payments are acknowledged", async || acknowledged.load(Ordering::Relaxed) >= 40).await;
        kill_process(postmaster, Signal::KILL).unwrap();
        server.kill().await;
    };
    // PostgreSQL goes first: until Daybook is gone as well, what it cannot book is an error, never a payment.
    let streams = pay_or_fail(&owner, &customers, &acknowledged);
    let (sent, ()) = tokio::join!(streams, killed);

    let server = Serve::start(&Data::Folder(&folder)).await;
    let owner = owner.at(server.address);
    assert_kept(&owner, &[sent]).await;
    let (code, out, err) = output(check(&Data::Folder(&folder))).await;
    assert_eq!(code, Some(0), "{out}{err}");

    // Killed alone, Daybook leaves its PostgreSQL behind, and the next one takes it over and stops it in the end.
    let postmaster = folder.postmaster().unwrap();
    server.kill().await;
    let server = Serve::start(&Data::Folder(&folder)).await;
    assert_eq!(folder.postmaster(), Some(postmaster));
    assert_eq!(server.terminate(Signal::TERM).await.code(), Some(0));
    assert_eq!(folder.postmaster(), None);
    until("PostgreSQL is gone", async || !is_there(postmaster)).await;
}

/// Like [`pay_until_the_end`], with a server that may fail before it is gone.
async fn pay_or_fail(client: &Client, customers: &[String], acknowledged: &AtomicUsize) -> Sent {
    let streams = customers.iter().map(|customer| async move {
        let mut sent = Vec::new();
        loop {
            let key = format!("{customer} {}", sent.len());
            let input = json!({
                "customerId": customer, "amount": "0.01", "method": "UPI", "allowCredit": true, "idempotencyKey": key
            });
            let Ok(answer) = client.try_send(PAY, json!({ "input": input })).await else {
                sent.push((key, None));
                return sent;
            };
            let payment = answer.body["data"]["paymentRecord"]["payment"]["id"].as_str().map(str::to_owned);
            if payment.is_some() {
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            sent.push((key, payment));
        }
    });
    Sent { payments: join_all(streams).await.into_iter().flatten().collect() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_asked_to_stop_does_so_whoever_is_still_connected() {
    for (signal, half_way) in [(Signal::TERM, true), (Signal::INT, false)] {
        let database = Database::migrated().await;
        let server = Serve::start(&Data::Database(&database)).await;
        // A connection that is kept for the next request, a live stream, one that says nothing, a request half-way.
        let owner = Client::anyone(server.address).open("shop", "USD", "UTC", "US").await;
        let customer = owner.customer("Someone").await;
        let live = subscribed(&owner, PAYMENTS, json!({})).await;
        let silent = TcpStream::connect(server.address).await.unwrap();
        let mut half = TcpStream::connect(server.address).await.unwrap();
        if half_way {
            half.write_all(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();
        }
        assert_eq!(server.terminate(signal).await.code(), Some(0), "{signal:?}");
        drop((live, silent, half));

        let server = Serve::start(&Data::Database(&database)).await;
        owner.at(server.address).change(RESTORE, json!({ "id": customer })).await;
    }
}
