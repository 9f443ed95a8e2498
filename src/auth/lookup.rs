//! Looks up who a token speaks for: in the tables of accounts, past their stores, since the platform knows no context.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::token::{self, Identity, Subject};
use super::viewer::{Actor, Standing, Tenant, Viewer};
use super::{Permissions, Role};
use crate::db::tables::{api_keys, businesses, customer_sessions, memberships, sessions, share_links, users};
use crate::db::{Conn, Mode, Pool, Scope, Transaction};
use crate::error::{Error, Result};
use crate::id::{ApiKeyId, BusinessId, CustomerId, SessionId, UserId};

/// How long a use of an API key may go unnoted after one that was noted.
const NOTED_EVERY: Duration = Duration::hours(1);

impl Viewer {
    /// Looks up who a verified token speaks for. A sign-in, a membership, a key or a link that has ended is an
    /// error at once, whatever the token says.
    pub async fn find(conn: &Conn, identity: Identity, now: DateTime<Utc>) -> Result<Self> {
        match identity.subject {
            Subject::User(user, session) => {
                let found = find_user(conn, identity.business, user, session).await?;
                found.ok_or(Error::Unauthenticated(token::ENDED))
            }
            Subject::ApiKey(hash) => {
                let found = find_key(conn, identity.business, hash, now).await?;
                found.ok_or(Error::Unauthenticated(token::KEY_ENDED))
            }
            Subject::Customer(customer, session) => {
                let found = find_customer(conn, identity.business, customer, session, now).await?;
                found.ok_or(Error::Unauthenticated(token::ENDED))
            }
        }
    }

    /// The same viewer in the business as it is now: for what is read on behalf of all who are what they are, and who are
    /// no user of their own then.
    pub async fn afresh(&self, mut conn: &Conn) -> Result<Self> {
        let business = businesses::table.find(self.business.id).select(Tenant::as_select()).first(&mut conn).await?;
        let actor = if self.user().is_some() { Actor::Daybook } else { self.actor };
        Ok(Self { actor, business, ..self.clone() })
    }

    /// What each of these is now, or that it speaks for nobody any more: for those who stay connected. It takes a
    /// statement or three, whatever their number.
    pub async fn present(
        pool: &Pool,
        identities: impl IntoIterator<Item = Identity>,
        now: DateTime<Utc>,
    ) -> Result<HashMap<(Subject, BusinessId), Option<Standing>>> {
        let mut present: HashMap<_, _> =
            identities.into_iter().map(|identity| ((identity.subject, identity.business), None)).collect();
        if present.is_empty() {
            return Ok(present);
        }
        let transaction = Transaction::begin(pool, Scope::System, Mode::Read).await?;
        let mut conn: &Conn = &transaction;
        let (mut of_users, mut of_customers, mut keys, mut within) =
            (Vec::new(), Vec::new(), Vec::new(), HashSet::new());
        for (subject, business) in present.keys() {
            within.insert(*business);
            match *subject {
                Subject::User(_, session) => of_users.push(session),
                Subject::Customer(_, session) => of_customers.push(session),
                Subject::ApiKey(hash) => keys.push(hash.to_vec()),
            }
        }
        let within: Vec<_> = within.into_iter().collect();
        let mut found = HashMap::new();
        // Their other businesses come along. To ask for these as well would compare each row with each of them.
        if !of_users.is_empty() {
            let rows: Vec<(UserId, SessionId, BusinessId, Role)> = memberships::table
                .inner_join(users::table.inner_join(sessions::table))
                .filter(sessions::id.eq_any(of_users))
                .filter(sessions::revoked_at.is_null())
                .select((users::id, sessions::id, memberships::business_id, memberships::role))
                .load(&mut conn)
                .await?;
            let known = |(user, session, at, role)| ((Subject::User(user, session), at), Standing::of(role));
            found.extend(rows.into_iter().map(known));
        }
        if !of_customers.is_empty() {
            let rows: Vec<(CustomerId, SessionId, BusinessId)> = customer_sessions::table
                .inner_join(share_links::table.on(link_of_session()))
                .filter(customer_sessions::business_id.eq_any(&within).and(customer_sessions::id.eq_any(of_customers)))
                .filter(customer_sessions::revoked_at.is_null().and(link_is_good(now)))
                .select((customer_sessions::customer_id, customer_sessions::id, customer_sessions::business_id))
                .load(&mut conn)
                .await?;
            let known = |(own, session, at)| ((Subject::Customer(own, session), at), Standing::of_customer(own));
            found.extend(rows.into_iter().map(known));
        }
        if !keys.is_empty() {
            let rows: Vec<(Vec<u8>, BusinessId, Permissions, Role)> = api_keys::table
                .inner_join(memberships::table.on(membership_of_maker()))
                .filter(api_keys::business_id.eq_any(&within).and(api_keys::token_hash.eq_any(keys)))
                .filter(key_is_good(now))
                .select((api_keys::token_hash, api_keys::business_id, api_keys::scopes, memberships::role))
                .load(&mut conn)
                .await?;
            let known = |(hash, at, scopes, role): (Vec<u8>, _, _, _)| {
                Some(((Subject::ApiKey(hash.try_into().ok()?), at), Standing::of_key(scopes, role)))
            };
            found.extend(rows.into_iter().filter_map(known));
        }
        transaction.commit().await?;
        for (of, standing) in &mut present {
            *standing = found.remove(of);
        }
        Ok(present)
    }

    /// The oldest owner of the business of that slug, in whose name a command acts. In `Scope::System`.
    pub async fn owner_of(mut conn: &Conn, slug: &str) -> Result<Option<Self>> {
        let found: Option<(UserId, Role, Tenant)> = memberships::table
            .inner_join(businesses::table)
            .filter(businesses::slug.eq(slug).and(memberships::role.eq(Role::Owner)))
            .order((memberships::created_at, memberships::id))
            .select((memberships::user_id, memberships::role, Tenant::as_select()))
            .first(&mut conn)
            .await
            .optional()?;
        Ok(found.map(|(user, role, business)| Self::user_as(user, role, business)))
    }

    /// Notes that the key was used.
    pub(crate) async fn note_use(&self, mut conn: &Conn, now: DateTime<Utc>) -> Result<()> {
        let Actor::ApiKey(key) = self.actor else { return Ok(()) };
        // Of those who come at once, the first notes it.
        diesel::update(api_keys::table.find((self.business.id, key)))
            .filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.le(now - NOTED_EVERY)))
            .set(api_keys::last_used_at.eq(now))
            .execute(&mut conn)
            .await?;
        Ok(())
    }
}

async fn find_user(mut conn: &Conn, business: BusinessId, user: UserId, session: SessionId) -> Result<Option<Viewer>> {
    let found: Option<(Role, Tenant)> = memberships::table
        .inner_join(businesses::table)
        .inner_join(users::table.inner_join(sessions::table))
        .filter(memberships::business_id.eq(business).and(memberships::user_id.eq(user)))
        .filter(sessions::id.eq(session).and(sessions::revoked_at.is_null()))
        .select((memberships::role, Tenant::as_select()))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(role, business)| Viewer::user_as(user, role, business)))
}

/// A key's id, scopes and last use, the role of its maker, and its business.
type KeyRow = (ApiKeyId, Permissions, Option<DateTime<Utc>>, Role, Tenant);

/// A key can do what its scopes say, as far as the one who made it still can.
async fn find_key(mut conn: &Conn, business: BusinessId, hash: [u8; 32], now: DateTime<Utc>) -> Result<Option<Viewer>> {
    let found: Option<KeyRow> = api_keys::table
        .inner_join(memberships::table.on(membership_of_maker()))
        .inner_join(businesses::table)
        .filter(api_keys::business_id.eq(business).and(api_keys::token_hash.eq(hash.to_vec())))
        .filter(key_is_good(now))
        .select((api_keys::id, api_keys::scopes, api_keys::last_used_at, memberships::role, Tenant::as_select()))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(id, scopes, last_used_at, role, business)| {
        let use_unnoted = last_used_at.is_none_or(|last| last <= now - NOTED_EVERY);
        Viewer { actor: Actor::ApiKey(id), standing: Standing::of_key(scopes, role), business, use_unnoted }
    }))
}

async fn find_customer(
    mut conn: &Conn,
    business: BusinessId,
    customer: CustomerId,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<Option<Viewer>> {
    let found: Option<Tenant> = customer_sessions::table
        .inner_join(share_links::table.on(link_of_session()))
        .inner_join(businesses::table.on(businesses::id.eq(customer_sessions::business_id)))
        .filter(customer_sessions::business_id.eq(business).and(customer_sessions::id.eq(session)))
        .filter(customer_sessions::customer_id.eq(customer).and(customer_sessions::revoked_at.is_null()))
        .filter(link_is_good(now))
        .select(Tenant::as_select())
        .first(&mut conn)
        .await
        .optional()?;
    let (actor, standing) = (Actor::Customer(customer), Standing::of_customer(customer));
    Ok(found.map(|business| Viewer { actor, standing, business, use_unnoted: false }))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn membership_of_maker() -> _ {
    memberships::business_id.eq(api_keys::business_id).and(memberships::user_id.eq(api_keys::created_by))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn link_of_session() -> _ {
    share_links::business_id
        .eq(customer_sessions::business_id)
        .and(share_links::customer_id.eq(customer_sessions::customer_id))
        .and(share_links::id.eq(customer_sessions::share_link_id))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn key_is_good(now: DateTime<Utc>) -> _ {
    api_keys::revoked_at.is_null().and(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn link_is_good(now: DateTime<Utc>) -> _ {
    share_links::revoked_at.is_null().and(share_links::expires_at.is_null().or(share_links::expires_at.gt(now)))
}
