//! The only file that queries `memberships`, but for the viewer's look-up in `auth`.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Membership;
use crate::accounts::business::Business;
use crate::db::Conn;
use crate::db::tables::{businesses, memberships};
use crate::error::Result;
use crate::id::{BusinessId, UserId};

/// Adds a member. In `Scope::System` when the business is new.
pub async fn insert(mut conn: &Conn, membership: &Membership) -> QueryResult<()> {
    diesel::insert_into(memberships::table).values(membership).execute(&mut conn).await.map(drop)
}

/// The businesses of a user, in the order in which they joined them.
pub async fn by_users(mut conn: &Conn, users: &[UserId]) -> Result<HashMap<UserId, Vec<(Membership, Business)>>> {
    let rows: Vec<(Membership, Business)> = memberships::table
        .inner_join(businesses::table)
        .filter(memberships::user_id.eq_any(users))
        .order((memberships::created_at, memberships::id))
        .select((Membership::as_select(), Business::as_select()))
        .load(&mut conn)
        .await?;
    let mut found: HashMap<UserId, Vec<_>> = HashMap::new();
    for row in rows {
        found.entry(row.0.user_id).or_default().push(row);
    }
    Ok(found)
}

/// The membership of a user in a business.
pub async fn find(mut conn: &Conn, business: BusinessId, user: UserId) -> Result<Option<Membership>> {
    Ok(memberships::table
        .filter(memberships::business_id.eq(business))
        .filter(memberships::user_id.eq(user))
        .select(Membership::as_select())
        .first(&mut conn)
        .await
        .optional()?)
}
