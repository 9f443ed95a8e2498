//! The GraphQL object `Sale`.

use super::model::Sale;
use crate::graphql::ContextExt as _;
use crate::ledger::charge::charge_object;

charge_object! {
    /// A purchase at the till.
    impl Sale {
        /// How many items were bought.
        async fn items(&self) -> i32 {
            self.detail.items
        }

        /// What stands on the receipt.
        async fn reference(&self) -> &Option<String> {
            &self.detail.reference
        }
    }
}
