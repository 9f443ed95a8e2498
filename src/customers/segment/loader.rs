//! Segments for whoever names them.

use std::collections::HashMap;

use super::model::Segment;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::SegmentId;

/// The segment of an id.
pub struct ById;

impl Relation for ById {
    type Key = SegmentId;
    type Value = Segment;

    // What it filters by may be what the staff keeps to itself.
    const NEEDS: Option<Permission> = Some(Permission::NotesRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[SegmentId]) -> Result<HashMap<SegmentId, Segment>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}
