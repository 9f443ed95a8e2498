//! Counts of customers. Pure.

use async_graphql::SimpleObject;
use chrono::NaiveDate;

use crate::customers::customer::{CustomerStatus, CustomerType};
use crate::graphql::Date;

/// How many customers there are, as of a day.
#[derive(Debug, Clone, Copy)]
pub struct CustomerMetrics {
    /// The day.
    pub as_of: NaiveDate,
}

/// How many customers are alike.
#[derive(Debug, Clone, Copy)]
pub struct Alike {
    /// Where they stand.
    pub status: CustomerStatus,
    /// What kind they are.
    pub kind: CustomerType,
    /// Whether they are members.
    pub member: bool,
    /// How many.
    pub count: i64,
}

/// How many customers there are of each kind.
#[derive(Debug, Clone, Default)]
pub struct Counts(pub Vec<Alike>);

impl Counts {
    /// How many there are for whom something holds.
    pub fn of(&self, holds: impl Fn(&Alike) -> bool) -> i64 {
        self.0.iter().filter(|alike| holds(alike)).map(|alike| alike.count).sum()
    }

    /// How many there are that are not archived.
    pub fn total(&self) -> i64 {
        self.of(|alike| alike.status != CustomerStatus::Archived)
    }

    /// How many of these are members, or are not.
    pub fn members(&self, member: bool) -> i64 {
        self.of(|alike| alike.status != CustomerStatus::Archived && alike.member == member)
    }
}

/// How many customers have a status.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct CustomerStatusCount {
    /// The status.
    pub status: CustomerStatus,
    /// How many have it.
    pub count: i64,
}

/// How many customers are of a type.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct CustomerTypeCount {
    /// The type.
    #[graphql(name = "type")]
    pub kind: CustomerType,
    /// How many are of it.
    pub count: i64,
}

/// How many customers joined in some days.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct NewCustomers {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// How many joined, whatever became of them since.
    pub count: i64,
}
