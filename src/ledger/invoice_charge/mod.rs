//! What is owed of an invoice: a charge of the same id. The invoice itself stands in the context above, which calls this one.

mod object;

use super::charge::ChargeRow;

/// What is owed of an invoice.
#[derive(Debug, Clone)]
pub struct InvoiceCharge {
    /// What all charges have.
    pub charge: ChargeRow,
}
