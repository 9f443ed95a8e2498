//! Who is asking: a user, acting in one business with one role.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::token::{self, Identity};
use super::{Permission, Role};
use crate::clock::Clock;
use crate::db::Conn;
use crate::db::tables::{businesses, memberships, sessions, users};
use crate::error::{Error, Result};
use crate::id::{BusinessId, SessionId, UserId};
use crate::money::{Amount, Currency, Money};
use crate::text::{Country, TimeZone};

/// A signed-in user in one business, as the data base says at the start of the operation.
#[derive(Debug, Clone, Queryable)]
pub struct Viewer {
    /// The user.
    pub user: UserId,
    /// What they are in the business.
    pub role: Role,
    /// The business they act in.
    pub business: Tenant,
}

/// What nearly every operation needs to know of its business.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = businesses)]
pub struct Tenant {
    /// The business.
    pub id: BusinessId,
    /// The currency of all its money.
    pub currency: Currency,
    /// The zone that decides which day it is.
    pub time_zone: TimeZone,
    /// How it writes numbers (BCP 47).
    pub locale: String,
    /// Whose phone numbers need no country code.
    pub country: Country,
    /// Days from a charge to its due date.
    pub days_until_due: i32,
    /// Whether a new charge takes the customer's credit at once.
    pub use_credit_automatically: bool,
}

impl Viewer {
    /// Looks up who a verified token speaks for. A session that was signed out, or a membership that was
    /// ended, is an error at once, whatever the token says.
    pub async fn find(mut conn: &Conn, identity: Identity) -> Result<Self> {
        memberships::table
            .inner_join(businesses::table)
            .inner_join(users::table.inner_join(sessions::table))
            .filter(memberships::business_id.eq(identity.business))
            .filter(memberships::user_id.eq(identity.user))
            .filter(sessions::id.eq(identity.session))
            .filter(sessions::revoked_at.is_null())
            .select((memberships::user_id, memberships::role, Tenant::as_select()))
            .first(&mut conn)
            .await
            .optional()?
            .ok_or(Error::Unauthenticated(token::ENDED))
    }

    /// The same viewer in the business as it is now: for what is read on behalf of all who are what they are.
    pub async fn afresh(&self, mut conn: &Conn) -> Result<Self> {
        let business = businesses::table.find(self.business.id).select(Tenant::as_select()).first(&mut conn).await?;
        Ok(Self { business, ..self.clone() })
    }

    /// Which of these still speak for someone, with what they are now: for those who stay connected. In
    /// `Scope::System`.
    pub async fn present(mut conn: &Conn, identities: &[Identity]) -> Result<HashMap<(SessionId, BusinessId), Role>> {
        let sessions: Vec<_> = identities.iter().map(|identity| identity.session).collect();
        let businesses: Vec<_> = identities.iter().map(|identity| identity.business).collect();
        let rows: Vec<(SessionId, BusinessId, Role)> = memberships::table
            .inner_join(users::table.inner_join(sessions::table))
            .filter(sessions::id.eq_any(sessions))
            .filter(memberships::business_id.eq_any(businesses))
            .filter(sessions::revoked_at.is_null())
            .select((sessions::id, memberships::business_id, memberships::role))
            .load(&mut conn)
            .await?;
        Ok(rows.into_iter().map(|(session, business, role)| ((session, business), role)).collect())
    }

    /// The oldest owner of the business of that slug, in whose name a command acts. In `Scope::System`.
    pub async fn owner_of(mut conn: &Conn, slug: &str) -> Result<Option<Self>> {
        Ok(memberships::table
            .inner_join(businesses::table)
            .filter(businesses::slug.eq(slug).and(memberships::role.eq(Role::Owner)))
            .order((memberships::created_at, memberships::id))
            .select((memberships::user_id, memberships::role, Tenant::as_select()))
            .first(&mut conn)
            .await
            .optional()?)
    }

    /// An error unless the role allows it.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if permission.allows(self.role) {
            return Ok(());
        }
        let (role, needed): (&str, &str) = (self.role.into(), permission.into());
        Err(Error::Forbidden(format!("a {role} of this business lacks the permission {needed}")))
    }

    /// `amount` in the currency of the business.
    pub fn money(&self, amount: Amount) -> Money {
        self.business.money(amount)
    }
}

impl Tenant {
    /// `amount` in the currency of the business.
    pub fn money(&self, amount: Amount) -> Money {
        Money { amount, currency: self.currency }
    }

    /// `amount` as its people write it, for messages.
    pub fn write(&self, amount: Amount) -> String {
        format!("{} {}", amount.decimal(self.currency), self.currency.code())
    }

    /// Today in its zone.
    pub fn today(&self, clock: &Clock) -> NaiveDate {
        clock.today(self.time_zone.0)
    }
}
