//! What mutations answer with: the changed object, or what the caller can mend.

use crate::error::{Error, Result, UserError};

/// A payload that can say that nothing was done.
pub trait Payload: Sized {
    /// With nothing but `errors`.
    fn refused(errors: Vec<UserError>) -> Self;
}

/// The payload of a mutation that may have been refused: user errors become data, others go on up.
///
/// It is nullable in the schema, so that an error of one mutation does not take the answers of its
/// neighbours with it.
pub fn failed<P: Payload>(result: Result<P>) -> Result<Option<P>> {
    match result {
        Ok(payload) => Ok(Some(payload)),
        Err(Error::User(errors)) => Ok(Some(P::refused(errors))),
        Err(error) => Err(error),
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
