//! Root subscription fields of payments.

use async_graphql::{Context, Enum, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::model::Payment;
use crate::auth::{Can, Permission};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::events::{self, Event, EventFilter, EventKind};
use crate::graphql::{ContextExt as _, Session};
use crate::id::{CustomerId, PaymentId};

/// What happened to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PaymentUpdateKind {
    /// It was recorded.
    Recorded,
    /// It was reversed.
    Reversed,
    /// It was refunded, in part or in full.
    Refunded,
}

/// A payment that moved, with what it changed.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct PaymentUpdate {
    /// The place in the log: give it as `after` to go on from here.
    cursor: String,
    /// What happened.
    kind: PaymentUpdateKind,
    /// The payment as it is now.
    payment: Payment,
    /// The customer as they are now.
    customer: Customer,
}

/// Live payments.
#[derive(Default)]
pub struct PaymentSubscription;

#[Subscription]
impl PaymentSubscription {
    /// Payments as they are recorded, reversed and refunded: of one customer, or of the whole business. With `after`, first everything
    /// since that cursor. Each arrives once, in the order of the log.
    #[graphql(guard = "Can(Permission::LedgerRead)")]
    async fn payment_updates(
        &self,
        ctx: &Context<'_>,
        customer_id: Option<CustomerId>,
        after: Option<String>,
    ) -> Result<impl Stream<Item = async_graphql::Result<PaymentUpdate>>> {
        let session = ctx.session().clone();
        let viewer = session.read().await?.viewer.clone();
        // Waiting for events holds no connection.
        session.close().await?;
        let kinds = vec![EventKind::PaymentRecorded, EventKind::PaymentReversed, EventKind::PaymentRefunded];
        let filter = EventFilter { kinds: Some(kinds), customer: customer_id, about_customers: true };
        let events = events::follow(&session, &viewer, after, filter).await?;
        Ok(events.then(move |event| {
            let session = session.clone();
            async move { Ok(update(&session, &*event?).await?) }
        }))
    }
}

/// Loads afresh what an event tells of.
async fn update(session: &Session, event: &Event) -> Result<PaymentUpdate> {
    session.reach(event).await;
    let snapshot = session.read().await?;
    snapshot.viewer.require(Permission::LedgerRead)?;
    let (payment, customer) = tokio::try_join!(snapshot.load::<super::ById>(PaymentId(event.subject_id)), async {
        match event.customer_id {
            Some(id) => snapshot.load::<customer::ById>(id).await,
            None => Ok(None),
        }
    },)?;
    let (Some(payment), Some(customer)) = (payment, customer) else {
        return Err(Error::internal("an event of a payment that is not there"));
    };
    let kind = match event.kind {
        EventKind::PaymentReversed => PaymentUpdateKind::Reversed,
        EventKind::PaymentRefunded => PaymentUpdateKind::Refunded,
        _ => PaymentUpdateKind::Recorded,
    };
    Ok(PaymentUpdate { cursor: event.cursor().to_string(), kind, payment, customer })
}
