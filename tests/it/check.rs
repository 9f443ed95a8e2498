//! `daybook check` finds what is wrong with the books, and nothing where they are right.

use daybook::db::{Mode, Scope, Transaction};
use daybook::id::BusinessId;
use daybook::ledger::check;
use diesel_async::SimpleAsyncConnection as _;

use crate::books::{assert_in_order, deliver, differences, pay, pay_ahead, raw, value};
use crate::harness::{Client, Daybook};
use crate::process::{self, Data, output};

/// A business with history: Asha (C-000001) owes for a record and a sale, paid in part, and Ben (C-000002) had
/// credit that a sale took in part.
async fn history(daybook: &Daybook, slug: &str) -> Client {
    let owner = daybook.owner(slug).await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    deliver(&owner, &asha, "2026-01-01", "2.4", "55").await;
    owner.sale(&asha, "2026-01-02", "10").await;
    pay(&owner, &asha, "135").await;
    pay_ahead(&owner, &ben, "50", "2026-01-01T00:00:00Z").await;
    owner.sale(&ben, "2026-01-03", "20").await;
    owner
}

const ENTRIES: &str = "a customer's balance";
const OPEN: &str = "what is open";
const LAST: &str = "the last payment";
const AMOUNT: &str = "a charge's amount";
const PAID: &str = "what is paid";
const PAYMENT: &str = "a payment's amount";
const LEFT: &str = "what is left";
const PAYER: &str = "who paid for whom";
const ACCOUNT: &str = "whose account";
const KIND: &str = "a charge's kind";
const REFUNDED: &str = "what was refunded";
const RECEIPTS: &str = "the receipts";
const SUBJECT: &str = "what an entry is about";
const PRODUCT: &str = "a record's amount";
const HISTORY: &str = "the purchase history";
const LINES: &str = "the lines of a sale";
const CONTACTS: &str = "the contacts by which a customer is found";
const WORDS: &str = "the words by which customers are found";
const VALUE: &str = "the lifetime value";

/// The names above of the rules.
fn name(rule: &str) -> &'static str {
    match rule {
        "the balance of a customer is the sum of their entries" => ENTRIES,
        "the balance of a customer is what their charges want less what their payments have left" => OPEN,
        "the last payment of a customer is the latest that was received and not reversed" => LAST,
        "the amount of a charge, nothing if it is void, is the sum of its entries" => AMOUNT,
        "what is paid of a charge is the sum of its allocations that were not released" => PAID,
        "what remains of a payment, less what was refunded and nothing if reversed, is what its entries took off" => {
            PAYMENT
        }
        "what was refunded of a payment is the sum of its refunds" => REFUNDED,
        "the receipts of a customer are numbered from one without gaps, and credits have none" => RECEIPTS,
        "an entry is about what its kind says" => SUBJECT,
        "the amount of a record is its quantity times its unit price, rounded half up" => PRODUCT,
        "a sale with lines comes to their sum" => LINES,
        "the purchase history of a customer is that of their sales that are not void" => HISTORY,
        "a customer is found by all of their contacts" => CONTACTS,
        "the words by which customers are found are known" => WORDS,
        "the lifetime value of a customer is what they were charged, less what was voided or credited" => VALUE,
        "what a payment has left is what remains of it less its allocations that were not released" => LEFT,
        "a payment pays charges of its own customer" => PAYER,
        "an entry stands in the account of the customer of its charge or payment" => ACCOUNT,
        "a charge has what its kind has beside it" => KIND,
        other => panic!("a rule that these tests do not know: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn books_with_a_history_are_in_order_and_so_are_empty_ones() {
    let daybook = Daybook::start().await;
    assert_in_order(&daybook, &daybook.owner("empty").await).await;
    let owner = history(&daybook, "shop").await;
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_figure_is_found_with_its_subject() {
    let daybook = Daybook::start().await;
    let owner = history(&daybook, "shop").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let business: BusinessId = owner.business.parse().unwrap();

    let id = async |table: &str, of: &str| value(&raw, &format!("SELECT id FROM {table} WHERE {of}")).await;
    let record = id("charges", "kind = 'RECORD'").await;
    let sale = id("charges", "kind = 'SALE' AND amount = 1000").await;
    let bens_sale = id("charges", "kind = 'SALE' AND amount = 2000").await;
    let payment = id("payments", "amount = 13500").await;
    let bens = id("payments", "amount = 5000").await;
    let of_record = format!("charge_id = '{record}'");
    let entry = id("entries", &of_record).await;
    let allocation = id("allocations", &of_record).await;
    let (asha, ben) = ("customer C-000001".to_owned(), "customer C-000002".to_owned());
    let charge = |id: &str| format!("charge {id}");

    for (corruption, expected) in [
        (
            "UPDATE customers SET balance = balance + 1 WHERE code = 'C-000001'".to_owned(),
            vec![(ENTRIES, asha.clone()), (OPEN, asha.clone())],
        ),
        ("UPDATE customers SET last_payment_at = NULL WHERE code = 'C-000001'".to_owned(), vec![(LAST, asha.clone())]),
        (
            "UPDATE customers SET last_payment_at = last_payment_at + interval '1 microsecond'".to_owned(),
            vec![(LAST, asha.clone()), (LAST, ben.clone())],
        ),
        (
            format!("UPDATE charges SET amount = amount + 1 WHERE id = '{record}'"),
            vec![(OPEN, asha.clone()), (AMOUNT, charge(&record)), (PRODUCT, charge(&record)), (VALUE, asha.clone())],
        ),
        (
            format!("UPDATE charges SET paid = paid - 1 WHERE id = '{record}'"),
            vec![(OPEN, asha.clone()), (PAID, charge(&record))],
        ),
        (
            format!("UPDATE payments SET amount = amount + 1 WHERE id = '{payment}'"),
            vec![(PAYMENT, format!("payment {payment}")), (LEFT, format!("payment {payment}"))],
        ),
        (
            format!("UPDATE payments SET unallocated = unallocated - 1 WHERE id = '{bens}'"),
            vec![(OPEN, ben.clone()), (LEFT, format!("payment {bens}"))],
        ),
        (
            format!("UPDATE entries SET amount = amount + 1 WHERE id = '{entry}'"),
            vec![(ENTRIES, asha.clone()), (AMOUNT, charge(&record))],
        ),
        (
            format!("DELETE FROM entries WHERE payment_id = '{payment}'"),
            vec![(ENTRIES, asha.clone()), (PAYMENT, format!("payment {payment}"))],
        ),
        (
            format!(
                "UPDATE entries SET customer_id = (SELECT id FROM customers WHERE code = 'C-000002') WHERE id = '{entry}'"
            ),
            vec![(ENTRIES, asha.clone()), (ENTRIES, ben.clone()), (ACCOUNT, format!("entry {entry}"))],
        ),
        (
            format!("DELETE FROM allocations WHERE id = '{allocation}'"),
            vec![(PAID, charge(&record)), (LEFT, format!("payment {payment}"))],
        ),
        (
            format!("UPDATE allocations SET amount = amount - 1 WHERE id = '{allocation}'"),
            vec![(PAID, charge(&record)), (LEFT, format!("payment {payment}"))],
        ),
        (
            format!("UPDATE allocations SET charge_id = '{bens_sale}' WHERE id = '{allocation}'"),
            vec![(PAID, charge(&bens_sale)), (PAID, charge(&record)), (PAYER, format!("allocation {allocation}"))],
        ),
        (format!("DELETE FROM records WHERE id = '{record}'"), vec![(KIND, charge(&record))]),
        (
            format!("INSERT INTO sales SELECT business_id, id, 1 FROM records WHERE id = '{record}'"),
            vec![(KIND, charge(&record)), (HISTORY, asha.clone())],
        ),
        (format!("UPDATE charges SET kind = 'RECORD' WHERE id = '{sale}'"), vec![(KIND, charge(&sale))]),
        (
            format!("UPDATE charges SET paid = 0, voided_at = now() WHERE id = '{sale}'"),
            vec![
                (OPEN, asha.clone()),
                (AMOUNT, charge(&sale)),
                (PAID, charge(&sale)),
                (HISTORY, asha.clone()),
                (VALUE, asha.clone()),
            ],
        ),
        (
            format!("UPDATE records SET quantity = quantity + 0.001 WHERE id = '{record}'"),
            vec![(PRODUCT, charge(&record))],
        ),
        (
            format!("UPDATE allocations SET released_at = now() WHERE id = '{allocation}'"),
            vec![(PAID, charge(&record)), (LEFT, format!("payment {payment}"))],
        ),
        (
            format!("UPDATE payments SET reversed_at = now() WHERE id = '{payment}'"),
            vec![(LAST, asha.clone()), (PAYMENT, format!("payment {payment}")), (LEFT, format!("payment {payment}"))],
        ),
        (
            format!("UPDATE payments SET refunded = 1 WHERE id = '{payment}'"),
            vec![
                (PAYMENT, format!("payment {payment}")),
                (REFUNDED, format!("payment {payment}")),
                (LEFT, format!("payment {payment}")),
            ],
        ),
        (
            format!("UPDATE payments SET kind = 'CREDIT' WHERE id = '{payment}'"),
            vec![(LAST, asha.clone()), (RECEIPTS, asha.clone()), (VALUE, asha.clone())],
        ),
        (format!("UPDATE payments SET receipt = 2 WHERE id = '{bens}'"), vec![(RECEIPTS, ben.clone())]),
        (format!("UPDATE payments SET receipt = NULL WHERE id = '{payment}'"), vec![(RECEIPTS, asha.clone())]),
        (format!("UPDATE entries SET kind = 'CREDIT' WHERE id = '{entry}'"), vec![(SUBJECT, format!("entry {entry}"))]),
        (
            format!("UPDATE sales SET lines = '[{{ \"amount\": 999 }}, {{ \"amount\": 2 }}]' WHERE id = '{sale}'"),
            vec![(LINES, charge(&sale))],
        ),
        (
            "UPDATE purchase_histories SET purchases = purchases + 1".to_owned(),
            vec![(HISTORY, asha.clone()), (HISTORY, ben.clone())],
        ),
        (
            "UPDATE purchase_histories SET last_on = last_on + 1 WHERE spent = 1000".to_owned(),
            vec![(HISTORY, asha.clone())],
        ),
        (
            "UPDATE purchase_histories SET lifetime_value = lifetime_value - 1 WHERE spent = 2000".to_owned(),
            vec![(VALUE, ben.clone())],
        ),
        (
            "UPDATE customers SET contact_search = 'someone else' WHERE code = 'C-000002'".to_owned(),
            vec![(CONTACTS, ben.clone())],
        ),
        ("DELETE FROM search_words WHERE word = 'asha'".to_owned(), vec![(WORDS, asha.clone())]),
        (
            "DELETE FROM purchase_histories WHERE spent = 1000".to_owned(),
            vec![(HISTORY, asha.clone()), (VALUE, asha.clone())],
        ),
    ] {
        // Undone afterwards, so that each corruption is the only one.
        let transaction =
            Transaction::begin(&daybook.app.pool, Scope::Business(business, None), Mode::Job).await.unwrap();
        let disable = "ALTER TABLE entries DISABLE TRIGGER entries_append_only";
        (&mut &*transaction).batch_execute(&format!("{disable}; {corruption}")).await.unwrap();
        let broken = check::check(&transaction, business).await.unwrap();
        transaction.rollback().await.unwrap();

        let found = broken.iter().flat_map(|(rule, differences)| {
            differences.iter().map(|difference| {
                assert_ne!(difference.found, difference.expected, "{corruption}");
                (name(rule), difference.subject.clone())
            })
        });
        let sorted = |mut all: Vec<(&'static str, String)>| {
            all.sort();
            all
        };
        assert_eq!(sorted(found.collect()), sorted(expected), "{corruption}");
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_says_what_a_figure_is_and_should_be_in_its_business_only() {
    let daybook = Daybook::start().await;
    let owner = history(&daybook, "shop").await;
    let other = history(&daybook, "other").await;
    let raw = raw(&daybook.database, &owner.business).await;
    raw.batch_execute("UPDATE charges SET paid = 0 WHERE kind = 'RECORD'").await.unwrap();
    let found = differences(&daybook, &owner.business).await;
    let paid = found.iter().find(|(rule, _)| name(rule) == PAID).expect("the charge is found");
    assert_eq!((paid.1[0].found.as_str(), paid.1[0].expected.as_str()), ("0", "13200"));
    assert_in_order(&daybook, &other).await;
}

/// Runs `daybook check` on the data base.
async fn run(daybook: &Daybook, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = process::daybook(&Data::Database(&daybook.database));
    command.arg("check").args(arguments);
    output(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_prints_what_it_found_of_each_business_and_its_exit_code_says_whether() {
    let daybook = Daybook::start().await;
    let owner = history(&daybook, "shop").await;
    history(&daybook, "other").await;
    let (code, out, err) = run(&daybook, &[]).await;
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("shop: the books are in order") && out.contains("other: the books are in order"), "{out}");

    let raw = raw(&daybook.database, &owner.business).await;
    raw.batch_execute("UPDATE customers SET balance = balance + 1 WHERE code = 'C-000001'").await.unwrap();
    let (code, out, err) = run(&daybook, &[]).await;
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(out.contains("shop: differences") && out.contains("other: the books are in order"), "{out}");
    assert!(out.contains("customer C-000001: is 701, should be 700"), "{out}");
    // One business at a time.
    assert_eq!(run(&daybook, &["--business", "other"]).await.0, Some(0));
    assert_eq!(run(&daybook, &["--business", "shop"]).await.0, Some(1));
    let (code, _, err) = run(&daybook, &["--business", "nowhere"]).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("there is no business \"nowhere\""), "{err}");
}
