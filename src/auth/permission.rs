//! The permission table.

use async_graphql::Enum;
use strum::{EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

/// What a user is in a business.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Enum,
    EnumIter,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Role {
    /// Everything, and alone may change roles and close the business.
    Owner,
    /// Everything but roles and closing the business.
    Manager,
    /// The daily work: customers, records, sales, notes, payments.
    Clerk,
    /// Reads what a clerk reads and changes nothing.
    Viewer,
}

crate::db::enum_column!(Role);

/// One thing that a role allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    /// Read customers and their contacts.
    CustomersRead,
    /// Read internal notes.
    NotesRead,
    /// Read records, sales, payments and balances.
    LedgerRead,
    /// Read the events about customers: their audit trail and live activity.
    CustomerAuditRead,
    /// Create and change customers, contacts and notes.
    CustomersWrite,
    /// Create and change records and sales.
    ChargesWrite,
    /// Record payments.
    PaymentsWrite,
    /// Void charges, reverse and refund payments, charge fees and correct balances.
    LedgerCorrect,
    /// Delete records.
    ChargesDelete,
    /// Read the whole audit log of the business, with what is not about a customer.
    AuditRead,
    /// Archive, restore and delete customers; delete contacts and notes.
    CustomersDelete,
}

impl Permission {
    /// Whether `role` has it. This is the whole table.
    pub fn allows(self, role: Role) -> bool {
        use Role::{Clerk, Manager, Owner, Viewer};
        let allowed: &[Role] = match self {
            Self::CustomersRead | Self::NotesRead | Self::LedgerRead | Self::CustomerAuditRead => {
                &[Owner, Manager, Clerk, Viewer]
            }
            Self::CustomersWrite | Self::ChargesWrite | Self::PaymentsWrite => &[Owner, Manager, Clerk],
            Self::LedgerCorrect | Self::ChargesDelete | Self::AuditRead | Self::CustomersDelete => &[Owner, Manager],
        };
        allowed.contains(&role)
    }

    /// All that `role` allows.
    pub fn of(role: Role) -> Vec<Self> {
        Self::iter().filter(|permission| permission.allows(role)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_allows_all_that_a_lesser_one_does() {
        for pair in Role::iter().collect::<Vec<_>>().windows(2) {
            for permission in Permission::of(pair[1]) {
                assert!(permission.allows(pair[0]), "{:?} lacks {permission:?} of {:?}", pair[0], pair[1]);
            }
        }
    }
}
