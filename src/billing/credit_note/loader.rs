//! Credit notes by their ids, and of invoices.

use std::collections::HashMap;

use super::model::CreditNote;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::Result;
use crate::graphql::{Relation, children};
use crate::id::{CreditNoteId, InvoiceId};
use crate::tax::Taxed;

/// The credit note of an id.
pub struct ById;

impl Relation for ById {
    type Key = CreditNoteId;
    type Value = CreditNote;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[CreditNoteId]) -> Result<HashMap<CreditNoteId, CreditNote>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// A page of the credit notes on an invoice.
pub struct OfInvoice;

impl Relation for OfInvoice {
    type Key = (InvoiceId, Page);
    type Value = Rows<CreditNote>;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list =
            |ids: Vec<InvoiceId>, page: Page| async move { store::by_invoices(conn, business, &ids, &page).await };
        children(keys, |page| page, list, |note| note.row.invoice_id, |note| note.row.id.0).await
    }
}

/// How many credit notes there are on an invoice.
pub struct CountOfInvoice;

impl Relation for CountOfInvoice {
    type Key = InvoiceId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, invoices: &[InvoiceId]) -> Result<HashMap<InvoiceId, i64>> {
        store::count_by_invoices(conn, viewer.business.id, invoices).await
    }
}

/// How much of an invoice was credited.
pub struct CreditedOf;

impl Relation for CreditedOf {
    type Key = InvoiceId;
    type Value = Taxed;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, invoices: &[InvoiceId]) -> Result<HashMap<InvoiceId, Taxed>> {
        store::credited(conn, viewer.business.id, invoices).await
    }
}
