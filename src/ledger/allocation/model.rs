//! An allocation.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tables::allocations;
use crate::id::{AllocationId, BusinessId, ChargeId, PaymentId};
use crate::money::Amount;

/// So much of a payment paid so much of a charge. It does until it is released.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = allocations)]
pub struct Allocation {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: AllocationId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The charge.
    pub charge_id: ChargeId,
    /// How much.
    pub amount: Amount,
    /// When.
    pub created_at: DateTime<Utc>,
}
