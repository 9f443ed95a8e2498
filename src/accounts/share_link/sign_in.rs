//! Signing in by share link, and going on with it.

use std::time::Duration as StdDuration;

use async_graphql::Context;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::model::{CustomerSession, ShareLink};
use super::store;
use crate::accounts::session::{self, SessionPayload};
use crate::app::App;
use crate::auth::{Actor, Subject, secret};
use crate::db::{Conn, Mode, Scope, Transaction};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::ContextExt as _;
use crate::id::{BusinessId, CustomerId, SessionId};
use crate::text::PhoneNumber;

/// What every token of a link begins with.
pub const LINK_PREFIX: &str = "dbl_";
/// What every refresh token of a customer begins with.
const REFRESH_PREFIX: &str = "dbc_";
/// How long a refresh token can be used.
const REFRESH: Duration = Duration::days(30);
/// When a refusal is answered: later than any of its reasons is found, so that none can be told by the time it took.
const REFUSED_AFTER: StdDuration = StdDuration::from_millis(250);

/// Signs a customer in. Why it is refused is not said: whoever guesses learns neither whether there is such a link
/// nor whether it is locked.
pub async fn sign_in(ctx: &Context<'_>, token: &str, phone: &str) -> Result<SessionPayload> {
    let app = ctx.app();
    app.limits.address(session::peer(ctx))?;
    app.limits.account(secret::digest(token))?;
    let begun = Instant::now();
    match try_number(app, token, phone).await? {
        Some((transaction, link)) => begin(ctx, transaction, &link).await,
        None => {
            sleep_until(begun + REFUSED_AFTER).await;
            let message = "the link or the number is wrong, or there were too many wrong numbers: check the number, \
                wait 15 minutes, or ask for a new link";
            Err(Error::user(UserErrorCode::WrongCredentials, "", message))
        }
    }
}

/// The link, locked in a transaction, if its token and number are right and it leads anywhere.
async fn try_number(app: &App, token: &str, phone: &str) -> Result<Option<(Transaction, ShareLink)>> {
    let Some(([business], hash)) = secret::read_addressed(LINK_PREFIX, token) else { return Ok(None) };
    let business = BusinessId(business);
    let now = app.clock.now();
    let transaction = Transaction::begin(&app.pool, Scope::Business(business, None), Mode::Write).await?;
    let Some(mut link) = store::lock_by_token(&transaction, business, hash).await? else { return Ok(None) };
    if !link.is_good(now) || link.is_locked(now) {
        return Ok(None);
    }
    let (number, country) = store::number_of(&transaction, business, link.customer_id).await?;
    let given = PhoneNumber::parse(phone, Some(country)).ok();
    let right = match (&number, &given) {
        (Some(number), Some(given)) => secret::digest(&number.0) == secret::digest(&given.0),
        _ => false,
    };
    if right {
        link.wrong_at.clear();
        link.last_used_at = Some(now);
        store::update_tries(&transaction, &link).await?;
        return Ok(Some((transaction, link)));
    }
    if link.count_wrong(now) {
        let event = NewEvent::of_customer(EventKind::ShareLinkLocked, link.customer_id, link.id.0, json!({}));
        events::record_all(&transaction, &app.clock, business, None, vec![event]).await?;
    }
    store::update_tries(&transaction, &link).await?;
    transaction.commit().await?;
    app.bell.ring();
    Ok(None)
}

async fn begin(ctx: &Context<'_>, transaction: Transaction, link: &ShareLink) -> Result<SessionPayload> {
    let app = ctx.app();
    let (business, now) = (link.business_id, app.clock.now());
    let id = SessionId(app.clock.id());
    let (token, hash) = secret::addressed(REFRESH_PREFIX, &[business.0, id.0])?;
    let session = CustomerSession {
        business_id: business,
        id,
        customer_id: link.customer_id,
        share_link_id: link.id,
        refresh_hash: hash.to_vec(),
        created_at: now,
        expires_at: now + REFRESH,
        revoked_at: None,
    };
    store::delete_ended_sessions(&transaction, link, now).await?;
    store::insert_session(&transaction, &session).await?;
    record(&transaction, app, EventKind::CustomerSignedIn, &session).await?;
    transaction.commit().await?;
    answer(ctx, &session, token, now).await
}

/// Goes on with a sign-in: `None` if `token` is no refresh token of a customer.
pub async fn refresh(ctx: &Context<'_>, token: &str) -> Option<Result<SessionPayload>> {
    let ([business, id], hash) = secret::read_addressed(REFRESH_PREFIX, token)?;
    Some(go_on(ctx, BusinessId(business), SessionId(id), hash).await)
}

async fn go_on(ctx: &Context<'_>, business: BusinessId, id: SessionId, hash: [u8; 32]) -> Result<SessionPayload> {
    let app = ctx.app();
    let now = app.clock.now();
    app.limits.account(id)?;
    let transaction = Transaction::begin(&app.pool, Scope::Business(business, None), Mode::Write).await?;
    let Some(session) = store::lock_session(&transaction, business, id).await? else { return Err(session::ended()) };
    let link = store::find(&transaction, business, session.share_link_id).await?;
    let good = link.is_some_and(|link| link.is_good(now));
    if !good || session.revoked_at.is_some() || session.expires_at <= now {
        return Err(session::ended());
    }
    if session.refresh_hash != hash {
        // Whoever knows the id of a sign-in has had a token of it: this one is spent, and someone has a copy.
        store::revoke_session(&transaction, business, id, now).await?;
        record(&transaction, app, EventKind::RefreshTokenReused, &session).await?;
        transaction.commit().await?;
        app.bell.ring();
        return Err(session::ended());
    }
    let (token, hash) = secret::addressed(REFRESH_PREFIX, &[business.0, id.0])?;
    store::update_refresh(&transaction, business, id, hash, now + REFRESH).await?;
    transaction.commit().await?;
    answer(ctx, &session, token, now).await
}

/// Ends a sign-in.
pub async fn sign_out(ctx: &Context<'_>, id: SessionId) -> Result<()> {
    let write = ctx.write().await?;
    store::revoke_session(&write, write.viewer.business.id, id, write.app.clock.now()).await?;
    write.commit().await
}

async fn answer(
    ctx: &Context<'_>,
    session: &CustomerSession,
    refresh_token: String,
    now: DateTime<Utc>,
) -> Result<SessionPayload> {
    ctx.app().bell.ring();
    let subject = Subject::Customer(session.customer_id, session.id);
    session::acting_for(ctx, subject, session.business_id, refresh_token, now).await
}

async fn record(conn: &Conn, app: &App, kind: EventKind, session: &CustomerSession) -> Result<()> {
    let customer: CustomerId = session.customer_id;
    let data = json!({ "session": session.id.to_string() });
    let event = NewEvent::of_customer(kind, customer, session.share_link_id.0, data);
    events::record_all(conn, &app.clock, session.business_id, Some(Actor::Customer(customer)), vec![event]).await
}
