//! What settling a debt does to who was suspended for it.

use serde_json::json;

use super::store;
use crate::customers::customer::{self, Customer, CustomerStatus};
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;

/// Serves a locked customer again if dunning suspended them and nothing of what they were suspended for is owed any more.
/// Whatever settles an invoice calls this after it. Of all others it takes no statement.
pub async fn reactivate(write: &Write, customer: &mut Customer) -> Result<()> {
    let business = write.viewer.business.id;
    let suspended = customer.suspended_by_dunning && customer.status_unless_archived == CustomerStatus::Suspended;
    if !suspended || store::is_in_arrears(write, business, customer.id).await? {
        return Ok(());
    }
    customer::store::set_suspended(write, business, &[customer.id], false, write.now()).await?;
    customer.suspended_by_dunning = false;
    customer.status_unless_archived = CustomerStatus::Active;
    let event = NewEvent::of_customer(EventKind::CustomerReactivated, customer.id, customer.id.0, json!({}));
    events::record(write, event).await
}
