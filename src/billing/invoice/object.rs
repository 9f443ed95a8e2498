//! The GraphQL objects `Invoice` and `InvoiceLine`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::line::InvoiceLine;
use super::link::link;
use super::model::{Invoice, InvoiceStatus};
use crate::auth::Permission;
use crate::billing::credit_note::{self, CreditNote};
use crate::billing::subscription::{self, PlanSubscription};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{Connection, ContextExt as _, Date, Nullable, PageArgs, page_of, permitted};
use crate::id::InvoiceId;
use crate::ledger::invoice_charge::InvoiceCharge;
use crate::money::{Amount, Exact, Money};
use crate::print::{DocumentLink, Format};
use crate::tax::TaxMode;

/// What a customer is asked to pay, with lines and tax.
#[Object]
impl Invoice {
    /// The id of the invoice.
    pub async fn id(&self) -> InvoiceId {
        self.row.id
    }

    /// Its number, such as `INV-2026-000123`: without gaps in a year. Null for a draft.
    async fn number(&self) -> &Option<String> {
        &self.row.number
    }

    /// Where it stands. It follows what is paid of it.
    #[graphql(name = "status")]
    async fn status_now(&self) -> InvoiceStatus {
        self.status()
    }

    /// For whom it is.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.row.customer_id).await?;
        customer.ok_or_else(|| Error::internal("an invoice without a customer"))
    }

    /// The day on which it was issued. Null for a draft.
    async fn issued_on(&self) -> Option<Date> {
        self.row.sequence.map(|_| Date(self.row.issued_on))
    }

    /// The day by which it is to be paid. Null for a draft that is due by the terms of the business.
    async fn due_on(&self) -> Option<Date> {
        self.row.due_on.map(Date)
    }

    /// Whether the prices of its lines are without tax or with it.
    async fn tax_mode(&self) -> TaxMode {
        self.row.tax_mode
    }

    /// What it is for.
    async fn lines(&self) -> &[InvoiceLine] {
        &self.row.lines.0
    }

    /// What it comes to without tax: the sum of its lines.
    async fn net(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.row.net).await
    }

    /// The tax: the sum of its lines.
    async fn tax(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.row.tax).await
    }

    /// What it comes to with tax.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.row.total).await
    }

    /// How much of it is paid, by money or by credit.
    async fn paid(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.charge.as_ref().map_or(Amount::ZERO, |charge| charge.paid)).await
    }

    /// How much of it is still to be paid: nothing of a draft.
    async fn outstanding(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.charge.as_ref().map_or(Amount::ZERO, |charge| charge.outstanding())).await
    }

    /// Whether it should have been paid before today.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        let today = ctx.read().await?.viewer.business.today(&ctx.app().clock);
        Ok(self.charge.as_ref().is_some_and(|charge| charge.overdue(today)))
    }

    /// What is owed of it, which payments name. Null for a draft.
    #[graphql(name = "charge")]
    async fn charge_owed(&self) -> Option<InvoiceCharge> {
        self.charge.clone().map(|charge| InvoiceCharge { charge })
    }

    /// How much of it was credited by credit notes.
    async fn credited(&self, ctx: &Context<'_>) -> Result<Money> {
        let credited = ctx.load::<credit_note::CreditedOf>(self.row.id).await?;
        money(ctx, credited.unwrap_or_default().gross).await
    }

    /// The credit notes on it, oldest first.
    async fn credit_notes(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<CreditNote>> {
        let page = PageArgs { first, after, last, before, offset }.page(credit_note::BY_AGE)?;
        page_of::<credit_note::OfInvoice, credit_note::CountOfInvoice, _, _>(ctx, self.row.id, page).await
    }

    /// What else stands on it.
    async fn memo(&self) -> &Option<String> {
        &self.row.memo
    }

    /// Whether it is one of many that come by themselves.
    async fn recurring(&self) -> bool {
        self.row.recurring
    }

    /// The subscription that it is for. Null if it is for none, or with an error for those who may not read it.
    async fn subscription(&self, ctx: &Context<'_>) -> Nullable<PlanSubscription> {
        permitted(ctx, Permission::SubscriptionsRead, ctx.load::<subscription::ById>(self.row.subscription_id)).await
    }

    /// The first day that it is for. Null if it is for no days.
    async fn period_start(&self) -> Option<Date> {
        self.row.period_start.map(Date)
    }

    /// The day after the last that it is for. Null if it is for no days.
    async fn period_end(&self) -> Option<Date> {
        self.row.period_end.map(Date)
    }

    /// A link to it, to read, print or send: whoever has it needs no sign-in, for thirty days. A PDF if no format is given.
    /// Null for a draft.
    #[graphql(name = "link")]
    async fn signed_link(&self, ctx: &Context<'_>, format: Option<Format>) -> Result<Option<DocumentLink>> {
        link(ctx.app(), &self.row, format.unwrap_or(Format::Pdf))
    }

    /// When it was voided. Null if it was not.
    async fn voided_at(&self) -> Option<DateTime<Utc>> {
        self.charge.as_ref().and_then(|charge| charge.voided_at)
    }

    /// When the business gave up on it. Null if it has not.
    async fn uncollectible_at(&self) -> Option<DateTime<Utc>> {
        self.row.uncollectible_at
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// So much of something, at a price and a rate of tax.
#[Object]
impl InvoiceLine {
    /// What it is.
    async fn description(&self) -> &str {
        &self.description
    }

    /// How much of it.
    async fn quantity(&self) -> Exact {
        Exact(self.quantity.normalize())
    }

    /// What one unit costs, in the currency of the business, to six decimals. Below zero, it is taken off.
    async fn unit_price(&self) -> Exact {
        Exact(self.unit_price.normalize())
    }

    /// The rate of tax in percent.
    async fn tax_rate(&self) -> Exact {
        self.tax_rate.percent()
    }

    /// What the line comes to without tax.
    async fn net(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.taxed.net).await
    }

    /// The tax: where prices are exclusive, net × rate ÷ 100, and else amount × rate ÷ (100 + rate), rounded half up.
    async fn tax(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.taxed.tax).await
    }

    /// What the line comes to with tax.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.taxed.gross).await
    }
}

async fn money(ctx: &Context<'_>, amount: Amount) -> Result<Money> {
    Ok(ctx.read().await?.viewer.money(amount))
}
