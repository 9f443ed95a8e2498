//! The GraphQL object `Sale`.

use async_graphql::{Context, Object};

use super::line::SaleLine;
use super::model::Sale;
use crate::error::Result;
use crate::graphql::ContextExt as _;
use crate::ledger::charge::charge_object;
use crate::money::{Exact, Money};

charge_object! {
    /// A purchase at the till.
    impl Sale {
        /// How many items were bought.
        async fn items(&self) -> i32 {
            self.detail.items
        }

        /// What was bought, line by line. Empty where the till did not say.
        async fn lines(&self) -> &[SaleLine] {
            &self.detail.lines.0
        }

        /// What stands on the receipt.
        async fn reference(&self) -> &Option<String> {
            &self.detail.reference
        }
    }
}

/// So much of a product, bought at a price.
#[Object]
impl SaleLine {
    /// What was bought.
    async fn product(&self) -> &str {
        &self.product
    }

    /// How much of it.
    async fn quantity(&self) -> Exact {
        Exact(self.quantity.normalize())
    }

    /// What one unit costs, in the currency of the business, to six decimals.
    async fn unit_price(&self) -> Exact {
        Exact(self.unit_price.normalize())
    }

    /// What the line comes to: quantity × unit price, rounded half up.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.amount))
    }
}
