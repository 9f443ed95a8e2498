//! Which charges of a list are wanted, and in which order.

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Date as SqlDate, Uuid as SqlUuid};

use super::model::ChargeStatus;
use crate::db::page::Order;
use crate::graphql::Date;
use crate::id::CustomerId;

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

/// The conditions of a filter.
pub(super) struct Conditions<'a> {
    pub filter: &'a ChargeFilter,
    pub today: NaiveDate,
}

impl QueryFragment<Pg> for Conditions<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let filter = self.filter;
        out.push_sql("charges.deleted_at IS NULL");
        if let Some(customer) = &filter.customer_id {
            out.push_sql(" AND charges.customer_id = ");
            out.push_bind_param::<SqlUuid, _>(customer)?;
        }
        if let Some(from) = &filter.occurred_from {
            out.push_sql(" AND charges.occurred_on >= ");
            out.push_bind_param::<SqlDate, _>(&from.0)?;
        }
        if let Some(to) = &filter.occurred_to {
            out.push_sql(" AND charges.occurred_on <= ");
            out.push_bind_param::<SqlDate, _>(&to.0)?;
        }
        if let Some(status) = &filter.status {
            out.push_sql(" AND (FALSE");
            for status in status {
                out.push_sql(match status {
                    ChargeStatus::Unpaid => " OR charges.paid = 0 AND charges.amount > 0 AND charges.voided_at IS NULL",
                    ChargeStatus::Partial => " OR charges.paid > 0 AND charges.paid < charges.amount",
                    ChargeStatus::Paid => " OR charges.paid = charges.amount AND charges.voided_at IS NULL",
                    ChargeStatus::Void => " OR charges.voided_at IS NOT NULL",
                });
            }
            out.push_sql(")");
        }
        if let Some(overdue) = filter.overdue {
            out.push_sql(if overdue { " AND (" } else { " AND NOT (" });
            out.push_sql("charges.paid < charges.amount AND charges.voided_at IS NULL AND charges.due_on < ");
            out.push_bind_param::<SqlDate, _>(&self.today)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

crate::db::sql_expression!(Conditions<'_>, Bool);
