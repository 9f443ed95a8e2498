//! Lists of records, sales, payments, and of customers by their money.

use serde_json::{Value, json};

use crate::books::{deliver, pay, pay_ahead};
use crate::harness::{Client, Daybook, text};

/// The ids of the nodes of `field`, in the order of the answer.
async fn ids(client: &Client, field: &str, arguments: &str) -> Vec<String> {
    let data = client.run(&format!("{{ {field}({arguments}) {{ nodes {{ id }} }} }}"), json!({})).await;
    data[field]["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"]).to_owned()).collect()
}

/// Walks a list page by page, forward and backward, and checks that both find `all`, and that the count agrees.
async fn assert_walks(client: &Client, field: &str, arguments: &str, all: &[String]) {
    for (size, cursor, end, more) in
        [("first: 2", "after", "endCursor", "hasNextPage"), ("last: 2", "before", "startCursor", "hasPreviousPage")]
    {
        let (mut found, mut from) = (Vec::new(), Value::Null);
        loop {
            let query = format!(
                "query ($from: String) {{ {field}({arguments}, {size}, {cursor}: $from) {{
                    totalCount edges {{ node {{ id }} }} pageInfo {{ {end} {more} }} }} }}"
            );
            let page = client.run(&query, json!({ "from": from })).await[field].take();
            assert_eq!(page["totalCount"], all.len(), "{field}({arguments})");
            let rows = page["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"]["id"]).to_owned());
            if cursor == "after" {
                found.extend(rows)
            } else {
                found.splice(0..0, rows).for_each(drop)
            }
            if page["pageInfo"][more] == json!(false) {
                break;
            }
            assert!(found.len() < all.len(), "{field}({arguments}) goes on past its end");
            from = page["pageInfo"][end].clone();
        }
        assert_eq!(found, all, "{field}({arguments}) {cursor}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_charges_filter_sort_and_page() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    for field in ["records", "sales"] {
        let charge = async |customer: &str, day: &str| match field {
            "records" => deliver(&owner, customer, day, "1", "10").await,
            _ => owner.sale(customer, day, "10").await,
        };
        // Paid, partly paid, and not; the second and third are of one day.
        let a = charge(&asha, "2026-01-01").await;
        let b = charge(&asha, "2026-01-02").await;
        let c = charge(&asha, "2026-01-02").await;
        let d = charge(&ben, "2026-01-03").await;
        let e = charge(&ben, "2199-01-01").await;
        let named = json!([{ "chargeId": a }, { "chargeId": b, "amount": 5 }]);
        let input = json!({ "customerId": asha, "amount": 15, "method": "CASH", "charges": named });
        assert_eq!(owner.pay(input).await["userErrors"], json!([]));

        for (filter, expected) in [
            ("{}".to_owned(), &[&a, &b, &c, &d, &e][..]),
            (format!("{{ customerId: {asha:?} }}"), &[&a, &b, &c]),
            ("{ occurredFrom: \"2026-01-02\" }".to_owned(), &[&b, &c, &d, &e]),
            ("{ occurredTo: \"2026-01-02\" }".to_owned(), &[&a, &b, &c]),
            ("{ occurredFrom: \"2026-01-02\", occurredTo: \"2026-01-02\" }".to_owned(), &[&b, &c]),
            ("{ status: [PAID] }".to_owned(), &[&a]),
            ("{ status: [PARTIAL] }".to_owned(), &[&b]),
            ("{ status: [UNPAID] }".to_owned(), &[&c, &d, &e]),
            ("{ status: [PAID, PARTIAL] }".to_owned(), &[&a, &b]),
            ("{ status: [] }".to_owned(), &[]),
            ("{ overdue: true }".to_owned(), &[&b, &c, &d]),
            ("{ overdue: false }".to_owned(), &[&a, &e]),
            (format!("{{ customerId: {ben:?}, overdue: true, status: [UNPAID] }}"), &[&d]),
        ] {
            let mut expected: Vec<String> = expected.iter().map(|id| (*id).clone()).collect();
            assert_walks(&owner, field, &format!("filter: {filter}, sort: OCCURRED_ON_ASC"), &expected).await;
            expected.reverse();
            assert_walks(&owner, field, &format!("filter: {filter}, sort: OCCURRED_ON_DESC"), &expected).await;
            assert_eq!(ids(&owner, field, &format!("filter: {filter}")).await, expected, "newest first is the default");
        }
        // The other kind is not among them.
        let other = if field == "records" { "sal_" } else { "rec_" };
        assert!(ids(&owner, field, "first: 100").await.iter().all(|id| !id.starts_with(other)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_payments_filter_sort_and_page() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let pay = async |customer: &str, method: &str, at: &str| {
        let input =
            json!({ "customerId": customer, "amount": 1, "method": method, "receivedAt": at, "allowCredit": true });
        text(&owner.pay(input).await["payment"]["id"]).to_owned()
    };
    let d = pay(&ben, "UPI", "2026-01-03T00:00:00Z").await;
    let a = pay(&asha, "CASH", "2026-01-01T00:00:00Z").await;
    let b = pay(&asha, "CARD", "2026-01-02T00:00:00Z").await;
    let c = pay(&ben, "CASH", "2026-01-02T00:00:00Z").await;
    // Uses up Asha's first credit, and nothing of the others.
    owner.sale(&asha, "2026-01-04", "1").await;

    for (filter, expected) in [
        ("{}".to_owned(), &[&a, &b, &c, &d][..]),
        (format!("{{ customerId: {ben:?} }}"), &[&c, &d]),
        ("{ method: [CASH] }".to_owned(), &[&a, &c]),
        ("{ method: [UPI, CARD] }".to_owned(), &[&b, &d]),
        ("{ method: [] }".to_owned(), &[]),
        ("{ receivedFrom: \"2026-01-02T00:00:00Z\" }".to_owned(), &[&b, &c, &d]),
        ("{ receivedTo: \"2026-01-02T00:00:00Z\" }".to_owned(), &[&a, &b, &c]),
        ("{ receivedTo: \"2026-01-01T23:59:59.999999Z\" }".to_owned(), &[&a]),
        ("{ hasCredit: true }".to_owned(), &[&b, &c, &d]),
        ("{ hasCredit: false }".to_owned(), &[&a]),
        (format!("{{ customerId: {asha:?}, hasCredit: true, method: [CARD] }}"), &[&b]),
    ] {
        let mut expected: Vec<String> = expected.iter().map(|id| (*id).clone()).collect();
        assert_walks(&owner, "payments", &format!("filter: {filter}, sort: RECEIVED_AT_ASC"), &expected).await;
        expected.reverse();
        assert_walks(&owner, "payments", &format!("filter: {filter}, sort: RECEIVED_AT_DESC"), &expected).await;
        assert_eq!(
            ids(&owner, "payments", &format!("filter: {filter}")).await,
            expected,
            "newest first is the default"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_customers_by_balance_and_last_payment_follow_payments() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (asha, ben, cleo) = (owner.customer("Asha").await, owner.customer("Ben").await, owner.customer("Cleo").await);
    let list = async |arguments: &str| ids(&owner, "customers", arguments).await;
    for customer in [&asha, &ben, &cleo] {
        owner.sale(customer, "2026-01-01", "30").await;
    }
    assert_eq!(list("filter: { balanceMin: \"30\" }, sort: BALANCE_DESC").await.len(), 3);
    assert_eq!(list("filter: { lastPaymentFrom: \"1970-01-01T00:00:00Z\" }").await, [""; 0]);

    pay_ahead(&owner, &cleo, "40", "2026-01-02T00:00:00Z").await;
    pay_ahead(&owner, &ben, "10", "2026-01-03T00:00:00Z").await;
    // Asha owes 30, Ben 20, and Cleo has 10 to her credit.
    for (arguments, expected) in [
        ("sort: BALANCE_DESC", &[&asha, &ben, &cleo][..]),
        ("sort: BALANCE_ASC", &[&cleo, &ben, &asha]),
        ("filter: { balanceMin: \"0.01\" }, sort: BALANCE_ASC", &[&ben, &asha]),
        ("filter: { balanceMin: \"20\", balanceMax: \"20\" }", &[&ben]),
        ("filter: { balanceMax: \"-10\" }", &[&cleo]),
        ("sort: LAST_PAYMENT_AT_ASC", &[&asha, &cleo, &ben]),
        ("sort: LAST_PAYMENT_AT_DESC", &[&ben, &cleo, &asha]),
        ("filter: { lastPaymentFrom: \"2026-01-03T00:00:00Z\" }", &[&ben]),
        ("filter: { lastPaymentTo: \"2026-01-02T00:00:00Z\" }", &[&cleo]),
    ] {
        let expected: Vec<String> = expected.iter().map(|id| (*id).clone()).collect();
        assert_eq!(list(arguments).await, expected, "{arguments}");
        if arguments.contains("sort") {
            assert_walks(&owner, "customers", arguments, &expected).await;
        }
    }
    pay(&owner, &asha, "30").await;
    assert_eq!(list("sort: LAST_PAYMENT_AT_DESC").await, [asha.clone(), ben.clone(), cleo.clone()]);
    assert_eq!(list("sort: BALANCE_DESC").await, [ben, asha, cleo]);
}
