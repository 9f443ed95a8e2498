//! The guard of a field: `#[graphql(guard = "Can(Permission::CustomersRead)")]`.

use async_graphql::{Context, Guard};

use super::Permission;
use crate::graphql::ContextExt as _;

/// Lets a field run if the viewer has the permission.
///
/// A field's guard replaces its type's guard and none runs for fields selected through an interface, so
/// guards stand on fields of objects: on every root field, and on every field that not all readers of its
/// object may read.
#[derive(Debug, Clone, Copy)]
pub struct Can(pub Permission);

impl Guard for Can {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        Ok(ctx.read().await?.viewer.require(self.0)?)
    }
}
