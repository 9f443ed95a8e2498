//! A credit note.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::billing::invoice::InvoiceLines;
use crate::db::page::Order;
use crate::db::tables::credit_notes;
use crate::id::{BusinessId, CreditNoteId, CustomerId, InvoiceId};
use crate::ledger::payment::Payment;
use crate::money::Amount;

/// The oldest first.
pub const BY_AGE: Order =
    Order { name: "CREDIT_NOTES", key: "credit_notes.id", key_type: "uuid", id: "credit_notes.id", descending: false };

/// A credit note as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = credit_notes)]
pub struct CreditNoteRow {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id, and that of its credit.
    pub id: CreditNoteId,
    /// On which invoice.
    pub invoice_id: InvoiceId,
    /// For whom.
    pub customer_id: CustomerId,
    /// Its number.
    pub number: String,
    /// The year of its number.
    pub year: i32,
    /// Its place among the credit notes of that year.
    pub sequence: i32,
    /// On which day it was issued.
    pub issued_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// What it takes off, line by line; none where it is of an amount.
    pub lines: InvoiceLines,
    /// What it comes to without tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// What it comes to.
    pub total: Amount,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A credit note with its credit.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = credit_notes)]
pub struct CreditNote {
    /// What it is.
    #[diesel(embed)]
    pub row: CreditNoteRow,
    /// Its credit.
    #[diesel(embed)]
    pub credit: Payment,
}
