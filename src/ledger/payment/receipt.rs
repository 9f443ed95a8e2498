//! The receipt of a payment.

use super::model::Payment;

/// What a customer gets to show that they paid.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// What they paid.
    pub payment: Payment,
    /// Which it is of theirs, from 1, without gaps.
    pub number: i32,
}
