//! Mutations of credit notes.

use async_graphql::{Context, Object};
use serde_json::json;

use super::input::{CreditNoteCreateInput, NewCreditNote};
use super::model::{CreditNote, CreditNoteRow};
use super::store;
use crate::auth::Permission;
use crate::billing::invoice::{self, Invoice, Number};
use crate::customers::customer::Customer;
use crate::error::Result;
use crate::events::EventKind;
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{CreditNoteId, PaymentId};
use crate::ledger::idempotency;
use crate::ledger::payment::{self, NewCredit, NewPayment, PaymentMethod, Towards};

payload! {
    /// The answer of `creditNoteCreate`.
    CreditNotePayload {
        /// The credit note.
        credit_note: CreditNote,
        /// The invoice as it is now.
        invoice: Invoice,
    }
}

/// Mutations of credit notes.
#[derive(Default)]
pub struct CreditNoteMutation;

#[Object]
impl CreditNoteMutation {
    /// Takes something off an invoice that is final. It lowers what is still owed of the invoice, and what was paid
    /// already becomes the customer's credit. Never more than remains of the invoice, which is refused as `OVERPAYMENT`.
    /// To take a credit note back, reverse its credit with `paymentReverse`.
    async fn credit_note_create(&self, ctx: &Context<'_>, input: CreditNoteCreateInput) -> Nullable<CreditNotePayload> {
        mutate(ctx, Permission::InvoicesWrite, create(ctx, input)).await
    }
}

async fn create(ctx: &Context<'_>, input: CreditNoteCreateInput) -> Result<CreditNotePayload> {
    let write = ctx.write().await?;
    let (mut customer, invoice) = invoice::lock(&write, input.invoice_id, "invoiceId").await?;
    let (new, key) = input.check(invoice.row.tax_mode, &write.viewer.business)?;
    let mut id = CreditNoteId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "creditNoteCreate", &new, id.0).await? {
        Some(done) => id = CreditNoteId(done),
        None => post(&write, &mut customer, &invoice, id, new).await?,
    }
    write.commit().await?;
    let snapshot = ctx.read().await?;
    let (credit_note, invoice) =
        tokio::try_join!(snapshot.load::<super::ById>(id), snapshot.load::<invoice::ById>(invoice.row.id))?;
    Ok(CreditNotePayload { credit_note, invoice, ..Default::default() })
}

/// Books a credit note on an invoice of a locked customer: its number, its credit, the event.
async fn post(
    write: &Write,
    customer: &mut Customer,
    invoice: &Invoice,
    id: CreditNoteId,
    new: NewCreditNote,
) -> Result<()> {
    invoice.require_final("invoiceId", "change its lines instead")?;
    let tenant = &write.viewer.business;
    let credited = store::credited(write, tenant.id, &[invoice.row.id]).await?.remove(&invoice.row.id);
    let reason = new.reason.clone();
    let (taxed, lines) = new.of(&invoice.row, credited.unwrap_or_default(), tenant)?;
    // Not before the invoice itself.
    let issued_on = write.today().max(invoice.row.issued_on);
    let number = Number::take(write, "credit_note", &tenant.credit_note_prefix, issued_on).await?;
    let data = json!({
        "amount": -taxed.gross.0, "number": number.text, "invoice": invoice.row.id.to_string(), "reason": reason,
    });
    let credit = NewPayment {
        customer: customer.id,
        amount: taxed.gross,
        method: PaymentMethod::Other,
        reference: Some(number.text.clone()),
        received_at: None,
        charges: Vec::new(),
        allow_credit: true,
        external_ref: None,
        payment_method: None,
        credit: Some(NewCredit {
            reason: reason.clone(),
            occurred_on: issued_on,
            towards: Some(Towards { charge: invoice.charge_id(), event: EventKind::CreditNoteCreated, data }),
        }),
    };
    payment::post(write, customer, PaymentId(id.0), &credit, write.viewer.user()).await?;
    let row = CreditNoteRow {
        business_id: tenant.id,
        id,
        invoice_id: invoice.row.id,
        customer_id: customer.id,
        number: number.text,
        year: number.year,
        sequence: number.sequence,
        issued_on,
        reason,
        lines,
        net: taxed.net,
        tax: taxed.tax,
        total: taxed.gross,
        created_at: write.now(),
    };
    store::insert(write, &row).await
}
