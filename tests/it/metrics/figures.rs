//! The figures that are kept up: `daybook check` proves them, and rolling them up changes none.

use daybook::db::{Mode, Scope, Transaction};
use daybook::id::BusinessId;
use daybook::metrics::{check, figures::roll};
use diesel_async::SimpleAsyncConnection as _;

use crate::books::{assert_in_order, deliver, pay, pay_ahead, raw, value};
use crate::harness::Daybook;

const RULE: &str = "the figures of a business are the sums of its entries, its charges and its customers";

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_figure_is_found_with_its_subject() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let asha = owner.customer("Asha").await;
    deliver(&owner, &asha, "2026-01-01", "1", "100").await;
    pay_ahead(&owner, &asha, "30", "2026-01-02T00:00:00Z").await;
    let joined = value(&raw(&daybook.database, &owner.business).await, "SELECT joined_on FROM customers").await;
    let business: BusinessId = owner.business.parse().unwrap();
    for rolled in [false, true] {
        if rolled {
            assert!(roll::run_business(&daybook.app, business).await.unwrap() > 0);
        }
        assert_in_order(&daybook, &owner).await;
        for (corruption, subject, found, expected) in [
            ("UPDATE figures SET amount = amount + 1 WHERE kind = 'CHARGED'", "charged 2026-01-01", "10001", "10000"),
            ("DELETE FROM figures WHERE kind = 'COLLECTED'", "collected 2026-01-02 CASH", "0", "3000"),
            (
                "UPDATE figures SET key = 'UPI' WHERE kind = 'COLLECTED'; DELETE FROM figures WHERE key = 'UPI'",
                "collected 2026-01-02 CASH",
                "0",
                "3000",
            ),
            (
                "INSERT INTO figures (business_id, kind, day, key, amount, is_delta)
                 SELECT id, 'CREDITED', '2026-01-03', '', 5, true FROM businesses",
                "credited 2026-01-03",
                "5",
                "0",
            ),
            (
                "DELETE FROM figures WHERE kind = 'OUTSTANDING' AND amount < 0;
                 UPDATE figures SET amount = 1 WHERE kind = 'OUTSTANDING'",
                "outstanding 2026-01-01",
                "1",
                "7000",
            ),
            (
                "UPDATE figures SET amount = 2 WHERE kind = 'CUSTOMERS'",
                &format!("customers {joined} ACTIVE/REGULAR/"),
                "2",
                "1",
            ),
        ] {
            // Undone afterwards, so that each corruption is the only one.
            let scope = Scope::Business(business, None);
            let transaction = Transaction::begin(&daybook.app.pool, scope, Mode::Job).await.unwrap();
            (&mut &*transaction).batch_execute(corruption).await.unwrap();
            let broken = check::check(&transaction, business).await.unwrap();
            transaction.rollback().await.unwrap();
            let shown: Vec<_> = broken
                .iter()
                .flat_map(|(rule, rows)| {
                    rows.iter().map(move |row| (*rule, &*row.subject, &*row.found, &*row.expected))
                })
                .collect();
            assert_eq!(shown, [(RULE, subject, found, expected)], "{corruption}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rolling_up_leaves_one_row_a_figure_and_two_who_do_it_share_the_work() {
    let daybook = Daybook::start().await;
    let (owner, other) = (daybook.owner("shop").await, daybook.owner("other").await);
    for owner in [&owner, &other] {
        let asha = owner.customer("Asha").await;
        for _ in 0..5 {
            deliver(owner, &asha, "2026-01-01", "1", "100").await;
            pay(owner, &asha, "40").await;
        }
    }
    let raw = raw(&daybook.database, &owner.business).await;
    let sums = "SELECT json_agg(f ORDER BY f::text) FROM
        (SELECT kind, day, key, sum(amount) FROM figures GROUP BY 1, 2, 3 HAVING sum(amount) <> 0) f";
    let before = value(&raw, sums).await;
    assert!(value(&raw, "SELECT count(*) FROM figures").await.parse::<i64>().unwrap() > 10);
    let rolled = tokio::try_join!(roll::run(&daybook.app), roll::run(&daybook.app)).unwrap();
    assert!(rolled.0 + rolled.1 >= 20, "{rolled:?}");
    assert_eq!(value(&raw, sums).await, before);
    assert_eq!(value(&raw, "SELECT count(*) FROM figures WHERE is_delta").await, "0");
    let most = "SELECT max(count) FROM (SELECT count(*) FROM figures GROUP BY kind, day, key) f";
    assert_eq!(value(&raw, most).await, "1");
    // Nothing is left to do.
    assert_eq!(roll::run(&daybook.app).await.unwrap(), 0);
    for owner in [&owner, &other] {
        assert_in_order(&daybook, owner).await;
    }
}
