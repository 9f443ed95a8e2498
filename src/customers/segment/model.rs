//! A segment, the checks of new ones and of changes.

use async_graphql::{InputObject, InputType as _, MaybeUndefined};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;

use crate::auth::Viewer;
use crate::clock::Clock;
use crate::customers::customer::{CustomerFilter, Wanted};
use crate::db::page::Order;
use crate::db::tables::segments;
use crate::error::{Error, Result};
use crate::id::{BusinessId, SegmentId};
use crate::text::{Checks, changed};

const MAX_NAME: usize = 100;
const MAX_SEARCH: usize = 200;
/// The most segments that a business has.
pub const MAX_SEGMENTS: i64 = 200;

/// By name, A first.
pub const BY_NAME: Order =
    Order { name: "SEGMENTS", key: "lower(segments.name)", key_type: "text", id: "segments.id", descending: false };

/// A saved filter.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = segments)]
pub struct Segment {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: SegmentId,
    /// What it is called; unique.
    pub name: String,
    /// What is searched for.
    pub search: Option<String>,
    /// The filter, as its input has it.
    pub filter: Value,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Segment {
    /// Who is in it.
    pub fn wanted(&self) -> Result<Wanted> {
        let filter = async_graphql::Value::from_json(self.filter.clone()).map_err(Error::internal)?;
        let filter = CustomerFilter::parse(Some(filter))
            .map_err(|error| Error::internal(error.into_server_error(Default::default()).message))?;
        Ok(Wanted::new(self.search.clone(), filter))
    }
}

/// A segment to be saved.
#[derive(Debug, Clone, InputObject)]
pub struct SegmentCreateInput {
    /// What it is called, at most 100 characters, unique.
    pub name: String,
    /// What is searched for, at most 200 characters, as in `customers`. Typing errors are not forgiven.
    pub search: Option<String>,
    /// The filter, as in `customers`.
    pub filter: Option<CustomerFilter>,
}

/// A change of a segment. What is absent stays as it is; null clears.
#[derive(Debug, Clone, InputObject)]
pub struct SegmentUpdateInput {
    /// What it is called, at most 100 characters, unique.
    pub name: Option<String>,
    /// What is searched for, at most 200 characters.
    pub search: MaybeUndefined<String>,
    /// The filter. Replaces all of it.
    pub filter: MaybeUndefined<CustomerFilter>,
}

/// A change of a segment: `None` leaves a value as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = segments)]
pub struct SegmentChanges {
    name: Option<String>,
    search: Option<Option<String>>,
    filter: Option<Value>,
}

impl SegmentCreateInput {
    /// The segment to save.
    pub fn check(self, viewer: &Viewer, clock: &Clock) -> Result<Segment> {
        let mut checks = Checks::default();
        let now = viewer.business.now(clock);
        let segment = Segment {
            business_id: viewer.business.id,
            id: SegmentId(clock.id()),
            name: checks.text("name", &self.name, MAX_NAME),
            search: checks.optional("search", self.search.as_deref(), MAX_SEARCH),
            filter: check_filter(self.filter.as_ref(), viewer)?,
            created_at: now,
            updated_at: now,
        };
        checks.finish()?;
        Ok(segment)
    }
}

impl SegmentUpdateInput {
    /// The change.
    pub fn check(self, viewer: &Viewer) -> Result<SegmentChanges> {
        let mut checks = Checks::default();
        let filter = changed(&self.filter).map(|filter| check_filter(filter, viewer)).transpose()?;
        let changes = SegmentChanges {
            name: self.name.map(|name| checks.text("name", &name, MAX_NAME)),
            search: checks.change("search", &self.search, MAX_SEARCH),
            filter,
        };
        checks.finish()?;
        Ok(changes)
    }
}

/// A filter as JSON, without what it does not say.
fn check_filter(filter: Option<&CustomerFilter>, viewer: &Viewer) -> Result<Value> {
    let filter = filter.cloned().unwrap_or_default();
    Wanted::new(None, filter.clone()).check(viewer)?;
    let mut value = filter.to_value().into_json().map_err(Error::internal)?;
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, value| !value.is_null());
    }
    Ok(value)
}
