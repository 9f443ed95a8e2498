//! Changing many customers at once: one bounded transaction, so that it is done as a whole or not at all. Who is so
//! already is left alone, so that asked for twice it is done once.

use async_graphql::{Context, InputObject, SimpleObject};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::filter::{CustomerFilter, Wanted};
use super::input::{MAX_TAG, MAX_TAGS};
use super::model::{Customer, CustomerStatus, CustomerType};
use super::store;
use crate::auth::{Tenant, Viewer};
use crate::clock::Clock;
use crate::db::Conn;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Write, payload};
use crate::id::{CustomerId, SegmentId};
use crate::text::Checks;

/// The most customers that one call changes, and the most ids that it names.
const MAX_CUSTOMERS: usize = 10_000;
/// Events of one statement.
const CHUNK: usize = 3_000;

/// What becomes of many customers. What is absent stays as it is.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CustomersChangeInput {
    /// Labels that they get, at most 50 of 50 characters.
    pub add_tags: Option<Vec<String>>,
    /// Labels that they lose.
    pub remove_tags: Option<Vec<String>>,
    /// What kind of customer they are.
    #[graphql(name = "type")]
    pub kind: Option<CustomerType>,
    /// Where they stand. To archive, use `customerArchive`.
    pub status: Option<CustomerStatus>,
    /// Whether they are members: from today on, if they were none.
    pub member: Option<bool>,
}

/// What becomes of many customers, checked.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Labels that they get.
    pub add: Vec<String>,
    /// Labels that they lose.
    pub remove: Vec<String>,
    /// What kind of customer they are.
    pub kind: Option<CustomerType>,
    /// Where they stand.
    pub status: Option<CustomerStatus>,
    /// Whether they are members.
    pub member: Option<bool>,
    /// Whether the rule makes them members.
    pub by_rule: bool,
    /// Since when new members are.
    pub today: NaiveDate,
}

/// What `customersUpdate` would do.
#[derive(Debug, Clone, SimpleObject)]
pub struct CustomersUpdatePreview {
    /// How many customers there are to whom it applies.
    matched: i64,
    /// How many of them it would change; the others are so already.
    changing: i64,
    /// The most that one call changes.
    limit: i64,
}

payload! {
    /// The answer of `customersUpdate` and `membershipActivate`.
    CustomersUpdatePayload {
        /// How many customers there were to whom it applied.
        matched: i64,
        /// How many of them were changed; the others were so already.
        changed: i64,
    }
}

impl CustomersChangeInput {
    fn check(self, tenant: &Tenant, clock: &Clock) -> Result<Change> {
        let mut checks = Checks::default();
        let mut tags = |field: &str, tags: Option<Vec<String>>| {
            let tags = tags.unwrap_or_default();
            if tags.len() > MAX_TAGS {
                let message = format!("{} tags; at most {MAX_TAGS} are allowed", tags.len());
                checks.add(UserErrorCode::TooLong, field, message);
            }
            let mut kept: Vec<String> = tags.iter().map(|tag| checks.text(field, tag, MAX_TAG)).collect();
            kept.sort();
            kept.dedup();
            kept
        };
        let (add, remove) = (tags("change.addTags", self.add_tags), tags("change.removeTags", self.remove_tags));
        if let Some(both) = add.iter().find(|tag| remove.contains(tag)) {
            let message = format!("`{both}` is to be added and removed: leave it out of one of the two");
            checks.add(UserErrorCode::Invalid, "change.removeTags", message);
        }
        if self.status == Some(CustomerStatus::Archived) {
            let message = "ARCHIVED is not set as a status: use customerArchive";
            checks.add(UserErrorCode::Invalid, "change.status", message);
        }
        let change = Change {
            add,
            remove,
            kind: self.kind,
            status: self.status,
            member: self.member,
            by_rule: false,
            today: tenant.today(clock),
        };
        checks.finish()?;
        Ok(change)
    }
}

impl Change {
    /// The names of the fields that it touches.
    fn fields(&self) -> Vec<&'static str> {
        let tags = !self.add.is_empty() || !self.remove.is_empty();
        [
            (tags, "tags"),
            (self.kind.is_some(), "type"),
            (self.status.is_some(), "status"),
            (self.member.is_some(), "memberSince"),
        ]
        .into_iter()
        .filter_map(|(touched, name)| touched.then_some(name))
        .collect()
    }

    /// How many tags a customer would have.
    fn tags_of(&self, customer: &Customer) -> usize {
        let kept = customer.tags.0.iter().filter(|tag| !self.remove.contains(tag) && !self.add.contains(tag)).count();
        kept + self.add.len()
    }
}

/// Which customers a bulk change is about.
pub struct Which {
    /// What someone typed.
    pub search: Option<String>,
    /// Which conditions must hold.
    pub filter: Option<CustomerFilter>,
    /// In which segment.
    pub segment: Option<SegmentId>,
    /// Among these only.
    pub ids: Option<Vec<CustomerId>>,
}

impl Which {
    /// Who that is, for a viewer who may ask for it.
    async fn wanted(self, conn: &Conn, viewer: &Viewer) -> Result<Wanted> {
        let refuse = |code, field: &str, message: String| Err(Error::user(code, field, message));
        if self.ids.is_none() && self.filter.is_none() && self.search.is_none() && self.segment.is_none() {
            let message =
                "say which customers: give ids, a segment, a search or a filter; an empty filter is all of them";
            return refuse(UserErrorCode::Required, "filter", message.into());
        }
        if let Some(ids) = &self.ids {
            if ids.len() > MAX_CUSTOMERS {
                let message = format!("{} ids; at most {MAX_CUSTOMERS} are allowed", ids.len());
                return refuse(UserErrorCode::TooLong, "ids", message);
            }
            let known = store::known(conn, viewer.business.id, ids).await?;
            if let Some(id) = ids.iter().find(|id| !known.contains(id)) {
                return refuse(UserErrorCode::NotFound, "ids", format!("there is no customer {id}"));
            }
        }
        let filter = self.filter.unwrap_or_default();
        let wanted = Wanted::new(self.search, filter.clone()).among(self.ids);
        wanted.check(viewer)?;
        filter.require_plans(conn, viewer.business.id).await?;
        match wanted.within(conn, viewer, self.segment).await? {
            Some(wanted) => Ok(wanted),
            None => refuse(UserErrorCode::NotFound, "segmentId", "there is no such segment".into()),
        }
    }
}

/// What a change would do. None if one of the ids, or the segment, is none of the business.
pub async fn preview(
    ctx: &Context<'_>,
    which: Which,
    change: CustomersChangeInput,
) -> Result<Option<CustomersUpdatePreview>> {
    let snapshot = ctx.read().await?;
    let tenant = &snapshot.viewer.business;
    let wanted = match which.wanted(&snapshot, &snapshot.viewer).await {
        Err(Error::User(errors)) if errors.iter().all(|error| error.code == UserErrorCode::NotFound) => {
            return Ok(None);
        }
        wanted => wanted?,
    };
    let change = change.check(tenant, &ctx.app().clock)?;
    let (matched, changing) = tokio::try_join!(
        store::count(&snapshot, tenant, &wanted),
        store::count_others(&snapshot, tenant, &wanted, &change)
    )?;
    let limit = i64::try_from(MAX_CUSTOMERS).map_err(Error::internal)?;
    Ok(Some(CustomersUpdatePreview { matched, changing, limit }))
}

/// Does a change.
pub async fn update(ctx: &Context<'_>, which: Which, change: CustomersChangeInput) -> Result<CustomersUpdatePayload> {
    let write = ctx.write().await?;
    let wanted = which.wanted(&write, &write.viewer).await?;
    let change = change.check(&write.viewer.business, &write.app.clock)?;
    let done = apply(&write, wanted, &change).await?;
    write.commit().await?;
    Ok(done)
}

/// Makes all members whom the rule of the business makes members.
pub async fn activate(ctx: &Context<'_>) -> Result<CustomersUpdatePayload> {
    let write = ctx.write().await?;
    let filter = CustomerFilter { due_for_membership: Some(true), ..CustomerFilter::default() };
    let today = write.today();
    let change = Change { member: Some(true), by_rule: true, today, ..Change::default() };
    let wanted = Wanted::new(None, filter);
    wanted.check(&write.viewer)?;
    let done = apply(&write, wanted, &change).await?;
    write.commit().await?;
    Ok(done)
}

/// Makes those of these locked customers members whom the membership rule makes members, if the business wants that to
/// happen with the sale that does it.
pub async fn activate_at_sale(write: &Write, ids: &[CustomerId]) -> Result<()> {
    let tenant = &write.viewer.business;
    if !tenant.member_at_sale || ids.is_empty() {
        return Ok(());
    }
    let made = store::activate_due(write, tenant.id, ids, write.today(), write.now()).await?;
    tell(write, &made, &json!({ "fields": ["memberSince"], "byRule": true })).await
}

/// Records that each of these customers was changed.
async fn tell(write: &Write, ids: &[CustomerId], data: &Value) -> Result<()> {
    let told = |id: &CustomerId| NewEvent::of_customer(EventKind::CustomerUpdated, *id, id.0, data.clone());
    for chunk in ids.chunks(CHUNK) {
        events::record_batch(write, chunk.iter().map(told).collect()).await?;
    }
    Ok(())
}

async fn apply(write: &Write, wanted: Wanted, change: &Change) -> Result<CustomersUpdatePayload> {
    let tenant = &write.viewer.business;
    let matched = store::count(write, tenant, &wanted).await?;
    let ids = store::others(write, tenant, &wanted, change, MAX_CUSTOMERS + 1).await?;
    if ids.len() > MAX_CUSTOMERS {
        let message =
            format!("more than {MAX_CUSTOMERS} customers would change: narrow the filter, and do it in parts");
        return Err(Error::user(UserErrorCode::Invalid, "filter", message));
    }
    // Those who changed while they were waited for may be wanted no more.
    let locked = store::lock_all(write, tenant.id, &ids).await?;
    let ids = store::others(write, tenant, &wanted.among(Some(ids)), change, MAX_CUSTOMERS).await?;
    for customer in ids.iter().filter_map(|id| locked.get(id)) {
        if change.tags_of(customer) > MAX_TAGS {
            let message = format!("{} would have more than {MAX_TAGS} tags: remove others first", customer.code);
            return Err(Error::user(UserErrorCode::TooLong, "change.addTags", message));
        }
    }
    store::change_all(write, tenant.id, &ids, change, write.now()).await?;
    tell(write, &ids, &json!({ "fields": change.fields(), "bulk": true })).await?;
    let changed = i64::try_from(ids.len()).map_err(Error::internal)?;
    Ok(CustomersUpdatePayload { matched: Some(matched), changed: Some(changed), ..Default::default() })
}
