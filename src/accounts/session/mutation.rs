//! Sign-up, sign-in, refresh, sign-out, switching business, changing a password.

use async_graphql::{Context, InputObject, Object};
use axum::http::header::SET_COOKIE;
use chrono::{DateTime, Duration, Utc};
use diesel::result::Error as DieselError;
use serde_json::json;

use super::store;
use crate::accounts::business::{self, NewBusiness};
use crate::accounts::user::{self, NewUser};
use crate::accounts::{membership, share_link};
use crate::app::App;
use crate::auth::cookies::{self, Page};
use crate::auth::{Actor, Peer, Subject, Viewer, password, secret, token};
use crate::db::{Conn, Mode, Scope, Transaction};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, answer, payload};
use crate::id::{BusinessId, SessionId, UserId};
use crate::text::{Checks, EmailAddress};

/// How long a refresh token can be used, in days.
const REFRESH_DAYS: i64 = 30;

/// A user and the business that they open.
#[derive(InputObject)]
pub struct SignUpInput {
    /// What the user is called, at most 100 characters.
    name: String,
    /// What they sign in with; unique, without regard to case.
    email: String,
    /// 8 to 256 characters.
    #[graphql(secret)]
    password: String,
    /// The business, of which the user becomes the owner.
    business: NewBusiness,
}

/// What a user signs in with.
#[derive(InputObject)]
pub struct SignInInput {
    /// The e-mail address of the user.
    email: String,
    /// Their password.
    #[graphql(secret)]
    password: String,
    /// The business to act in. The one they joined first if absent.
    business_slug: Option<String>,
}

/// What continues a session.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The refresh token of the last answer. It can be used once. That of the cookie if absent.
    #[graphql(secret)]
    refresh_token: Option<String>,
}

/// Where to act from now on.
#[derive(InputObject)]
pub struct BusinessSwitchInput {
    /// A business to which the user belongs.
    business_id: BusinessId,
}

/// The old and the new password.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The password of now.
    #[graphql(secret)]
    current_password: String,
    /// 8 to 256 characters.
    #[graphql(secret)]
    new_password: String,
}

payload! {
    /// The tokens of a session.
    SessionPayload {
        /// Send it as `Authorization: Bearer …`. It is valid for 15 minutes.
        access_token: String,
        /// Give it to `sessionRefresh`, once, for the next pair of tokens. It is valid for 30 days.
        refresh_token: String,
        /// Until when the access token is valid.
        expires_at: DateTime<Utc>,
        /// Who is signed in.
        viewer: Viewer,
    }
}

payload! {
    /// The answer of `signOut`.
    SignOutPayload {
        /// The session that has ended.
        session_id: SessionId,
    }
}

payload! {
    /// The answer of `passwordChange`.
    PasswordChangePayload {
        /// Whose password it is.
        viewer: Viewer,
    }
}

/// Mutations of sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Adds a user and opens their business, and signs them in.
    async fn sign_up(&self, ctx: &Context<'_>, input: SignUpInput) -> Nullable<SessionPayload> {
        answer(sign_up(ctx, input).await)
    }

    /// Begins a session.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Nullable<SessionPayload> {
        answer(sign_in(ctx, input).await)
    }

    /// Continues a session with new tokens. A refresh token that comes a second time ends its session.
    async fn session_refresh(&self, ctx: &Context<'_>, input: SessionRefreshInput) -> Nullable<SessionPayload> {
        answer(refresh(ctx, input.refresh_token).await)
    }

    /// Ends the session at once, with all its tokens.
    async fn sign_out(&self, ctx: &Context<'_>) -> Nullable<SignOutPayload> {
        answer(sign_out(ctx).await)
    }

    /// Continues the session in another business of the user.
    async fn business_switch(&self, ctx: &Context<'_>, input: BusinessSwitchInput) -> Nullable<SessionPayload> {
        answer(switch(ctx, input.business_id).await)
    }

    /// Replaces the password and ends the user's other sessions.
    async fn password_change(&self, ctx: &Context<'_>, input: PasswordChangeInput) -> Nullable<PasswordChangePayload> {
        answer(change_password(ctx, input).await)
    }
}

async fn sign_up(ctx: &Context<'_>, input: SignUpInput) -> Result<SessionPayload> {
    let app = ctx.app();
    let now = app.clock.now();
    let mut checks = Checks::default();
    let name = checks.text("name", &input.name, 100);
    let email = checks.take("email", input.email.parse::<EmailAddress>());
    check_password("password", &input.password, &mut checks);
    let business = input.business.check(BusinessId(app.clock.id()), now, &mut checks);
    checks.finish()?;
    let (Some(email), Some(business)) = (email, business) else { return Err(Error::internal("checked above")) };

    let password_hash = password::hash(input.password).await?;
    let id = UserId(app.clock.id());
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Write).await?;
    let user = NewUser { id, email, name, password_hash, created_at: now, updated_at: now };
    user::store::insert(&transaction, &user).await.map_err(taken)?;
    business::open(&transaction, &app.clock, &business, id).await?;
    begin_session(ctx, transaction, id, business.id).await
}

async fn sign_in(ctx: &Context<'_>, input: SignInInput) -> Result<SessionPayload> {
    let app = ctx.app();
    let wrong = || {
        Error::user(UserErrorCode::WrongCredentials, "", "the e-mail address, the password or the business is wrong")
    };
    app.limits.address(peer(ctx))?;
    let Ok(email) = input.email.parse::<EmailAddress>() else { return Err(wrong()) };
    if input.password.chars().count() > password::MAX_LENGTH {
        return Err(wrong());
    }
    app.limits.account(email.0.to_lowercase())?;
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Read).await?;
    let found = user::store::find_with_password(&transaction, &email).await?;
    let id = found.as_ref().map(|(user, _)| user.id);
    let memberships = membership::store::by_users(&transaction, id.as_slice()).await?;
    // Verifying takes tens of milliseconds: not while holding a connection.
    transaction.commit().await?;
    let verified = password::verify(input.password, found.map(|(_, hash)| hash)).await?;
    let business = memberships
        .into_values()
        .flatten()
        .map(|(_, business)| business)
        .find(|business| input.business_slug.as_ref().is_none_or(|slug| *slug == business.slug));
    let (true, Some(id), Some(business)) = (verified, id, business) else { return Err(wrong()) };

    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Write).await?;
    record(&transaction, app, EventKind::SignedIn, business.id, id, json!({})).await?;
    begin_session(ctx, transaction, id, business.id).await
}

async fn refresh(ctx: &Context<'_>, token: Option<String>) -> Result<SessionPayload> {
    let app = ctx.app();
    let now = app.clock.now();
    app.limits.address(peer(ctx))?;
    let of_cookie = || ctx.data_opt::<Page>().and_then(|page| page.refresh_token.clone());
    let token = &token.or_else(of_cookie).ok_or_else(|| {
        Error::user(UserErrorCode::Required, "refreshToken", "give the refresh token of the last answer")
    })?;
    if let Some(refreshed) = share_link::sign_in::refresh(ctx, token).await {
        return refreshed;
    }
    let hash = secret::hash(token);
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Write).await?;
    let Some(kept) = store::lock_token(&transaction, &hash).await? else { return Err(ended()) };
    app.limits.account(kept.user_id)?;
    if kept.revoked_at.is_some() || kept.expires_at <= now {
        return Err(ended());
    }
    if kept.spent_at.is_some() {
        store::revoke(&transaction, kept.session_id, now).await?;
        let kind = EventKind::RefreshTokenReused;
        record(
            &transaction,
            app,
            kind,
            kept.business_id,
            kept.user_id,
            json!({ "session": kept.session_id.to_string() }),
        )
        .await?;
        transaction.commit().await?;
        app.bell.ring();
        return Err(ended());
    }
    store::spend_token(&transaction, &hash, now).await?;
    issue(ctx, transaction, kept.user_id, kept.session_id, kept.business_id).await
}

async fn sign_out(ctx: &Context<'_>) -> Result<SignOutPayload> {
    let session = match ctx.session().identity().await?.subject {
        Subject::User(_, session) => {
            let write = ctx.write().await?;
            store::revoke(&write, session, write.app.clock.now()).await?;
            write.commit().await?;
            session
        }
        Subject::Customer(_, session) => {
            share_link::sign_in::sign_out(ctx, session).await?;
            session
        }
        Subject::ApiKey(_) => return Err(Error::Forbidden("an API key has no session: revoke the key".into())),
    };
    if ctx.data_opt::<Page>().is_some() {
        for cookie in cookies::ended() {
            ctx.append_http_header(SET_COOKIE, cookie);
        }
    }
    ctx.session().act_for(Err(token::ANONYMOUS)).await?;
    Ok(SignOutPayload { session_id: Some(session), ..Default::default() })
}

async fn switch(ctx: &Context<'_>, business: BusinessId) -> Result<SessionPayload> {
    let (user, session) = ctx.session().identity().await?.user()?;
    let snapshot = ctx.read().await?;
    if membership::store::find(&snapshot, business, user).await?.is_none() {
        return Err(Error::user(UserErrorCode::NotFound, "businessId", "you belong to no such business"));
    }
    drop(snapshot);
    ctx.session().close().await?;
    let transaction = Transaction::begin(&ctx.app().pool, Scope::System, Mode::Write).await?;
    issue(ctx, transaction, user, session, business).await
}

async fn change_password(ctx: &Context<'_>, input: PasswordChangeInput) -> Result<PasswordChangePayload> {
    let (user, session) = ctx.session().identity().await?.user()?;
    let mut checks = Checks::default();
    check_password("newPassword", &input.new_password, &mut checks);
    checks.finish()?;
    ctx.app().limits.account(user)?;
    let hash = user::store::password_hash(&*ctx.read().await?, user).await?;
    ctx.session().close().await?;
    if !password::verify(input.current_password, Some(hash)).await? {
        return Err(Error::user(UserErrorCode::WrongCredentials, "currentPassword", "this is not the password of now"));
    }
    let hash = password::hash(input.new_password).await?;
    let write = ctx.write().await?;
    let now = write.app.clock.now();
    user::store::update_password(&write, user, &hash, now).await?;
    store::revoke_others(&write, user, session, now).await?;
    let event = NewEvent { kind: EventKind::PasswordChanged, customer: None, subject: user.0, data: json!({}) };
    events::record(&write, event).await?;
    write.commit().await?;
    Ok(PasswordChangePayload { viewer: Some(ctx.read().await?.viewer.clone()), ..Default::default() })
}

/// What is said of a refresh token that continues nothing.
pub(in crate::accounts) fn ended() -> Error {
    Error::user(UserErrorCode::WrongCredentials, "refreshToken", "this session has ended: sign in again")
}

/// From where the operation was asked for.
pub(in crate::accounts) fn peer(ctx: &Context<'_>) -> Peer {
    ctx.data_opt::<Peer>().copied().unwrap_or_default()
}

fn check_password(field: &str, password: &str, checks: &mut Checks) {
    let count = password.chars().count();
    if !(password::MIN_LENGTH..=password::MAX_LENGTH).contains(&count) {
        let (min, max) = (password::MIN_LENGTH, password::MAX_LENGTH);
        checks.add(
            UserErrorCode::Invalid,
            field,
            format!("a password has {min} to {max} characters; this has {count}"),
        );
    }
}

async fn begin_session(
    ctx: &Context<'_>,
    transaction: Transaction,
    user: UserId,
    business: BusinessId,
) -> Result<SessionPayload> {
    let session = SessionId(ctx.app().clock.id());
    store::insert(&transaction, session, user, ctx.app().clock.now()).await?;
    issue(ctx, transaction, user, session, business).await
}

/// Makes the next pair of tokens, commits, and lets the rest of the operation act as the user.
async fn issue(
    ctx: &Context<'_>,
    transaction: Transaction,
    user: UserId,
    session: SessionId,
    business: BusinessId,
) -> Result<SessionPayload> {
    let app = ctx.app();
    let now = app.clock.now();
    let refresh_token = secret::token()?;
    let expires_at = now + Duration::days(REFRESH_DAYS);
    store::insert_token(&transaction, &secret::hash(&refresh_token), session, business, expires_at).await?;
    transaction.commit().await?;
    app.bell.ring();
    acting_for(ctx, Subject::User(user, session), business, refresh_token, now).await
}

/// Makes an access token and lets the rest of the operation act by it.
pub(in crate::accounts) async fn acting_for(
    ctx: &Context<'_>,
    subject: Subject,
    business: BusinessId,
    refresh_token: String,
    now: DateTime<Utc>,
) -> Result<SessionPayload> {
    let (access_token, identity) = ctx.app().tokens.issue(subject, business, now)?;
    ctx.session().act_for(Ok(identity)).await?;
    if ctx.data_opt::<Page>().is_some() {
        // The data base knows until when exactly a refresh token is good.
        let until = now + Duration::days(REFRESH_DAYS);
        let cookies = cookies::of_tokens((&access_token, identity.expires_at), (&refresh_token, until));
        for cookie in cookies {
            ctx.append_http_header(SET_COOKIE, cookie);
        }
    }
    Ok(SessionPayload {
        access_token: Some(access_token),
        refresh_token: Some(refresh_token),
        expires_at: Some(identity.expires_at),
        viewer: Some(ctx.read().await?.viewer.clone()),
        user_errors: Vec::new(),
    })
}

async fn record(
    conn: &Conn,
    app: &App,
    kind: EventKind,
    business: BusinessId,
    user: UserId,
    data: serde_json::Value,
) -> Result<()> {
    let event = NewEvent { kind, customer: None, subject: user.0, data };
    events::record_all(conn, &app.clock, business, Some(Actor::User(user)), vec![event]).await
}

fn taken(error: DieselError) -> Error {
    match Error::taken(&error) {
        Some("users_email_key") => {
            let message = "a user with this e-mail address exists: sign in instead";
            Error::user(UserErrorCode::Taken, "email", message)
        }
        _ => error.into(),
    }
}
