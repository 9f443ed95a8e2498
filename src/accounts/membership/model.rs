//! A membership.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::Role;
use crate::db::tables::memberships;
use crate::id::{BusinessId, MembershipId, UserId};

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
