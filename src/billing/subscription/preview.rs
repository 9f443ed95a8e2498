//! What a mutation of a subscription would come to. Nothing is written.

use async_graphql::Context;
use chrono::NaiveDate;

use super::act::Act;
use super::life::{SubscriptionChangeMode, SubscriptionLine};
use super::store;
use crate::error::{Error, Result, UserError};
use crate::graphql::ContextExt as _;
use crate::id::PlanSubscriptionId;
use crate::money::Amount;

/// What a mutation of a subscription would do.
#[derive(Debug)]
pub struct SubscriptionPreview {
    /// Of which.
    pub subscription: PlanSubscriptionId,
    /// The day from which it would count. None if nobody has decided that yet.
    pub effective_on: Option<NaiveDate>,
    /// How a change would take effect.
    pub mode: Option<SubscriptionChangeMode>,
    /// What would be given back and charged.
    pub lines: Vec<SubscriptionLine>,
    /// What that comes to. None if it would be refused.
    pub total: Option<Amount>,
    /// Why it would be refused.
    pub user_errors: Vec<UserError>,
}

/// What `act` would do to a subscription today, after what is due before it. Nothing if there is no such subscription.
pub async fn preview(
    ctx: &Context<'_>,
    id: PlanSubscriptionId,
    act: Result<Act>,
) -> Result<Option<SubscriptionPreview>> {
    let snapshot = ctx.read().await?;
    let tenant = &snapshot.viewer.business;
    let Some(row) = store::find(&snapshot, tenant.id, id).await? else { return Ok(None) };
    let Some(mut life) = store::lives(&snapshot, tenant.id, vec![row]).await?.pop() else { return Ok(None) };
    let today = tenant.today(&ctx.app().clock);
    while let Some(day) = life.due(today) {
        life.step(day);
    }
    let nothing = SubscriptionPreview {
        subscription: id,
        effective_on: None,
        mode: None,
        lines: Vec::new(),
        total: None,
        user_errors: Vec::new(),
    };
    let acted = async { act?.apply(&snapshot, &mut life, today).await }.await;
    let (outcome, mode) = match acted {
        Ok(acted) => acted,
        Err(Error::User(user_errors)) => return Ok(Some(SubscriptionPreview { user_errors, ..nothing })),
        Err(error) => return Err(error),
    };
    let lines: Vec<_> = outcome.lines().cloned().collect();
    let total = Some(lines.iter().map(|line| line.taxed(tenant.tax_mode).gross).sum());
    // What is only decided takes effect when something is due next.
    let effective_on = if outcome.is_scheduled() { life.row.due_on } else { Some(outcome.on) };
    Ok(Some(SubscriptionPreview { effective_on, mode, lines, total, ..nothing }))
}
