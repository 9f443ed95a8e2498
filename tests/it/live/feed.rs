//! What readers of the same operation share.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

use super::access::again;
use super::{PAYMENTS, attached, event_cursor, next, operate};
use crate::books::pay_ahead;
use crate::harness::{Daybook, text};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_loaded_and_written_once_for_all_who_ask_the_same_in_the_same_role() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (another, clerk) = (again(&daybook, "shop").await, daybook.member(&owner, "CLERK").await);
    let elsewhere = daybook.owner("other").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let stranger = elsewhere.customer("Stranger").await;
    let begin = event_cursor(&owner).await;
    let renamed = PAYMENTS.replace("$after", "$from");
    let readers = [
        (&owner, PAYMENTS, json!({})),
        (&another, PAYMENTS, json!({})),
        // Where they began does not matter, however they say it.
        (&owner, PAYMENTS, json!({ "after": begin })),
        (&owner, &renamed, json!({ "from": begin })),
        (&another, &renamed, json!({})),
        // Another role, another selection, another question, another business.
        (&clerk, PAYMENTS, json!({})),
        (&owner, "subscription { paymentUpdates { kind } }", json!({})),
        (&owner, PAYMENTS, json!({ "customer": asha })),
        (&elsewhere, PAYMENTS, json!({})),
    ];
    let mut streams: Vec<_> =
        readers.iter().map(|(client, query, variables)| operate(&daybook, client, query, variables.clone())).collect();
    {
        let mut waiting: FuturesUnordered<_> = streams.iter_mut().map(|stream| stream.next()).collect();
        tokio::select! {
            _ = waiting.next() => panic!("nothing has happened yet"),
            () = async {
                attached(&daybook, &owner, 8).await;
                attached(&daybook, &elsewhere, 1).await;
            } => {}
        }
    }
    pay_ahead(&owner, &asha, "1", "2026-01-01T00:00:00Z").await;
    pay_ahead(&elsewhere, &stranger, "1", "2026-01-01T00:00:00Z").await;
    let mut payloads = Vec::new();
    for stream in &mut streams {
        payloads.push(next(stream).await);
    }
    for (one, other, same) in
        [(0, 1, true), (0, 2, true), (3, 4, true), (0, 5, false), (0, 6, false), (0, 7, false), (0, 8, false)]
    {
        assert_eq!(Arc::ptr_eq(&payloads[one].json, &payloads[other].json), same, "{one} and {other}");
    }
    // Each sees its own.
    let seen: Vec<Value> = payloads.iter().map(|payload| serde_json::from_str(&payload.json).unwrap()).collect();
    let who = |seen: &Value| seen["data"]["paymentUpdates"]["customer"]["id"].clone();
    assert_eq!((who(&seen[0]), who(&seen[7]), who(&seen[8])), (json!(asha), json!(asha), json!(stranger)));
    assert_eq!(text(&seen[6]["data"]["paymentUpdates"]["kind"]), "RECORDED");
    pay_ahead(&owner, &ben, "1", "2026-01-01T00:00:00Z").await;
    pay_ahead(&owner, &asha, "1", "2026-01-01T00:00:00Z").await;
    let of_asha: Value = serde_json::from_str(&next(&mut streams[7]).await.json).unwrap();
    assert_eq!(who(&of_asha), json!(asha));

    // The feed goes on when the one who began it leaves, and ends with the last.
    drop(streams.remove(0));
    next(&mut streams[0]).await;
    drop(streams);
    attached(&daybook, &owner, 0).await;
}
