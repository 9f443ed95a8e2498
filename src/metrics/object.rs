//! The GraphQL object `Metrics`.

use async_graphql::Object;
use chrono::NaiveDate;

use super::customers::CustomerMetrics;
use super::loyalty::LoyaltyMetrics;
use super::receivables::ReceivableMetrics;
use super::revenue::RevenueMetrics;
use crate::graphql::Date;

/// What the business comes to, as of the end of a day. Only what is selected is computed.
#[derive(Debug, Clone, Copy)]
pub struct Metrics {
    /// The day.
    pub as_of: NaiveDate,
}

/// What the business comes to, as of the end of a day in its zone; as of now, if the day is today. Only what is selected
/// is computed.
#[Object(serial)]
impl Metrics {
    /// The day.
    async fn as_of(&self) -> Date {
        Date(self.as_of)
    }

    /// How many customers there are, and who owes the most.
    async fn customers(&self) -> CustomerMetrics {
        CustomerMetrics { as_of: self.as_of }
    }

    /// What is owed, how long it is due, what was charged and collected.
    async fn receivables(&self) -> ReceivableMetrics {
        ReceivableMetrics { as_of: self.as_of }
    }

    /// What subscriptions bring again and again.
    async fn revenue(&self) -> RevenueMetrics {
        RevenueMetrics { as_of: self.as_of }
    }

    /// How often customers come again, and what they are worth.
    async fn loyalty(&self) -> LoyaltyMetrics {
        LoyaltyMetrics { as_of: self.as_of }
    }
}
