//! The GraphQL object `Record`.

use super::model::{Record, Shift};
use crate::graphql::ContextExt as _;
use crate::ledger::charge::charge_object;
use crate::money::Exact;

charge_object! {
    /// A delivery, such as 2.5 litres of milk in the morning.
    impl Record {
        /// What was delivered.
        async fn product(&self) -> &str {
            &self.detail.product
        }

        /// How much of it.
        async fn quantity(&self) -> Exact {
            Exact(self.detail.quantity.normalize())
        }

        /// In which unit.
        async fn unit(&self) -> &Option<String> {
            &self.detail.unit
        }

        /// What one unit costs, in the currency of the business, to six decimals.
        async fn unit_price(&self) -> Exact {
            Exact(self.detail.unit_price.normalize())
        }

        /// When on its day it was delivered.
        async fn shift(&self) -> Option<Shift> {
            self.detail.shift
        }
    }
}
