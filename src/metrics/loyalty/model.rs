//! How often customers come again, and what they are worth. Pure.

use async_graphql::SimpleObject;
use chrono::NaiveDate;

use crate::id::CustomerId;
use crate::ledger::purchase::Frequency;
use crate::money::Amount;

/// The loyalty of customers, as of a day.
#[derive(Debug, Clone, Copy)]
pub struct LoyaltyMetrics {
    /// The day.
    pub as_of: NaiveDate,
}

/// How many customers bought how often.
#[derive(Debug, Clone, Copy, Default)]
pub struct Purchases {
    /// How many bought something.
    pub customers: i64,
    /// How many bought again.
    pub repeat: i64,
    /// How many are of each tier: once, occasional, regular, frequent.
    pub tiers: [i64; 4],
}

/// How many customers buy so often.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct FrequencyCount {
    /// How often.
    pub frequency: Frequency,
    /// How many do.
    pub count: i64,
}

/// What a customer is worth.
#[derive(Debug, Clone, Copy)]
pub struct LifetimeValue {
    /// Who.
    pub customer: CustomerId,
    /// How much.
    pub value: Amount,
}

/// How what customers are worth is spread.
#[derive(Debug, Clone, Copy, Default)]
pub struct LifetimeValues {
    /// How many were charged anything.
    pub customers: i64,
    /// What they are worth in all.
    pub total: Amount,
    /// The lowest, the quartiles, the highest; none if there is nobody.
    pub spread: Option<[Amount; 5]>,
}
