//! A charge, in general and of each kind.

use async_graphql::{Enum, ID, InputObject, Interface};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use strum::{EnumString, IntoStaticStr};

use crate::auth::Tenant;
use crate::customers::customer::Customer;
use crate::db::page::Order;
use crate::db::tables::charges;
use crate::error::{Error, Result};
use crate::graphql::Date;
use crate::id::{BusinessId, ChargeId, CustomerId};
use crate::ledger::record::{Record, RecordDetail};
use crate::ledger::sale::{Sale, SaleDetail};
use crate::money::{Amount, Money};

/// What a customer is charged for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum ChargeKind {
    /// A delivery.
    Record,
    /// A purchase at the till.
    Sale,
}

crate::db::enum_column!(ChargeKind);

impl ChargeKind {
    /// What the ids of its charges start with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Record => "rec",
            Self::Sale => "sal",
        }
    }
}

/// How much of a charge is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum ChargeStatus {
    /// Nothing.
    Unpaid,
    /// Something.
    Partial,
    /// All. A charge of zero is paid from the start.
    Paid,
}

/// What all charges have.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = charges)]
pub struct ChargeRow {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: ChargeId,
    /// Who owes it.
    pub customer_id: CustomerId,
    /// For what.
    pub kind: ChargeKind,
    /// On which day it came about.
    pub occurred_on: NaiveDate,
    /// By which day it is to be paid.
    pub due_on: NaiveDate,
    /// How much.
    pub amount: Amount,
    /// How much of it is paid.
    pub paid: Amount,
    /// Its name in the file that it was imported from.
    pub external_ref: Option<String>,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
}

impl ChargeRow {
    /// What is still to be paid.
    pub fn outstanding(&self) -> Amount {
        Amount(self.amount.0 - self.paid.0)
    }

    /// How much of it is paid.
    pub fn status(&self) -> ChargeStatus {
        match (self.paid, self.outstanding()) {
            (_, Amount::ZERO) => ChargeStatus::Paid,
            (Amount::ZERO, _) => ChargeStatus::Unpaid,
            _ => ChargeStatus::Partial,
        }
    }

    /// Whether it should have been paid before `today`.
    pub fn overdue(&self, today: NaiveDate) -> bool {
        self.outstanding() > Amount::ZERO && self.due_on < today
    }
}

/// What a customer owes: a record or a sale.
#[derive(Debug, Clone, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "The id of the charge."),
    field(name = "kind", ty = "ChargeKind", desc = "What it is for."),
    field(name = "occurred_on", ty = "Date", desc = "The day on which it came about."),
    field(name = "due_on", ty = "Date", desc = "The day by which it is to be paid."),
    field(name = "amount", ty = "Money", desc = "How much it is."),
    field(name = "paid", ty = "Money", desc = "How much of it is paid."),
    field(name = "outstanding", ty = "Money", desc = "How much of it is still to be paid."),
    field(name = "status", ty = "ChargeStatus", desc = "Whether it is paid."),
    field(name = "overdue", ty = "bool", desc = "Whether it should have been paid before today."),
    field(name = "customer", ty = "Customer", desc = "Who owes it.")
)]
pub enum Charge {
    /// A delivery.
    Record(Record),
    /// A purchase at the till.
    Sale(Sale),
}

impl Charge {
    /// A charge of its row and what its kind has beside it.
    pub fn new(row: ChargeRow, record: Option<RecordDetail>, sale: Option<SaleDetail>) -> Result<Self> {
        match (row.kind, record, sale) {
            (ChargeKind::Record, Some(detail), _) => Ok(Self::Record(Record { charge: row, detail })),
            (ChargeKind::Sale, _, Some(detail)) => Ok(Self::Sale(Sale { charge: row, detail })),
            _ => Err(Error::internal(format!("charge {:?} has no row of its kind", row.id))),
        }
    }

    /// What all charges have.
    pub fn row(&self) -> &ChargeRow {
        match self {
            Self::Record(record) => &record.charge,
            Self::Sale(sale) => &sale.charge,
        }
    }

    /// The record that it is.
    pub fn into_record(self) -> Result<Record> {
        match self {
            Self::Record(record) => Ok(record),
            Self::Sale(_) => Err(Error::internal("a sale where a record is meant")),
        }
    }

    /// The sale that it is.
    pub fn into_sale(self) -> Result<Sale> {
        match self {
            Self::Sale(sale) => Ok(sale),
            Self::Record(_) => Err(Error::internal("a record where a sale is meant")),
        }
    }
}

/// A charge to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    /// For what.
    pub kind: ChargeKind,
    /// On which day.
    pub occurred_on: NaiveDate,
    /// How much.
    pub amount: Amount,
    /// Its name in the file that it was imported from.
    pub external_ref: Option<String>,
}

impl NewCharge {
    /// The row, due by the terms of the business.
    pub fn row(self, id: ChargeId, tenant: &Tenant, customer: CustomerId, now: DateTime<Utc>) -> ChargeRow {
        ChargeRow {
            business_id: tenant.id,
            id,
            customer_id: customer,
            kind: self.kind,
            occurred_on: self.occurred_on,
            // Dates of the API end in the year 9999, and those of chrono long after.
            due_on: self.occurred_on + chrono::Duration::days(tenant.days_until_due.into()),
            amount: self.amount,
            paid: Amount::ZERO,
            external_ref: self.external_ref,
            created_at: now,
        }
    }
}

/// What a payment needs to know of a charge that is not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct OpenCharge {
    /// Its id.
    pub id: ChargeId,
    /// What is still to be paid, above zero.
    pub outstanding: Amount,
}

/// Which charges are wanted. All conditions must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ChargeFilter {
    /// Of this customer.
    pub customer_id: Option<CustomerId>,
    /// Of this day or later.
    pub occurred_from: Option<Date>,
    /// Of this day or earlier.
    pub occurred_to: Option<Date>,
    /// Any of these.
    pub status: Option<Vec<ChargeStatus>>,
    /// Those that should have been paid before today, or those that need not.
    pub overdue: Option<bool>,
}

/// The orders of a list of charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum ChargeSort {
    /// By day, oldest first.
    OccurredOnAsc,
    /// By day, newest first.
    #[default]
    OccurredOnDesc,
}

impl ChargeSort {
    /// The order of rows.
    pub fn order(self) -> Order {
        let order = |name, descending| Order {
            name,
            key: "charges.occurred_on",
            key_type: "date",
            id: "charges.id",
            descending,
        };
        match self {
            Self::OccurredOnAsc => order("OCCURRED_ON_ASC", false),
            Self::OccurredOnDesc => order("OCCURRED_ON_DESC", true),
        }
    }
}
