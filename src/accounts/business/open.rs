//! Opening a business.

use serde_json::json;

use super::model::Business;
use super::store;
use crate::accounts::membership::{self, Membership};
use crate::auth::{Actor, Role};
use crate::clock::Clock;
use crate::db::Conn;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::id::{MembershipId, UserId};

/// Opens a business of which `owner` becomes the owner. In `Scope::System`, or in that of the new business.
pub async fn open(conn: &Conn, clock: &Clock, business: &Business, owner: UserId) -> Result<()> {
    store::insert(conn, business).await.map_err(|error| match Error::taken(&error) {
        Some("businesses_slug_key") => {
            let message = "another business has this slug: choose another";
            Error::user(UserErrorCode::Taken, "business.slug", message)
        }
        _ => error.into(),
    })?;
    let membership = Membership {
        business_id: business.id,
        id: MembershipId(clock.id()),
        user_id: owner,
        role: Role::Owner,
        created_at: business.created_at,
    };
    membership::store::insert(conn, &membership).await?;
    let data = json!({ "slug": business.slug });
    let event = NewEvent { kind: EventKind::BusinessCreated, customer: None, subject: owner.0, data };
    events::record_all(conn, clock, business.id, Some(Actor::User(owner)), vec![event]).await
}
