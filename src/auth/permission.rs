//! The permission table.

use async_graphql::Enum;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::{Array, Nullable, Text};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    /// Read what the business is called and how it is set up.
    BusinessRead,
    /// Read who belongs to the business, and who did something.
    MembersRead,
    /// Read the e-mail addresses of those who belong to the business.
    MembersContactRead,
    /// Read customers and their contacts.
    CustomersRead,
    /// Read what the staff keeps to itself: notes, tags and free data of customers.
    NotesRead,
    /// Read records, sales, payments and balances.
    LedgerRead,
    /// Read plans and subscriptions.
    SubscriptionsRead,
    /// Read what customers are worth: purchase histories, tiers, lifetime values.
    LoyaltyRead,
    /// Read what the business comes to: its dashboard, receivables, revenue.
    MetricsRead,
    /// Read the events about customers: their audit trail and live activity.
    CustomerAuditRead,
    /// Read tickets. Internal messages need `NOTES_READ` too.
    TicketsRead,
    /// Create and change customers, contacts and notes.
    CustomersWrite,
    /// Report how much customers use, for routers and scripts.
    UsageWrite,
    /// Save segments, and change many customers at once.
    CustomersBulk,
    /// Change how customers are contacted.
    PreferencesWrite,
    /// Open tickets and write messages.
    TicketsOpen,
    /// Change subject, priority, status and assignee of tickets.
    TicketsWrite,
    /// Create and change records and sales.
    ChargesWrite,
    /// Record payments.
    PaymentsWrite,
    /// Void charges, reverse and refund payments, charge fees and correct balances.
    LedgerCorrect,
    /// Delete records.
    ChargesDelete,
    /// Create and change plans and subscriptions, which charge customers.
    SubscriptionsWrite,
    /// Draft, finalise and void invoices, and make credit notes.
    InvoicesWrite,
    /// Move the clock of a sandbox.
    TestClock,
    /// Read the whole audit log of the business, with what is not about a customer.
    AuditRead,
    /// Archive, restore and delete customers; delete contacts and notes.
    CustomersDelete,
    /// See, make and revoke the links that are sent to customers.
    ShareLinks,
    /// Import customers, records, sales and payments from files.
    DataImport,
    /// Export everything of that as files.
    DataExport,
    /// Change the settings of the business.
    BusinessWrite,
    /// See, make and revoke API keys. No key has it: keys make no keys.
    ApiKeys,
}

impl Permission {
    /// Whether `role` has it. This is the whole table.
    pub fn allows(self, role: Role) -> bool {
        use Role::{Clerk, Manager, Owner, Viewer};
        let allowed: &[Role] = match self {
            Self::BusinessRead | Self::MembersRead => &[Owner, Manager, Clerk, Viewer],
            Self::CustomersRead
            | Self::NotesRead
            | Self::LedgerRead
            | Self::SubscriptionsRead
            | Self::LoyaltyRead
            | Self::CustomerAuditRead
            | Self::TicketsRead => &[Owner, Manager, Clerk, Viewer],
            Self::CustomersWrite | Self::ChargesWrite | Self::PaymentsWrite => &[Owner, Manager, Clerk],
            Self::UsageWrite | Self::PreferencesWrite | Self::TicketsOpen | Self::TicketsWrite => {
                &[Owner, Manager, Clerk]
            }
            Self::LedgerCorrect | Self::ChargesDelete | Self::AuditRead | Self::CustomersDelete => &[Owner, Manager],
            Self::SubscriptionsWrite
            | Self::InvoicesWrite
            | Self::CustomersBulk
            | Self::MetricsRead
            | Self::MembersContactRead => &[Owner, Manager],
            Self::DataImport | Self::DataExport => &[Owner, Manager],
            Self::TestClock => &[Owner],
            Self::ShareLinks => &[Owner, Manager, Clerk],
            Self::BusinessWrite | Self::ApiKeys => &[Owner, Manager],
        };
        allowed.contains(&role)
    }

    /// Whether customers have it who come by share link. They have it for what is their own, and row-level
    /// security shows them nothing else.
    pub fn allows_customers(self) -> bool {
        matches!(
            self,
            Self::BusinessRead
                | Self::CustomersRead
                | Self::LedgerRead
                | Self::SubscriptionsRead
                | Self::TicketsRead
                | Self::PreferencesWrite
                | Self::TicketsOpen
        )
    }

    /// Whether an API key can have it.
    pub fn is_scope(self) -> bool {
        self != Self::ApiKeys
    }

    /// What an API key with it must have too, since the answers of what it allows show that.
    pub fn needs(self) -> &'static [Self] {
        match self {
            Self::NotesRead
            | Self::LoyaltyRead
            | Self::TicketsRead
            | Self::CustomersWrite
            | Self::UsageWrite
            | Self::PreferencesWrite
            | Self::CustomersDelete
            | Self::ShareLinks => &[Self::CustomersRead],
            Self::CustomersBulk => &[Self::CustomersRead, Self::NotesRead, Self::LoyaltyRead],
            Self::DataImport => &[Self::CustomersRead, Self::LedgerRead],
            Self::DataExport => &[Self::CustomersRead, Self::NotesRead, Self::LedgerRead],
            Self::TicketsOpen | Self::TicketsWrite => &[Self::TicketsRead, Self::CustomersRead],
            Self::ChargesWrite
            | Self::PaymentsWrite
            | Self::LedgerCorrect
            | Self::ChargesDelete
            | Self::InvoicesWrite => &[Self::LedgerRead],
            Self::SubscriptionsWrite => &[Self::SubscriptionsRead, Self::LedgerRead],
            Self::MembersContactRead => &[Self::MembersRead],
            Self::TestClock => &[Self::BusinessRead],
            Self::AuditRead => &[Self::CustomerAuditRead],
            Self::BusinessWrite => &[Self::BusinessRead],
            _ => &[],
        }
    }
}

/// Some permissions. As a column, their names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Array<Nullable<Text>>)]
pub struct Permissions(u64);

impl FromSql<Array<Nullable<Text>>, Pg> for Permissions {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let names: Vec<Option<String>> = FromSql::<Array<Nullable<Text>>, Pg>::from_sql(bytes)?;
        // One that this release does not know allows nothing.
        Ok(names.into_iter().flatten().filter_map(|name| name.parse().ok()).collect())
    }
}

impl ToSql<Array<Nullable<Text>>, Pg> for Permissions {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        let names: Vec<&str> = self.list().into_iter().map(Into::into).collect();
        ToSql::<Array<Text>, Pg>::to_sql(&names, &mut out.reborrow())
    }
}

impl Permissions {
    /// All that `role` allows.
    pub fn of(role: Role) -> Self {
        Permission::iter().filter(|permission| permission.allows(role)).collect()
    }

    /// All that customers have.
    pub fn of_customers() -> Self {
        Permission::iter().filter(|permission| permission.allows_customers()).collect()
    }

    /// Whether `permission` is among them.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & Self::bit(permission) != 0
    }

    /// Those that are also among `others`.
    pub fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Them, one by one.
    pub fn list(self) -> Vec<Permission> {
        Permission::iter().filter(|permission| self.contains(*permission)).collect()
    }

    fn bit(permission: Permission) -> u64 {
        1 << (permission as u32)
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(permissions: T) -> Self {
        Self(permissions.into_iter().fold(0, |all, permission| all | Self::bit(permission)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_allows_all_that_a_lesser_one_does() {
        for pair in Role::iter().collect::<Vec<_>>().windows(2) {
            for permission in Permissions::of(pair[1]).list() {
                assert!(permission.allows(pair[0]), "{:?} lacks {permission:?} of {:?}", pair[0], pair[1]);
            }
        }
    }
    #[test]
    fn what_changes_something_needs_what_shows_it() {
        for permission in Permission::iter() {
            let name: &str = permission.into();
            if ["_WRITE", "_DELETE", "_CORRECT"].iter().any(|end| name.ends_with(end)) {
                assert!(!permission.needs().is_empty(), "{name}");
            }
            assert!(permission.needs().iter().all(|needed| needed.is_scope()), "{name}");
            // A key's scopes shrink with the role of its maker, and stay whole.
            for role in Role::iter().filter(|role| permission.allows(*role)) {
                assert!(permission.needs().iter().all(|needed| needed.allows(role)), "{name} of {role:?}");
            }
        }
    }
}
