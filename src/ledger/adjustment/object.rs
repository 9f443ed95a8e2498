//! The GraphQL object `Adjustment`.

use super::model::Adjustment;
use crate::graphql::ContextExt as _;
use crate::ledger::charge::charge_object;

charge_object! {
    /// A fee, or a correction by which a customer owes more.
    impl Adjustment {
        /// Why it was made.
        async fn reason(&self) -> &str {
            &self.detail.reason
        }
    }
}
