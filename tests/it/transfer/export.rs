//! What is exported can be imported, and is the same then.

use serde_json::{Value, json};

use crate::books::{ADJUST, Dice, REFUND, REVERSE, VOID, assert_in_order, decimal, deliver, pay_ahead, raw, state};
use crate::harness::{Client, Daybook, text};

/// Texts that files break on.
const NASTY: &[&str] = &[
    "Asha",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "a,b",
    "a\"b\"",
    "a\nb",
    "a\r\nb",
    "'=1",
    "'quoted'",
    ";",
    "a;b\\;c\\",
    "é 😀",
    "नमस्ते",
    "-5",
    "+5",
    "0",
    "TRUE",
    "1e5",
    "\"",
    "\\",
    "x'",
    "''=''",
    "#N/A",
    "NULL",
];

const KINDS: [&str; 5] = ["customers", "contacts", "records", "sales", "payments"];

async fn create(owner: &Client, field: &str, object: &str, input: Value) -> String {
    let kind = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let query = format!(
        "mutation ($input: {kind}!) {{ {field}(input: $input) {{ {object} {{ id }} userErrors {{ code field message }} }} }}"
    );
    text(&owner.change(&query, json!({ "input": input })).await[object]["id"]).to_owned()
}

/// A business with a little of everything that files have, by chance.
async fn business(owner: &Client, dice: &mut Dice) {
    let said = |dice: &mut Dice| (*dice.pick(NASTY)).to_owned();
    for number in 0..4 {
        let tags: Vec<String> = (0..dice.between(0, 3)).map(|_| said(dice)).collect();
        let customer = json!({
            "code": format!("{}{number}", said(dice)), "name": said(dice), "address": said(dice), "tags": tags,
            "email": if dice.percent(50) { json!(format!("c{number}@x.example")) } else { Value::Null },
            "phone": if dice.percent(50) { json!("+12125550123") } else { Value::Null },
            "type": dice.pick(&["WALK_IN", "VIP"]), "status": dice.pick(&["ACTIVE", "PENDING", "SUSPENDED"]),
            "joinedOn": "2025-12-31", "memberSince": if dice.percent(50) { json!("2026-01-01") } else { Value::Null },
            "billingName": said(dice), "taxId": said(dice), "metadata": { (said(dice)): [said(dice), 1.5, null] },
        });
        let customer = create(owner, "customerCreate", "customer", customer).await;
        for role in ["BILLING", "OPS", "TECHNICAL"].iter().take(usize::try_from(dice.between(0, 3)).unwrap()) {
            let contact =
                json!({ "customerId": customer, "name": said(dice), "role": role, "isPrimary": dice.percent(30) });
            create(owner, "contactCreate", "contact", contact).await;
        }
        for _ in 0..dice.between(0, 4) {
            let record = json!({ "customerId": customer, "product": said(dice), "quantity": "1.5", "unit": said(dice),
                "unitPrice": decimal(dice.between(0, 9_999)), "shift": dice.pick(&["MORNING", "EVENING"]),
                "occurredOn": format!("2026-01-{:02}", dice.between(1, 28)) });
            create(owner, "recordCreate", "record", record).await;
        }
        for _ in 0..dice.between(0, 3) {
            let lines = json!([{ "product": said(dice), "quantity": "2", "unitPrice": "1.125" }]);
            let lines = if dice.percent(50) { lines } else { json!([]) };
            let sale = json!({ "customerId": customer, "amount": "2.25", "lines": lines, "reference": said(dice),
                "items": dice.between(0, 5), "occurredOn": format!("2026-01-{:02}", dice.between(1, 28)) });
            create(owner, "saleCreate", "sale", sale).await;
        }
        for _ in 0..dice.between(0, 3) {
            let amount = decimal(dice.between(1, 9_999));
            let paid = json!({ "customerId": customer, "amount": amount, "method": dice.pick(&["CASH", "UPI"]),
                "reference": said(dice), "allowCredit": true,
                "receivedAt": format!("2026-01-{:02}T10:11:12.123456Z", dice.between(1, 28)) });
            create(owner, "paymentRecord", "payment", paid).await;
        }
    }
}

/// What all customers owe and how much of it is paid, by code.
async fn accounts(owner: &Client) -> Value {
    let query = "{ customers(first: 10, sort: NAME_ASC) { nodes { code name tags metadata address balance { amount }
        contacts { nodes { name isPrimary role } } charges(first: 100) { nodes { occurredOn amount { amount } } } } } }";
    let mut found = owner.run(query, json!({})).await["customers"]["nodes"].take();
    let customers = found.as_array_mut().unwrap();
    customers.sort_by_key(|customer| customer["code"].to_string());
    for customer in customers.iter_mut() {
        let charges = customer["charges"]["nodes"].as_array_mut().unwrap();
        charges.sort_by_key(Value::to_string);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_and_imported_into_another_business_is_the_same() {
    let daybook = Daybook::start().await;
    let mut dice = Dice::throw();
    for round in 0..4 {
        let from = daybook.owner(&format!("from-{round}")).await;
        business(&from, &mut dice).await;
        let into = daybook.owner(&format!("into-{round}")).await;
        for kind in KINDS {
            let file = from.export(kind).await;
            let rows = u64::try_from(csv::Reader::from_reader(file.as_bytes()).records().count()).unwrap();
            assert_eq!(into.imported(kind, &file).await, (rows, 0, Vec::new()), "{file}");
            assert_eq!(into.export(kind).await, file);
            // Nothing comes twice, in either.
            assert_eq!(into.imported(kind, &file).await, (0, rows, Vec::new()), "{file}");
            assert_eq!(from.imported(kind, &file).await, (0, rows, Vec::new()), "{file}");
            // No cell runs in a spreadsheet.
            for record in csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes()).records() {
                for cell in &record.unwrap() {
                    let runs = cell.starts_with(['=', '@', '+', '-', '\t', '\r']);
                    assert!(!runs || cell.parse::<f64>().is_ok(), "{cell:?}");
                }
            }
        }
        assert_eq!(accounts(&into).await, accounts(&from).await);
        assert_in_order(&daybook, &into).await;
        assert_in_order(&daybook, &from).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_void_reversed_or_given_back_is_left_out() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let ann = create(&owner, "customerCreate", "customer", json!({ "code": "A", "name": "Ann" })).await;
    let void = owner.sale(&ann, "2026-01-01", "5").await;
    owner.sale(&ann, "2026-01-02", "7").await;
    let deleted = deliver(&owner, &ann, "2026-01-03", "1", "9").await;
    deliver(&owner, &ann, "2026-01-04", "1", "11").await;
    owner.change(crate::books::DELETE_RECORD, json!({ "id": deleted })).await;
    let mut payments = Vec::new();
    for amount in ["10", "20", "30"] {
        payments.push(pay_ahead(&owner, &ann, amount, "2026-01-05T00:00:00Z").await);
    }
    owner.change(VOID, json!({ "id": void, "input": { "reason": "no" } })).await;
    owner.change(REVERSE, json!({ "id": payments[0], "input": { "reason": "no" } })).await;
    owner.change(REFUND, json!({ "id": payments[1], "input": { "amount": "5", "reason": "no" } })).await;
    let credit = json!({ "customerId": ann, "kind": "ADJUSTMENT", "amount": "-1", "reason": "sorry" });
    owner.change(ADJUST, json!({ "input": credit })).await;
    let column = |file: &str, place: usize| -> Vec<String> {
        csv::Reader::from_reader(file.as_bytes()).records().map(|row| row.unwrap()[place].to_owned()).collect()
    };
    assert_eq!(column(&owner.export("sales").await, 3), ["7.00"]);
    assert_eq!(column(&owner.export("records").await, 5), ["11"]);
    let paid = owner.export("payments").await;
    assert_eq!(column(&paid, 1), ["15.00", "30.00"]);
    assert_eq!(column(&paid, 6), payments[1..]);
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    assert_eq!(owner.imported("payments", &paid).await, (0, 2, Vec::new()));
    assert_eq!(state(&raw).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_every_row_of_many_pages_in_order() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("dairy").await;
    owner.imported("customers", super::import::CUSTOMERS).await;
    let rows: String = (0..2_300).map(|row| format!("A,2026-01-{:02},5,s{row:04}\n", row % 28 + 1)).collect();
    owner.imported("sales", &format!("customer_code,occurred_on,amount,external_ref\n{rows}")).await;
    let file = owner.export("sales").await;
    let found: Vec<(String, String)> = csv::Reader::from_reader(file.as_bytes())
        .records()
        .map(|row| row.map(|row| (row[1].to_owned(), row[6].to_owned())).unwrap())
        .collect();
    let mut expected: Vec<(String, String)> =
        (0..2_300).map(|row| (format!("2026-01-{:02}", row % 28 + 1), format!("s{row:04}"))).collect();
    expected.sort();
    assert_eq!(found, expected);
}
