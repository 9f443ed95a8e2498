//! Many at once on the money of one customer.

use futures_util::future::join_all;
use serde_json::json;

use crate::books::{Dice, assert_in_order, balance, decimal, deliver, pay, raw, refusals, value};
use crate::harness::Daybook;

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_pay_everything_at_once_one_succeeds() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-01", "60").await;
    deliver(&owner, &customer, "2026-01-02", "4", "10").await;
    let answers = join_all((0..50).map(|_| pay(&owner, &customer, "100"))).await;
    let done = answers.iter().filter(|answer| refusals(answer).is_empty()).count();
    let refused = answers.iter().filter(|answer| refusals(answer) == ["OVERPAYMENT amount"]).count();
    assert_eq!((done, refused), (1, 49));
    assert_eq!(balance(&owner, &customer).await, "0.00");
    let raw = raw(&daybook.database, &owner.business).await;
    let counts =
        "SELECT concat_ws(' ', (SELECT count(*) FROM payments), (SELECT count(*) FROM entries WHERE kind = 'PAYMENT'),
        (SELECT count(*) FROM events WHERE kind = 'PAYMENT_RECORDED'))";
    assert_eq!(value(&raw, counts).await, "1 1 1");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn charges_and_payments_of_one_customer_at_once_keep_the_books() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut dice = Dice::throw();
    let works = (0..12).map(|worker| {
        let (owner, customer, mut dice) = (owner.clone(), customer.clone(), dice.fork());
        async move {
            // What the customer owes more, and less, because of this worker.
            let mut owed = 0;
            for _ in 0..12 {
                let amount = dice.between(1, 5_000);
                match worker % 3 {
                    0 => {
                        owner.sale(&customer, "2026-01-01", &decimal(amount)).await;
                        owed += amount;
                    }
                    1 => {
                        deliver(&owner, &customer, "2026-01-02", "1", &decimal(amount)).await;
                        owed += amount;
                    }
                    _ => {
                        let credit = dice.percent(50);
                        let input = json!({
                            "customerId": customer, "amount": decimal(amount), "method": "CASH", "allowCredit": credit
                        });
                        let paid = owner.pay(input).await;
                        match refusals(&paid).first() {
                            None => owed -= amount,
                            Some(code) => assert_eq!((code.as_str(), credit), ("OVERPAYMENT amount", false)),
                        }
                    }
                }
            }
            owed
        }
    });
    let owed: i64 = join_all(works).await.into_iter().sum();
    assert_eq!(balance(&owner, &customer).await, decimal(owed));
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_pay_parts_at_once_pay_each_part_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    for day in 1..=5 {
        owner.sale(&customer, &format!("2026-01-{day:02}"), "7").await;
    }
    // 35.00 is owed: eleven payments of 3.00 fit, and nothing of the twelfth.
    let answers = join_all((0..30).map(|_| pay(&owner, &customer, "3"))).await;
    let done = answers.iter().filter(|answer| refusals(answer).is_empty()).count();
    assert_eq!((done, balance(&owner, &customer).await.as_str()), (11, "2.00"));
    assert_in_order(&daybook, &owner).await;
}
