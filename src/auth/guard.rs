//! The guard of a field: `#[graphql(guard = "Can(Permission::CustomersRead)")]`.

use async_graphql::{Context, Guard};

use super::Permission;
use crate::graphql::ContextExt as _;

/// Lets a field run if the viewer has the permission.
///
/// For root fields that are never null. A nullable field uses [`crate::graphql::permitted`] or
/// [`crate::graphql::mutate`] instead, since a guard's error takes the parent with it. A field's guard replaces
/// its type's guard, and none runs for fields selected through an interface, so guards stand on fields only.
#[derive(Debug, Clone, Copy)]
pub struct Can(pub Permission);

impl Guard for Can {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        Ok(ctx.read().await?.viewer.require(self.0)?)
    }
}
