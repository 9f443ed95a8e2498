//! Streams across restarts and across the nodes of one data base.

use daybook::clock::Clock;
use serde_json::json;

use super::{PAYMENTS, attached, cursor, payment, subscribed};
use crate::books::pay_ahead;
use crate::harness::Daybook;

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_after_a_restart() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut socket = subscribed(&owner, PAYMENTS, json!({})).await;
    attached(&daybook, &owner, 1).await;
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    let first = payment(&mut socket).await;
    pay_ahead(&owner, &customer, "2", "2026-01-01T00:00:00Z").await;

    let daybook = Daybook::on(daybook.stop().await, Clock::System).await;
    let owner = owner.at(daybook.address);
    pay_ahead(&owner, &customer, "3", "2026-01-01T00:00:00Z").await;
    let mut socket = subscribed(&owner, PAYMENTS, json!({ "after": first["cursor"] })).await;
    let mut last = cursor(&first);
    for amount in ["2.00", "3.00", "4.00"] {
        if amount == "4.00" {
            pay_ahead(&owner, &customer, "4", "2026-01-01T00:00:00Z").await;
        }
        let update = payment(&mut socket).await;
        assert_eq!(update["payment"]["amount"]["amount"], amount);
        assert!(cursor(&update) > last);
        last = cursor(&update);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_on_one_node_is_seen_on_the_others_and_cursors_are_good_on_all() {
    let one = Daybook::start().await;
    let two = Daybook::on(one.database.shared(), Clock::System).await;
    let owner = one.owner("shop").await;
    let there = owner.at(two.address);
    let customer = owner.customer("Someone").await;
    let mut on_one = subscribed(&owner, PAYMENTS, json!({})).await;
    let mut on_two = subscribed(&there, PAYMENTS, json!({})).await;
    attached(&one, &owner, 1).await;
    attached(&two, &owner, 1).await;

    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    pay_ahead(&there, &customer, "2", "2026-01-01T00:00:00Z").await;
    pay_ahead(&owner, &customer, "3", "2026-01-01T00:00:00Z").await;
    let mut cursors = Vec::new();
    for amount in ["1.00", "2.00", "3.00"] {
        let update = payment(&mut on_one).await;
        assert_eq!(update["payment"]["amount"]["amount"], amount);
        assert_eq!(payment(&mut on_two).await["cursor"], update["cursor"]);
        cursors.push(update["cursor"].clone());
    }
    // Away from one node, back on the other.
    drop(on_one);
    let mut back = subscribed(&there, PAYMENTS, json!({ "after": cursors[0] })).await;
    for cursor in &cursors[1..] {
        assert_eq!(payment(&mut back).await["cursor"], *cursor);
    }
}
