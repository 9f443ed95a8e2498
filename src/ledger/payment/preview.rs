//! What a payment would do, without doing it.

use async_graphql::{Context, Object, SimpleObject};

use super::model::PaymentRecordInput;
use super::post::{check_method, distribute};
use crate::customers::customer;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::graphql::ContextExt as _;
use crate::id::ChargeId;
use crate::ledger::charge::{self, Charge};
use crate::ledger::payment_method;
use crate::money::{Amount, Money};

/// What a payment would do.
#[derive(Debug, SimpleObject)]
pub struct PaymentPreview {
    /// What the customer has to pay now, over all charges. Null if there is no such customer.
    outstanding: Option<Money>,
    /// What each charge would get.
    allocations: Vec<PaymentPreviewAllocation>,
    /// What no charge would take and would become credit. Null if the payment would be refused.
    unallocated: Option<Money>,
    /// Why the payment would be refused. Empty if it would be recorded.
    user_errors: Vec<UserError>,
}

/// What one charge would get of a payment.
#[derive(Debug)]
pub struct PaymentPreviewAllocation {
    charge: ChargeId,
    amount: Amount,
}

/// What one charge would get of a payment.
#[Object]
impl PaymentPreviewAllocation {
    /// The charge as it is now.
    async fn charge(&self, ctx: &Context<'_>) -> Result<Charge> {
        let charge = ctx.load::<charge::ById>(self.charge).await?;
        charge.ok_or_else(|| Error::internal("a charge is gone within one snapshot"))
    }

    /// What it would get.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.amount))
    }

    /// What would still be to be paid of it.
    async fn remaining(&self, ctx: &Context<'_>) -> Result<Money> {
        let snapshot = ctx.read().await?;
        let charge = snapshot.load::<charge::ById>(self.charge).await?;
        let charge = charge.ok_or_else(|| Error::internal("a charge is gone within one snapshot"))?;
        Ok(snapshot.viewer.money(charge.row().outstanding().minus(self.amount)?))
    }
}

/// Distributes a payment like `paymentRecord` would at this moment.
pub async fn preview(ctx: &Context<'_>, input: PaymentRecordInput) -> Result<PaymentPreview> {
    let snapshot = ctx.read().await?;
    let tenant = &snapshot.viewer.business;
    let mut preview =
        PaymentPreview { outstanding: None, allocations: Vec::new(), unallocated: None, user_errors: Vec::new() };
    let distributed = async {
        let (new, _) = input.check(tenant, tenant.now(&ctx.app().clock))?;
        let found = customer::store::find(&snapshot, tenant.id, new.customer).await?;
        if found.is_none() {
            let message = format!("there is no customer {}", new.customer);
            return Err(Error::user(UserErrorCode::NotFound, "customerId", message));
        }
        let method = ctx.load::<payment_method::ById>(new.payment_method).await?;
        check_method(&new, method.as_ref())?;
        let open = charge::store::open(&snapshot, tenant.id, new.customer).await?;
        preview.outstanding = Some(tenant.money(open.iter().map(|charge| charge.outstanding).sum()));
        distribute(&new, &open, tenant)
    };
    match distributed.await {
        Ok(distribution) => {
            preview.unallocated = Some(tenant.money(distribution.rest));
            let part = |(charge, amount)| PaymentPreviewAllocation { charge, amount };
            preview.allocations = distribution.parts.into_iter().map(part).collect();
        }
        Err(Error::User(errors)) => preview.user_errors = errors,
        Err(error) => return Err(error),
    }
    Ok(preview)
}
