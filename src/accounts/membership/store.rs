//! The only file that queries `memberships`, but for the viewer's look-up in `auth`.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Membership;
use crate::accounts::business::Business;
use crate::db::Conn;
use crate::db::page::{Beyond, Key, Page, Rows, Sorted};
use crate::db::tables::{businesses, memberships, users};
use crate::error::Result;
use crate::id::{BusinessId, MembershipId, UserId};

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

/// A page of who belongs to a business, each with that business.
pub async fn list(mut conn: &Conn, business: BusinessId, page: &Page) -> Result<Rows<(Membership, Business)>> {
    let fetched: Vec<(Membership, Business, String)> = memberships::table
        .inner_join(businesses::table)
        .inner_join(users::table)
        .filter(memberships::business_id.eq(business))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Membership::as_select(), Business::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?;
    let fetched = fetched.into_iter().map(|(member, of, key)| ((member, of), key)).collect();
    Ok(page.rows(fetched, |(member, _): &(Membership, Business)| member.id.0))
}

/// How many belong to a business.
pub async fn count(mut conn: &Conn, business: BusinessId) -> Result<i64> {
    let of = memberships::table.filter(memberships::business_id.eq(business));
    Ok(of.select(count_star()).first(&mut conn).await?)
}

/// The membership of that id in a business, with that business.
pub async fn find_by_id(
    mut conn: &Conn,
    business: BusinessId,
    id: MembershipId,
) -> Result<Option<(Membership, Business)>> {
    Ok(memberships::table
        .inner_join(businesses::table)
        .filter(memberships::business_id.eq(business).and(memberships::id.eq(id)))
        .select((Membership::as_select(), Business::as_select()))
        .first(&mut conn)
        .await
        .optional()?)
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
