//! The GraphQL object `InvoiceCharge`.

use async_graphql::Context;

use super::InvoiceCharge;
use crate::billing::invoice::{self, Invoice};
use crate::error::{Error, Result};
use crate::graphql::ContextExt as _;
use crate::id::InvoiceId;
use crate::ledger::charge::charge_object;

charge_object! {
    /// What a customer owes of an invoice.
    impl InvoiceCharge {
        /// The invoice.
        async fn invoice(&self, ctx: &Context<'_>) -> Result<Invoice> {
            let invoice = ctx.load::<invoice::ById>(InvoiceId(self.charge.id.0)).await?;
            invoice.ok_or_else(|| Error::internal("the charge of no invoice"))
        }
    }
}
