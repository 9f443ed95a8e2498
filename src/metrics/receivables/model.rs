//! What is owed and how long it is due. Pure.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use strum::IntoEnumIterator as _;

use crate::auth::Tenant;
use crate::graphql::Date;
use crate::ledger::payment::PaymentMethod;
use crate::money::{Amount, Money};

/// What is owed to the business, as of a day.
#[derive(Debug, Clone, Copy)]
pub struct ReceivableMetrics {
    /// The day.
    pub as_of: NaiveDate,
}

/// What was unpaid at the end of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// What charges wanted: not late, 1 to 30 days late, 31 to 60, 61 to 90, more.
    pub unpaid: [i64; 5],
    /// That less what payments and credits had left.
    pub balance: i64,
}

impl Position {
    /// What charges wanted in all.
    pub fn outstanding(&self) -> Amount {
        Amount(self.unpaid.iter().sum())
    }

    /// What of that was late.
    pub fn overdue(&self) -> Amount {
        Amount(self.unpaid[1..].iter().sum())
    }

    /// What payments and credits had left.
    pub fn credit(&self) -> Amount {
        Amount(self.outstanding().0 - self.balance)
    }

    /// How long it was due.
    pub fn ageing(&self, tenant: &Tenant) -> Ageing {
        let [current, month, two, three, more] = self.unpaid.map(|amount| tenant.money(Amount(amount)));
        Ageing { current, days1_to_30: month, days31_to_60: two, days61_to_90: three, over90_days: more }
    }
}

/// What is unpaid, by how many days it is late.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct Ageing {
    /// What is not late: due on the day, or later.
    pub current: Money,
    /// What is late by 1 to 30 days.
    #[graphql(name = "days1To30")]
    pub days1_to_30: Money,
    /// What is late by 31 to 60 days.
    #[graphql(name = "days31To60")]
    pub days31_to_60: Money,
    /// What is late by 61 to 90 days.
    #[graphql(name = "days61To90")]
    pub days61_to_90: Money,
    /// What is late by more than 90 days.
    #[graphql(name = "over90Days")]
    pub over90_days: Money,
}

/// What was received by one method, less what was given back.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct CollectedByMethod {
    /// The method.
    pub method: PaymentMethod,
    /// How much.
    pub amount: Money,
}

/// What was charged and collected in some days.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReceivablePeriod {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What was charged, less what was voided, each on its day in the account.
    pub charged: Money,
    /// What was given as credit, less what was taken back.
    pub credited: Money,
    /// What was received, less what was refunded and reversed, each on its own day.
    pub collected: Money,
    /// The same by method. Methods by which nothing came in are left out.
    pub collected_by_method: Vec<CollectedByMethod>,
}

/// Amounts by method in the order of the methods, without those that come to nothing.
pub fn by_method<'a>(tenant: &Tenant, parts: impl Iterator<Item = (&'a str, i64)> + Clone) -> Vec<CollectedByMethod> {
    let of = |method: PaymentMethod| {
        let name: &str = method.into();
        let sum: i64 = parts.clone().filter(|(key, _)| *key == name).map(|(_, amount)| amount).sum();
        (sum != 0).then(|| CollectedByMethod { method, amount: tenant.money(Amount(sum)) })
    };
    PaymentMethod::iter().filter_map(of).collect()
}
