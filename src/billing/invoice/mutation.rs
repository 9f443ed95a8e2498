//! Mutations of invoices.

use async_graphql::{Context, Object};
use serde::Serialize;
use serde_json::json;

use super::input::{
    InvoiceCreateInput, InvoiceFinalizeInput, InvoiceUpdateInput, InvoiceVoidInput, MAX_REASON, check_issued_on,
};
use super::issue;
use super::lock::lock;
use super::model::{Invoice, InvoiceRow, InvoiceStatus};
use super::store;
use crate::auth::Permission;
use crate::billing::credit_note;
use crate::customers::customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Date, Nullable, Write, mutate, payload};
use crate::id::InvoiceId;
use crate::ledger::charge;
use crate::ledger::dunning;
use crate::ledger::idempotency;
use crate::text::Checks;

payload! {
    /// The answer of mutations of an invoice.
    InvoicePayload {
        /// The invoice as it is now.
        invoice: Invoice,
    }
}

payload! {
    /// The answer of `invoiceDelete`.
    InvoiceDeletePayload {
        /// The id of the draft that is gone.
        deleted_id: InvoiceId,
    }
}

/// Mutations of invoices.
#[derive(Default)]
pub struct InvoiceMutation;

#[Object]
impl InvoiceMutation {
    /// Drafts an invoice. It has no number and is owed by nobody until it is finalised.
    async fn invoice_create(&self, ctx: &Context<'_>, input: InvoiceCreateInput) -> Nullable<InvoicePayload> {
        mutate(ctx, Permission::InvoicesWrite, create(ctx, input)).await
    }

    /// Changes a draft. Absent fields stay as they are; null clears.
    async fn invoice_update(
        &self,
        ctx: &Context<'_>,
        id: InvoiceId,
        input: InvoiceUpdateInput,
    ) -> Nullable<InvoicePayload> {
        mutate(ctx, Permission::InvoicesWrite, update(ctx, id, input)).await
    }

    /// Deletes a draft. What is final is kept: void it instead.
    async fn invoice_delete(&self, ctx: &Context<'_>, id: InvoiceId) -> Nullable<InvoiceDeletePayload> {
        mutate(ctx, Permission::InvoicesWrite, delete(ctx, id)).await
    }

    /// Finalises a draft: it gets the next number of its year, and the customer owes it from then on. Their credit pays
    /// it at once, where the business wants that.
    async fn invoice_finalize(
        &self,
        ctx: &Context<'_>,
        id: InvoiceId,
        input: Option<InvoiceFinalizeInput>,
    ) -> Nullable<InvoicePayload> {
        mutate(ctx, Permission::InvoicesWrite, finalize(ctx, id, input.unwrap_or_default())).await
    }

    /// Voids an invoice: it is owed no more, what was paid of it becomes the customer's credit, and its number stays
    /// taken. One with credit notes is not voided: credit the rest of it.
    async fn invoice_void(
        &self,
        ctx: &Context<'_>,
        id: InvoiceId,
        input: InvoiceVoidInput,
    ) -> Nullable<InvoicePayload> {
        mutate(ctx, Permission::InvoicesWrite, void(ctx, id, input)).await
    }

    /// Gives up on an open invoice. It is owed all the same, and paid if it is paid after all. Nobody is reminded of it or
    /// suspended for it any more.
    async fn invoice_mark_uncollectible(&self, ctx: &Context<'_>, id: InvoiceId) -> Nullable<InvoicePayload> {
        mutate(ctx, Permission::InvoicesWrite, mark_uncollectible(ctx, id)).await
    }
}

async fn create(ctx: &Context<'_>, input: InvoiceCreateInput) -> Result<InvoicePayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let (new, key) = input.check(tenant)?;
    let customer = customer::store::lock(&write, tenant.id, new.customer, "customerId").await?;
    let mut id = InvoiceId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "invoiceCreate", &new, id.0).await? {
        Some(done) => id = InvoiceId(done),
        None => {
            charge::refuse_archived(&customer)?;
            let row = new.invoice(write.today()).draft(&write, id, &customer);
            store::insert(&write, &row).await?;
            record(&write, EventKind::InvoiceCreated, &row).await?;
        }
    }
    done(ctx, write, id).await
}

async fn update(ctx: &Context<'_>, id: InvoiceId, input: InvoiceUpdateInput) -> Result<InvoicePayload> {
    let write = ctx.write().await?;
    let (_, invoice) = lock(&write, id, "id").await?;
    require_draft(&invoice)?;
    let mut row = invoice.row;
    input.apply(&mut row, &write.viewer.business)?;
    row.updated_at = write.now();
    store::update(&write, &row).await?;
    record(&write, EventKind::InvoiceUpdated, &row).await?;
    done(ctx, write, id).await
}

async fn delete(ctx: &Context<'_>, id: InvoiceId) -> Result<InvoiceDeletePayload> {
    let write = ctx.write().await?;
    let (_, invoice) = lock(&write, id, "id").await?;
    require_draft(&invoice)?;
    store::delete(&write, invoice.row.business_id, id).await?;
    record(&write, EventKind::InvoiceDeleted, &invoice.row).await?;
    write.commit().await?;
    Ok(InvoiceDeletePayload { deleted_id: Some(id), ..Default::default() })
}

async fn finalize(ctx: &Context<'_>, id: InvoiceId, input: InvoiceFinalizeInput) -> Result<InvoicePayload> {
    #[derive(Serialize)]
    struct Request {
        invoice: InvoiceId,
        issued_on: Option<String>,
    }

    let write = ctx.write().await?;
    let mut checks = Checks::default();
    let key = idempotency::read(input.idempotency_key.as_deref(), &mut checks);
    checks.finish()?;
    let (mut customer, invoice) = lock(&write, id, "id").await?;
    let request = Request { invoice: id, issued_on: input.issued_on.map(|Date(day)| day.to_string()) };
    if idempotency::claim(&write, key.as_deref(), "invoiceFinalize", &request, id.0).await?.is_none() {
        require_draft(&invoice)?;
        let issued_on = check_issued_on(input.issued_on, write.today())?;
        if let Some(due_on) = invoice.row.due_on.filter(|due_on| *due_on < issued_on) {
            let message = format!("the draft is due on {due_on}, before its day of issue, {issued_on}: change dueOn");
            return Err(Error::user(UserErrorCode::Invalid, "issuedOn", message));
        }
        issue::finalize(&write, &mut customer, invoice, issued_on).await?;
    }
    done(ctx, write, id).await
}

async fn void(ctx: &Context<'_>, id: InvoiceId, input: InvoiceVoidInput) -> Result<InvoicePayload> {
    #[derive(Serialize)]
    struct Request<'a> {
        invoice: InvoiceId,
        reason: &'a str,
    }

    let write = ctx.write().await?;
    let mut checks = Checks::default();
    let key = idempotency::read(input.idempotency_key.as_deref(), &mut checks);
    let reason = checks.text("reason", &input.reason, MAX_REASON);
    checks.finish()?;
    let (mut customer, invoice) = lock(&write, id, "id").await?;
    let request = Request { invoice: id, reason: &reason };
    if idempotency::claim(&write, key.as_deref(), "invoiceVoid", &request, id.0).await?.is_none() {
        invoice.require_final("id", "delete it instead")?;
        let business = write.viewer.business.id;
        let credited = credit_note::store::credited(&write, business, &[id]).await?.remove(&id);
        if let Some(credited) = credited {
            let message = format!(
                "{} of the invoice was credited already: make a credit note on the rest instead",
                write.viewer.business.write(credited.gross)
            );
            return Err(Error::user(UserErrorCode::HasHistory, "id", message));
        }
        let data = json!({ "amount": invoice.row.total.0, "number": invoice.row.number, "reason": reason });
        let charge = invoice.charge()?;
        charge::void(&write, &mut customer, charge, EventKind::InvoiceVoided, data, reason).await?;
    }
    done(ctx, write, id).await
}

async fn mark_uncollectible(ctx: &Context<'_>, id: InvoiceId) -> Result<InvoicePayload> {
    let write = ctx.write().await?;
    let (mut customer, invoice) = lock(&write, id, "id").await?;
    match invoice.status() {
        InvoiceStatus::Open => {
            store::set_uncollectible(&write, invoice.row.business_id, id, write.now()).await?;
            record(&write, EventKind::InvoiceMarkedUncollectible, &invoice.row).await?;
            dunning::reactivate(&write, &mut customer).await?;
        }
        // It is what was asked for.
        InvoiceStatus::Uncollectible => {}
        status => {
            let status: &str = status.into();
            let message = format!("the invoice is {status}: only one that is OPEN can be given up");
            return Err(Error::user(UserErrorCode::Invalid, "id", message));
        }
    }
    done(ctx, write, id).await
}

fn require_draft(invoice: &Invoice) -> Result<()> {
    match &invoice.row.number {
        None => Ok(()),
        Some(number) => {
            let message = format!("{number} is final and changes no more: void it, or make a credit note on it");
            Err(Error::user(UserErrorCode::Final, "id", message))
        }
    }
}

async fn record(write: &Write, kind: EventKind, row: &InvoiceRow) -> Result<()> {
    let data = json!({ "amount": row.total.0, "number": row.number });
    events::record(write, NewEvent::of_customer(kind, row.customer_id, row.id.0, data)).await
}

async fn done(ctx: &Context<'_>, write: Write, id: InvoiceId) -> Result<InvoicePayload> {
    write.commit().await?;
    Ok(InvoicePayload { invoice: ctx.load::<super::ById>(id).await?, ..Default::default() })
}
