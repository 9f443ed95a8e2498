//! The figures of now. Pure.

use async_graphql::SimpleObject;
use chrono::{Datelike as _, NaiveDate};

use crate::auth::Tenant;
use crate::graphql::Date;
use crate::metrics::figures::store::{Figure, Kind};
use crate::metrics::receivables::{Ageing, CollectedByMethod, Position, by_method};
use crate::money::{Amount, Money};

/// What the business comes to now.
#[derive(Debug, Clone, SimpleObject)]
pub struct Dashboard {
    /// What charges still want.
    pub outstanding: Money,
    /// What of that is late.
    pub overdue: Money,
    /// What is outstanding, by how many days it is late.
    pub ageing: Ageing,
    /// What payments and credits have left that no charge has taken.
    pub credit: Money,
    /// What is outstanding less that credit: the sum of all balances.
    pub balance: Money,
    /// How many customers there are who joined by today, without the archived.
    pub customers: i64,
    /// How many of them are active.
    pub active_customers: i64,
    /// How many of them are suspended.
    pub suspended_customers: i64,
    /// How many of them are members.
    pub members: i64,
    /// Today, in the zone of the business.
    pub today: DashboardPeriod,
    /// The month, from its first day to today.
    pub month: DashboardPeriod,
}

/// What came about in some days.
#[derive(Debug, Clone, SimpleObject)]
pub struct DashboardPeriod {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What was charged, less what was voided.
    pub charged: Money,
    /// What was given as credit, less what was taken back.
    pub credited: Money,
    /// What was received, less what was refunded and reversed.
    pub collected: Money,
    /// The same by method. Methods by which nothing came in are left out.
    pub collected_by_method: Vec<CollectedByMethod>,
    /// How many customers joined.
    pub new_customers: i64,
}

/// The figures of now, summed.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// What is owed.
    pub position: Position,
    figures: Vec<Figure>,
}

impl Now {
    /// Out of figures as `figures::store::now` finds them.
    pub fn of(figures: Vec<Figure>) -> Self {
        let mut position = Position::default();
        for figure in &figures {
            match figure.kind {
                Kind::Outstanding => {
                    if let Some(bucket) =
                        usize::try_from(figure.span).ok().and_then(|late| position.unpaid.get_mut(late))
                    {
                        *bucket += figure.amount;
                    }
                }
                Kind::Charged => position.balance += figure.amount,
                Kind::Credited | Kind::Collected => position.balance -= figure.amount,
                Kind::Customers => {}
            }
        }
        Self { position, figures }
    }

    /// The dashboard of a day.
    pub fn dashboard(&self, tenant: &Tenant, today: NaiveDate) -> Dashboard {
        let Self { position, .. } = self;
        let customers = |holds: fn(&[&str]) -> bool| {
            let alike = |figure: &&Figure| holds(&figure.key.split('/').collect::<Vec<_>>());
            self.of_kind(Kind::Customers).filter(alike).map(|figure| figure.amount).sum()
        };
        Dashboard {
            outstanding: tenant.money(position.outstanding()),
            overdue: tenant.money(position.overdue()),
            ageing: position.ageing(tenant),
            credit: tenant.money(position.credit()),
            balance: tenant.money(Amount(position.balance)),
            customers: customers(|key| key[0] != "ARCHIVED"),
            active_customers: customers(|key| key[0] == "ACTIVE"),
            suspended_customers: customers(|key| key[0] == "SUSPENDED"),
            members: customers(|key| key[0] != "ARCHIVED" && key.last() == Some(&"MEMBER")),
            today: self.period(tenant, today, today, 0),
            month: self.period(tenant, today.with_day(1).unwrap_or(today), today, 1),
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Figure> + Clone {
        self.figures.iter().filter(move |figure| figure.kind == kind)
    }

    /// What came about up to a span.
    fn period(&self, tenant: &Tenant, from: NaiveDate, to: NaiveDate, span: i32) -> DashboardPeriod {
        let of = |kind| self.of_kind(kind).filter(move |figure| figure.span <= span);
        let sum = |kind| of(kind).map(|figure| figure.amount).sum();
        DashboardPeriod {
            from: Date(from),
            to: Date(to),
            charged: tenant.money(Amount(sum(Kind::Charged))),
            credited: tenant.money(Amount(sum(Kind::Credited))),
            collected: tenant.money(Amount(sum(Kind::Collected))),
            collected_by_method: by_method(
                tenant,
                of(Kind::Collected).map(|figure| (figure.key.as_str(), figure.amount)),
            ),
            new_customers: sum(Kind::Customers),
        }
    }
}
