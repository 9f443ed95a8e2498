//! The large business that benchmarks are measured with.

use serde_json::json;

use super::{metrics, plain};
use crate::books::{assert_in_order, raw, value};
use crate::harness::{Daybook, text};
use crate::process::{self, Data, output};

#[tokio::test(flavor = "multi_thread")]
async fn a_large_business_has_as_many_customers_and_records_as_asked_for_and_books_in_order() {
    let daybook = Daybook::start().await;
    let make = async |customers: &str, records: &str| {
        let mut command = process::daybook(&Data::Database(&daybook.database));
        command.args(["demo", "--customers", customers, "--records", records]);
        output(command).await
    };
    let (code, out, err) = make("0", "10").await;
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(err.contains("--customers takes 1 to 100000000"), "{err}");
    let (code, out, err) = make("300", "2500").await;
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("large: 300 customers, 2500 records"), "{out}");
    assert!(err.contains("100 %: 300 customers, 2500 records"), "{err}");

    let sign_in = "mutation ($input: SignInInput!) { signIn(input: $input) { accessToken viewer { business { id } }
        userErrors { code field message } } }";
    let input = json!({ "email": "owner@demo.daybook.test", "password": "daybook-demo", "businessSlug": "large" });
    let owner = daybook.anyone();
    let owner = owner.signed_in(&owner.change(sign_in, json!({ "input": input })).await);
    let counted = owner.run("{ customers { totalCount } records { totalCount } }", json!({})).await;
    assert_eq!(counted, json!({ "customers": { "totalCount": 300 }, "records": { "totalCount": 2500 } }));
    assert_in_order(&daybook, &owner).await;
    // What is kept up is rolled up, and the same as what is computed.
    let raw = raw(&daybook.database, &owner.business).await;
    assert_eq!(value(&raw, "SELECT count(*) FROM figures WHERE is_delta").await, "0");
    let owed = "receivables { outstanding { amount } balance { amount } }";
    let shown = plain(&metrics(&owner, None, owed).await["receivables"]);
    assert_eq!(shown["outstanding"], shown["balance"]);
    let sum = "SELECT to_char(sum(balance) / 100.0, 'FM999999999990.00') FROM customers";
    assert_eq!(text(&shown["balance"]), value(&raw, sum).await);
    // Once only.
    let (code, out, err) = make("5", "5").await;
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("already there"), "{out}");
}
