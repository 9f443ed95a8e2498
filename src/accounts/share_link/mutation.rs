//! Mutations of share links, and signing in by them.

use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use super::model::{MAX_LINKS, ShareLink, ShareLinkCreateInput};
use super::{sign_in, store};
use crate::accounts::business;
use crate::accounts::session::SessionPayload;
use crate::auth::{Permission, secret};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, answer, mutate, payload};
use crate::id::ShareLinkId;

payload! {
    /// The answer of `shareLinkCreate`.
    ShareLinkCreatePayload {
        /// The link as it is kept.
        share_link: ShareLink,
        /// The token of the link, which `customerSignIn` takes. It is shown here and never again.
        token: String,
        /// The address to send to the customer, with the token in it. It is shown here and never again.
        url: String,
        /// A message to send as it stands: who sends it, the address, and how to sign in.
        message: String,
    }
}

payload! {
    /// The answer of `shareLinkRevoke`.
    ShareLinkPayload {
        /// The link as it is now.
        share_link: ShareLink,
    }
}

/// What a customer signs in with.
#[derive(InputObject)]
pub struct CustomerSignInInput {
    /// The token of the link that they were sent.
    #[graphql(secret)]
    token: String,
    /// Their WhatsApp number, in any common spelling.
    #[graphql(secret)]
    phone: String,
}

/// Mutations of share links.
#[derive(Default)]
pub struct ShareLinkMutation;

#[Object]
impl ShareLinkMutation {
    /// Makes a link by which a customer sees their own account. At most 20 of one customer can be used at a time.
    async fn share_link_create(
        &self,
        ctx: &Context<'_>,
        input: ShareLinkCreateInput,
    ) -> Nullable<ShareLinkCreatePayload> {
        mutate(ctx, Permission::ShareLinks, create(ctx, input)).await
    }

    /// Ends a link at once. Whoever came by it is cut off within seconds.
    async fn share_link_revoke(&self, ctx: &Context<'_>, id: ShareLinkId) -> Nullable<ShareLinkPayload> {
        mutate(ctx, Permission::ShareLinks, revoke(ctx, id)).await
    }

    /// Begins a session of a customer, who sees what is their own. Five wrong numbers in 15 minutes lock the link
    /// for 15 minutes.
    async fn customer_sign_in(&self, ctx: &Context<'_>, input: CustomerSignInInput) -> Nullable<SessionPayload> {
        answer(sign_in::sign_in(ctx, &input.token, &input.phone).await)
    }
}

async fn create(ctx: &Context<'_>, input: ShareLinkCreateInput) -> Result<ShareLinkCreatePayload> {
    let write = ctx.write().await?;
    let (viewer, clock) = (&write.viewer, &write.app.clock);
    let business = viewer.business.id;
    let link = input.check(business, ShareLinkId(clock.id()), viewer.user(), clock.now())?;
    if !store::hold_customer(&write, business, link.customer_id).await? {
        let message = format!("there is no customer {}", link.customer_id);
        return Err(Error::user(UserErrorCode::NotFound, "customerId", message));
    }
    if store::count_good(&write, business, link.customer_id, link.created_at).await? >= MAX_LINKS {
        let message = format!("this customer has {MAX_LINKS} links that can be used: revoke one first");
        return Err(Error::user(UserErrorCode::Invalid, "customerId", message));
    }
    let (token, hash) = secret::addressed(sign_in::LINK_PREFIX, &[business.0])?;
    store::insert(&write, &link, hash).await?;
    record(&write, EventKind::ShareLinkCreated, &link).await?;
    let name = business::store::name(&write, business).await?;
    let url = format!("{}/c/{token}", write.app.public_url);
    let message = format!("{name}: see your account at {url} (sign in with your WhatsApp number)");
    write.commit().await?;
    Ok(ShareLinkCreatePayload {
        share_link: Some(link),
        token: Some(token),
        url: Some(url),
        message: Some(message),
        ..Default::default()
    })
}

async fn revoke(ctx: &Context<'_>, id: ShareLinkId) -> Result<ShareLinkPayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let mut link = store::lock(&write, business, id).await?;
    // Asked for twice, done once.
    if link.revoked_at.is_none() {
        link = store::revoke(&write, business, id, write.app.clock.now()).await?;
        record(&write, EventKind::ShareLinkRevoked, &link).await?;
    }
    write.commit().await?;
    Ok(ShareLinkPayload { share_link: Some(link), ..Default::default() })
}

async fn record(write: &Write, kind: EventKind, link: &ShareLink) -> Result<()> {
    let event = NewEvent::of_customer(kind, link.customer_id, link.id.0, json!({}));
    events::record(write, event).await
}
