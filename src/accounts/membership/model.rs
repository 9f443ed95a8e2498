//! A membership.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::Role;
use crate::db::page::Order;
use crate::db::tables::memberships;
use crate::id::{BusinessId, MembershipId, UserId};

/// By what the users are called, A first.
pub const BY_NAME: Order =
    Order { name: "MEMBERSHIPS", key: "lower(users.name)", key_type: "text", id: "memberships.id", descending: false };

/// A user's place in a business.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = memberships)]
pub struct Membership {
    /// Where.
    pub business_id: BusinessId,
    /// Its id.
    pub id: MembershipId,
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub created_at: DateTime<Utc>,
}
