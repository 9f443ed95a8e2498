//! Mutations of service usage.

use std::collections::{HashMap, HashSet};

use async_graphql::{Context, Object};

use super::model::{ServiceUsage, ServiceUsageUpdateInput, ServiceUsagesUpdateInput};
use super::store;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::CustomerId;
use crate::text::Checks;

payload! {
    /// The answer of `serviceUsageUpdate`.
    ServiceUsagePayload {
        /// How much the customer uses, as it was reported.
        service_usage: ServiceUsage,
    }
}

payload! {
    /// The answer of `serviceUsagesUpdate`.
    ServiceUsagesPayload {
        /// About how many customers something was reported.
        reported: i64,
    }
}

/// Mutations of service usage.
#[derive(Default)]
pub struct ServiceUsageMutation;

#[Object]
impl ServiceUsageMutation {
    /// Reports how much a customer uses, in place of what was reported before. For routers and scripts, as often as they
    /// like: it is in no log.
    async fn service_usage_update(
        &self,
        ctx: &Context<'_>,
        input: ServiceUsageUpdateInput,
    ) -> Nullable<ServiceUsagePayload> {
        mutate(ctx, Permission::UsageWrite, update(ctx, input)).await
    }

    /// Reports how much many customers use, at most 500 at once: all or, if anything is wrong with one of them, none.
    async fn service_usages_update(
        &self,
        ctx: &Context<'_>,
        input: ServiceUsagesUpdateInput,
    ) -> Nullable<ServiceUsagesPayload> {
        mutate(ctx, Permission::UsageWrite, update_all(ctx, input)).await
    }
}

async fn update(ctx: &Context<'_>, input: ServiceUsageUpdateInput) -> Result<ServiceUsagePayload> {
    let write = ctx.write().await?;
    let mut checks = Checks::default();
    input.check("", &mut checks);
    checks.finish()?;
    let reported = report(&write, &[input], |_| String::new()).await?;
    write.commit().await?;
    Ok(ServiceUsagePayload { service_usage: reported.into_iter().next(), ..Default::default() })
}

async fn update_all(ctx: &Context<'_>, input: ServiceUsagesUpdateInput) -> Result<ServiceUsagesPayload> {
    let write = ctx.write().await?;
    input.check()?;
    let reported = report(&write, &input.reports, |place| format!("reports.{place}.")).await?;
    write.commit().await?;
    let reported = i64::try_from(reported.len()).map_err(Error::internal)?;
    Ok(ServiceUsagesPayload { reported: Some(reported), ..Default::default() })
}

/// Keeps what is reported, which was checked. `before` is what stands before the fields of a report in errors.
pub async fn report(
    write: &Write,
    reports: &[ServiceUsageUpdateInput],
    before: impl Fn(usize) -> String,
) -> Result<Vec<ServiceUsage>> {
    let business = write.viewer.business.id;
    let ids: Vec<CustomerId> = reports.iter().filter_map(|report| report.customer_id).collect();
    // PostgreSQL's text cannot have a NUL, so that no code has one either.
    let codes = reports.iter().filter_map(|report| report.code.as_deref()).filter(|code| !code.contains('\0'));
    let codes: Vec<&str> = codes.collect();
    let (known, by_code) = tokio::try_join!(
        customer::store::known(write, business, &ids),
        customer::store::ids_by_codes(write, business, &codes)
    )?;
    let mut checks = Checks::default();
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(reports.len());
    for (place, report) in reports.iter().enumerate() {
        let Some(id) = who(report, &known, &by_code) else {
            let (field, named) = match (report.customer_id, &report.code) {
                (None, Some(code)) => ("code", format!("of the code `{code}`")),
                (id, _) => ("customerId", id.map(|id| id.to_string()).unwrap_or_default()),
            };
            let message = format!("there is no customer {named}");
            checks.add(UserErrorCode::NotFound, &format!("{}{field}", before(place)), message);
            continue;
        };
        if !seen.insert(id) {
            let field = if report.code.is_some() { "code" } else { "customerId" };
            let message = "another report is about the same customer: send one for each";
            checks.add(UserErrorCode::Invalid, &format!("{}{field}", before(place)), message);
        }
        kept.push(ServiceUsage { id, percent: report.percent, devices: report.devices, reported_at: write.now() });
    }
    checks.finish()?;
    store::put(write, business, &kept).await?;
    Ok(kept)
}

/// About whom it is, if there is such a customer.
fn who(
    report: &ServiceUsageUpdateInput,
    known: &HashSet<CustomerId>,
    by_code: &HashMap<String, CustomerId>,
) -> Option<CustomerId> {
    match &report.code {
        Some(code) => by_code.get(code).copied(),
        None => report.customer_id.filter(|id| known.contains(id)),
    }
}
