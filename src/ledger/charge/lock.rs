//! Locking a charge: its customer first, like everything that changes money.

use super::model::ChargeRow;
use super::store;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::Write;
use crate::id::ChargeId;

/// Locks the customer of a charge. The two as they are from then on; the charge may have been deleted. A user error
/// at `id` if there is no such charge.
pub async fn lock(write: &Write, id: ChargeId) -> Result<(Customer, ChargeRow)> {
    let business = write.viewer.business.id;
    let found = store::find(write, business, id).await?.ok_or_else(absent)?;
    let customer = customer::store::lock(write, business, found.customer_id, "id").await?;
    // What stood there before the lock may have changed meanwhile.
    let charge = store::find(write, business, id).await?.ok_or_else(absent)?;
    Ok((customer, charge))
}

impl ChargeRow {
    /// A user error at `id` if it is deleted or void, and so cannot be changed.
    pub fn require_live(&self) -> Result<()> {
        if self.deleted_at.is_some() {
            return Err(absent());
        }
        if self.voided_at.is_some() {
            return Err(Error::user(UserErrorCode::Void, "id", "the charge is void: it cannot be changed any more"));
        }
        Ok(())
    }
}

fn absent() -> Error {
    Error::user(UserErrorCode::NotFound, "id", "there is no such charge: it may have been deleted")
}
