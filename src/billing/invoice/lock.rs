//! Locking an invoice: its customer first, like everything that changes money.

use super::model::Invoice;
use super::store;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::Write;
use crate::id::InvoiceId;

/// Locks the customer of an invoice. The two as they are from then on. A user error at `field` if there is no such
/// invoice.
pub async fn lock(write: &Write, id: InvoiceId, field: &str) -> Result<(Customer, Invoice)> {
    let business = write.viewer.business.id;
    let absent = || Error::user(UserErrorCode::NotFound, field, format!("there is no invoice {id}"));
    let found = store::find(write, business, id).await?.ok_or_else(absent)?;
    let customer = customer::store::lock(write, business, found.row.customer_id, field).await?;
    // What stood there before the lock may have changed meanwhile.
    let invoice = store::find(write, business, id).await?.ok_or_else(absent)?;
    Ok((customer, invoice))
}

impl Invoice {
    /// A user error at `field` if it is a draft, for which one does something else, or void.
    pub fn require_final(&self, field: &str, instead: &str) -> Result<()> {
        match &self.charge {
            None => {
                let message = format!("the invoice is a draft: {instead}");
                Err(Error::user(UserErrorCode::Invalid, field, message))
            }
            Some(charge) if charge.voided_at.is_some() => {
                Err(Error::user(UserErrorCode::Void, field, "the invoice is void: nothing of it is owed any more"))
            }
            Some(_) => Ok(()),
        }
    }
}
