//! A charge, in general and of each kind.

use async_graphql::{Enum, ID, Interface};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::auth::Tenant;
use crate::customers::customer::Customer;
use crate::db::tables::charges;
use crate::error::{Error, Result};
use crate::graphql::Date;
use crate::id::{BusinessId, ChargeId, CustomerId};
use crate::ledger::adjustment::{Adjustment, AdjustmentDetail};
use crate::ledger::invoice_charge::InvoiceCharge;
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
    /// Something charged beside goods, such as a fee for a late payment.
    Fee,
    /// A correction of what is owed.
    Adjustment,
    /// An invoice.
    Invoice,
}

crate::db::enum_column!(ChargeKind);

impl ChargeKind {
    /// What the ids of its charges start with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Record => "rec",
            Self::Sale => "sal",
            Self::Fee => "fee",
            Self::Adjustment => "adj",
            Self::Invoice => "ich",
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
    /// Nothing, and nothing is owed: the charge was voided.
    Void,
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
    /// Its name elsewhere: in the file that it was imported from, or the number of its invoice.
    pub external_ref: Option<String>,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// When it was voided, if it was.
    pub voided_at: Option<DateTime<Utc>>,
    /// When it was deleted, if it was: then it is void as well, and shown nowhere.
    pub deleted_at: Option<DateTime<Utc>>,
    /// What was entered in the same mutation has the same, if many were.
    pub batch_id: Option<Uuid>,
}

impl ChargeRow {
    /// What is still to be paid: nothing of a void charge.
    pub fn outstanding(&self) -> Amount {
        if self.voided_at.is_some() { Amount::ZERO } else { Amount(self.amount.0 - self.paid.0) }
    }

    /// How much of it is paid.
    pub fn status(&self) -> ChargeStatus {
        if self.voided_at.is_some() {
            return ChargeStatus::Void;
        }
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

/// What a customer owes: a record, a sale, a fee, an adjustment or an invoice.
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
    /// A fee or a correction.
    Adjustment(Adjustment),
    /// What is owed of an invoice.
    InvoiceCharge(InvoiceCharge),
}

/// What each kind has beside its charge: a charge has one of them.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = charges)]
pub struct Details {
    #[diesel(embed)]
    record: Option<RecordDetail>,
    #[diesel(embed)]
    sale: Option<SaleDetail>,
    #[diesel(embed)]
    adjustment: Option<AdjustmentDetail>,
}

impl Charge {
    /// A charge of its row and what its kind has beside it.
    pub fn new(row: ChargeRow, details: Details) -> Result<Self> {
        match (row.kind, details.record, details.sale, details.adjustment) {
            (ChargeKind::Record, Some(detail), _, _) => Ok(Self::Record(Record { charge: row, detail })),
            (ChargeKind::Sale, _, Some(detail), _) => Ok(Self::Sale(Sale { charge: row, detail })),
            (ChargeKind::Fee | ChargeKind::Adjustment, _, _, Some(detail)) => {
                Ok(Self::Adjustment(Adjustment { charge: row, detail }))
            }
            (ChargeKind::Invoice, ..) => Ok(Self::InvoiceCharge(InvoiceCharge { charge: row })),
            _ => Err(Error::internal(format!("charge {:?} has no row of its kind", row.id))),
        }
    }

    /// What all charges have.
    pub fn row(&self) -> &ChargeRow {
        match self {
            Self::Record(record) => &record.charge,
            Self::Sale(sale) => &sale.charge,
            Self::Adjustment(adjustment) => &adjustment.charge,
            Self::InvoiceCharge(invoice) => &invoice.charge,
        }
    }

    /// The record that it is.
    pub fn into_record(self) -> Result<Record> {
        match self {
            Self::Record(record) => Ok(record),
            _ => Err(Error::internal("another charge where a record is meant")),
        }
    }

    /// The sale that it is.
    pub fn into_sale(self) -> Result<Sale> {
        match self {
            Self::Sale(sale) => Ok(sale),
            _ => Err(Error::internal("another charge where a sale is meant")),
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
    /// By which day it is to be paid; by the terms of the business if absent.
    pub due_on: Option<NaiveDate>,
    /// How much.
    pub amount: Amount,
    /// How many items were bought, of a sale.
    pub items: i32,
    /// Its name elsewhere: in the file that it was imported from, or the number of its invoice.
    pub external_ref: Option<String>,
    /// What was entered in the same mutation has the same, if many are.
    pub batch_id: Option<Uuid>,
}

impl NewCharge {
    /// The row.
    pub fn row(self, id: ChargeId, tenant: &Tenant, customer: CustomerId, now: DateTime<Utc>) -> ChargeRow {
        ChargeRow {
            business_id: tenant.id,
            id,
            customer_id: customer,
            kind: self.kind,
            occurred_on: self.occurred_on,
            due_on: self.due_on.unwrap_or_else(|| tenant.due_on(self.occurred_on)),
            amount: self.amount,
            paid: Amount::ZERO,
            external_ref: self.external_ref,
            created_at: now,
            voided_at: None,
            deleted_at: None,
            batch_id: self.batch_id,
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
