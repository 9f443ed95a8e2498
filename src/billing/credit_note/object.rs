//! The GraphQL object `CreditNote`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::CreditNote;
use crate::billing::invoice::{self, Invoice, InvoiceLine};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Date};
use crate::id::CreditNoteId;
use crate::ledger::payment::Payment;
use crate::money::{Amount, Money};

/// What was taken off an invoice.
#[Object]
impl CreditNote {
    /// The id of the credit note.
    pub async fn id(&self) -> CreditNoteId {
        self.row.id
    }

    /// Its number, such as `CN-2026-000007`: without gaps in a year.
    async fn number(&self) -> &str {
        &self.row.number
    }

    /// The invoice that it takes something off.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Invoice> {
        let invoice = ctx.load::<invoice::ById>(self.row.invoice_id).await?;
        invoice.ok_or_else(|| Error::internal("a credit note on no invoice"))
    }

    /// For whom it is.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.row.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a credit note without a customer"))
    }

    /// The day on which it was issued.
    async fn issued_on(&self) -> Date {
        Date(self.row.issued_on)
    }

    /// Why it was made.
    async fn reason(&self) -> &str {
        &self.row.reason
    }

    /// What it takes off, line by line. Empty where it is of an amount.
    async fn lines(&self) -> &[InvoiceLine] {
        &self.row.lines.0
    }

    /// What it comes to without tax.
    async fn net(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.row.net).await
    }

    /// The tax.
    async fn tax(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.row.tax).await
    }

    /// What it comes to with tax.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.row.total).await
    }

    /// What it is in the account: the credit that pays the invoice, and of which the rest is the customer's.
    #[graphql(name = "credit")]
    async fn credit_given(&self) -> &Payment {
        &self.credit
    }

    /// When it was taken back, by reversing its credit. Null if it was not.
    async fn reversed_at(&self) -> Option<DateTime<Utc>> {
        self.credit.reversed_at
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

async fn money(ctx: &Context<'_>, amount: Amount) -> Result<Money> {
    Ok(ctx.read().await?.viewer.money(amount))
}
