//! Nullable fields, and what mutations answer with: the changed object, or what the caller can mend.

use async_graphql::Context;

use super::ContextExt as _;
use crate::auth::Permission;
use crate::error::{Error, Result, UserError};

/// A payload that can say that nothing was done.
pub trait Payload: Sized {
    /// With nothing but `errors`.
    fn refused(errors: Vec<UserError>) -> Self;
}

/// A nullable field: where it fails, it is null with an error at its path, and the rest of the answer stands.
///
/// Only this type does that. An error of a `Result<Option<T>>`, or of a guard, takes the parent with it.
pub type Nullable<T> = Option<async_graphql::Result<T>>;

/// A nullable field of what was found, or not, or failed.
pub fn nullable<T>(found: Result<Option<T>>) -> Nullable<T> {
    found.map_err(async_graphql::Error::from).transpose()
}

/// A nullable field for viewers with the permission.
pub async fn permitted<T>(
    ctx: &Context<'_>,
    permission: Permission,
    find: impl Future<Output = Result<Option<T>>>,
) -> Nullable<T> {
    let found = async {
        ctx.read().await?.viewer.require(permission)?;
        find.await
    };
    nullable(found.await)
}

/// The field of a mutation for viewers with the permission.
pub async fn mutate<P: Payload>(
    ctx: &Context<'_>,
    permission: Permission,
    change: impl Future<Output = Result<P>>,
) -> Nullable<P> {
    let changed = async {
        ctx.read().await?.viewer.require(permission)?;
        change.await
    };
    answer(changed.await)
}

/// The field of a mutation: what the caller can mend becomes data.
pub fn answer<P: Payload>(changed: Result<P>) -> Nullable<P> {
    match changed {
        Err(Error::User(errors)) => Some(Ok(P::refused(errors))),
        changed => Some(changed.map_err(async_graphql::Error::from)),
    }
}

/// Declares the payload of a mutation: nullable fields, and `userErrors`.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<$type>,)*
            /// What the caller can mend. Empty if it was done.
            pub user_errors: Vec<crate::error::UserError>,
        }

        $(#[$doc])*
        #[async_graphql::Object(serial)]
        impl $name {
            $($(#[$field_doc])* async fn $field(&self) -> &Option<$type> {
                &self.$field
            })*

            /// What the caller can mend. Empty if it was done.
            async fn user_errors(&self) -> &[crate::error::UserError] {
                &self.user_errors
            }
        }

        impl crate::graphql::Payload for $name {
            fn refused(user_errors: Vec<crate::error::UserError>) -> Self {
                Self { user_errors, ..Self::default() }
            }
        }
    };
}

pub(crate) use payload;
