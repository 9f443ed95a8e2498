//! An invoice, and which ones are wanted.

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Date as SqlDate, Uuid as SqlUuid};
use strum::IntoStaticStr;

use super::line::InvoiceLines;
use crate::db::page::Order;
use crate::db::tables::invoices;
use crate::error::{Error, Result};
use crate::graphql::Date;
use crate::id::{BusinessId, ChargeId, CustomerId, InvoiceId, PlanSubscriptionId};
use crate::ledger::charge::ChargeRow;
use crate::money::Amount;
use crate::tax::TaxMode;

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum InvoiceStatus {
    /// It has no number yet, is owed by nobody and can be changed.
    Draft,
    /// It is owed, in part or in full.
    Open,
    /// All of it is paid, by money or by credit. One that comes to nothing is paid from the start.
    Paid,
    /// It was voided: nothing of it is owed.
    Void,
    /// It is owed, and the business has given up on it.
    Uncollectible,
}

/// An invoice as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoices)]
pub struct InvoiceRow {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id, and that of its charge.
    pub id: InvoiceId,
    /// For whom.
    pub customer_id: CustomerId,
    /// Its number; none of a draft.
    pub number: Option<String>,
    /// The year of its number.
    pub year: Option<i32>,
    /// Its place among the invoices of that year.
    pub sequence: Option<i32>,
    /// On which day it was issued, or the draft made.
    pub issued_on: NaiveDate,
    /// By which day it is to be paid. None of a draft that is due by the terms of the business.
    pub due_on: Option<NaiveDate>,
    /// Whether the prices of its lines are without tax or with it.
    pub tax_mode: TaxMode,
    /// What it is for.
    pub lines: InvoiceLines,
    /// What it comes to without tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// What it comes to.
    pub total: Amount,
    /// What else stands on it.
    pub memo: Option<String>,
    /// Whether it is one of many that come by themselves.
    pub recurring: bool,
    /// The subscription that it is for, if it is for one.
    pub subscription_id: Option<PlanSubscriptionId>,
    /// The first day that it is for.
    pub period_start: Option<NaiveDate>,
    /// The day after the last that it is for.
    pub period_end: Option<NaiveDate>,
    /// When the business gave up on it.
    pub uncollectible_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed by itself; not when it was paid.
    pub updated_at: DateTime<Utc>,
}

/// An invoice with what is owed of it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = invoices)]
pub struct Invoice {
    /// What it is.
    #[diesel(embed)]
    pub row: InvoiceRow,
    /// What is owed of it; none of a draft.
    #[diesel(embed)]
    pub charge: Option<ChargeRow>,
}

impl InvoiceRow {
    /// Makes these the lines, and what they come to.
    pub fn set_lines(&mut self, lines: InvoiceLines) {
        let sum = lines.sum();
        (self.net, self.tax, self.total) = (sum.net, sum.tax, sum.gross);
        self.lines = lines;
    }
}

impl Invoice {
    /// Where it stands.
    pub fn status(&self) -> InvoiceStatus {
        match &self.charge {
            None => InvoiceStatus::Draft,
            Some(charge) if charge.voided_at.is_some() => InvoiceStatus::Void,
            Some(charge) if charge.outstanding() == Amount::ZERO => InvoiceStatus::Paid,
            Some(_) if self.row.uncollectible_at.is_some() => InvoiceStatus::Uncollectible,
            Some(_) => InvoiceStatus::Open,
        }
    }

    /// What is owed of it. An internal error for a draft.
    pub fn charge(&self) -> Result<&ChargeRow> {
        self.charge.as_ref().ok_or_else(|| Error::internal("an invoice without a charge"))
    }

    /// The id of its charge, which a draft has not yet.
    pub fn charge_id(&self) -> ChargeId {
        ChargeId(self.row.id.0)
    }
}

/// Which invoices are wanted. All conditions must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct InvoiceFilter {
    /// Of this customer.
    pub customer_id: Option<CustomerId>,
    /// Of this subscription.
    pub subscription_id: Option<PlanSubscriptionId>,
    /// Any of these.
    pub status: Option<Vec<InvoiceStatus>>,
    /// Issued on this day or later; drafts count by the day on which they were made.
    pub issued_from: Option<Date>,
    /// Issued on this day or earlier.
    pub issued_to: Option<Date>,
    /// Those that should have been paid before today, or those that need not.
    pub overdue: Option<bool>,
    /// Those that come by themselves, or those that do not.
    pub recurring: Option<bool>,
}

/// The orders of a list of invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum InvoiceSort {
    /// By day of issue, oldest first.
    IssuedOnAsc,
    /// By day of issue, newest first.
    #[default]
    IssuedOnDesc,
}

impl InvoiceSort {
    /// The order of rows.
    pub fn order(self) -> Order {
        let order = |name, descending| Order {
            name,
            key: "invoices.issued_on",
            key_type: "date",
            id: "invoices.id",
            descending,
        };
        match self {
            Self::IssuedOnAsc => order("ISSUED_ON_ASC", false),
            Self::IssuedOnDesc => order("ISSUED_ON_DESC", true),
        }
    }
}

/// The conditions of a filter, on invoices joined with their charges.
pub(super) struct Conditions<'a> {
    pub filter: &'a InvoiceFilter,
    pub today: NaiveDate,
}

const OWED: &str = "(charges.voided_at IS NULL AND charges.paid < charges.amount)";

impl QueryFragment<Pg> for Conditions<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let filter = self.filter;
        out.push_sql("TRUE");
        if let Some(customer) = &filter.customer_id {
            out.push_sql(" AND invoices.customer_id = ");
            out.push_bind_param::<SqlUuid, _>(customer)?;
        }
        if let Some(subscription) = &filter.subscription_id {
            out.push_sql(" AND invoices.subscription_id = ");
            out.push_bind_param::<SqlUuid, _>(subscription)?;
        }
        if let Some(from) = &filter.issued_from {
            out.push_sql(" AND invoices.issued_on >= ");
            out.push_bind_param::<SqlDate, _>(&from.0)?;
        }
        if let Some(to) = &filter.issued_to {
            out.push_sql(" AND invoices.issued_on <= ");
            out.push_bind_param::<SqlDate, _>(&to.0)?;
        }
        if let Some(status) = &filter.status {
            out.push_sql(" AND (FALSE");
            for status in status {
                let (condition, owed) = match status {
                    InvoiceStatus::Draft => (" OR invoices.sequence IS NULL", false),
                    InvoiceStatus::Open => (" OR invoices.uncollectible_at IS NULL AND ", true),
                    InvoiceStatus::Paid => (" OR charges.voided_at IS NULL AND charges.paid = charges.amount", false),
                    InvoiceStatus::Void => (" OR charges.voided_at IS NOT NULL", false),
                    InvoiceStatus::Uncollectible => (" OR invoices.uncollectible_at IS NOT NULL AND ", true),
                };
                out.push_sql(condition);
                if owed {
                    out.push_sql(OWED);
                }
            }
            out.push_sql(")");
        }
        if let Some(overdue) = filter.overdue {
            // Of a draft, the charge's columns are null.
            out.push_sql(if overdue { " AND (" } else { " AND NOT coalesce(" });
            out.push_sql(OWED);
            out.push_sql(" AND charges.due_on < ");
            out.push_bind_param::<SqlDate, _>(&self.today)?;
            out.push_sql(if overdue { ")" } else { ", FALSE)" });
        }
        if let Some(recurring) = filter.recurring {
            out.push_sql(if recurring { " AND invoices.recurring" } else { " AND NOT invoices.recurring" });
        }
        Ok(())
    }
}

crate::db::sql_expression!(Conditions<'_>, Bool);
