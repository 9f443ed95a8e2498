//! The fields that records and sales share by the interface `Charge`.

use async_graphql::Context;

use super::filter::ChargeSort;
use super::loader::{CountOfCustomer, OfCustomer};
use super::model::{Charge, ChargeKind};
use crate::error::Result;
use crate::graphql::{Connection, PageArgs, page_of};
use crate::id::CustomerId;

/// A page of the charges of a customer, of one kind or all, newest first.
pub async fn of_customer(
    ctx: &Context<'_>,
    customer: CustomerId,
    kind: Option<ChargeKind>,
    args: PageArgs,
) -> Result<Connection<Charge>> {
    let page = args.page(ChargeSort::OccurredOnDesc.order())?;
    page_of::<OfCustomer, CountOfCustomer, _, _>(ctx, (customer, kind), page).await
}

/// Declares the GraphQL object of one kind of charge: the fields of all, and those of its own.
///
/// async-graphql selects an interface's fields on the object itself, so that each object has them all.
macro_rules! charge_object {
    ($(#[$doc:meta])* impl $type:ty { $($own:tt)* }) => {
        $(#[$doc])*
        #[async_graphql::Object]
        impl $type {
            /// The id of the charge.
            pub async fn id(&self) -> async_graphql::ID {
                crate::id::encode(self.charge.kind.prefix(), self.charge.id.0).into()
            }

            /// What it is for.
            pub async fn kind(&self) -> crate::ledger::charge::ChargeKind {
                self.charge.kind
            }

            /// The day on which it came about.
            pub async fn occurred_on(&self) -> crate::graphql::Date {
                crate::graphql::Date(self.charge.occurred_on)
            }

            /// The day by which it is to be paid.
            pub async fn due_on(&self) -> crate::graphql::Date {
                crate::graphql::Date(self.charge.due_on)
            }

            /// How much it is.
            pub async fn amount(&self, ctx: &async_graphql::Context<'_>) -> crate::error::Result<crate::money::Money> {
                Ok(ctx.read().await?.viewer.money(self.charge.amount))
            }

            /// How much of it is paid.
            pub async fn paid(&self, ctx: &async_graphql::Context<'_>) -> crate::error::Result<crate::money::Money> {
                Ok(ctx.read().await?.viewer.money(self.charge.paid))
            }

            /// How much of it is still to be paid.
            pub async fn outstanding(&self, ctx: &async_graphql::Context<'_>) -> crate::error::Result<crate::money::Money> {
                Ok(ctx.read().await?.viewer.money(self.charge.outstanding()))
            }

            /// Whether it is paid.
            pub async fn status(&self) -> crate::ledger::charge::ChargeStatus {
                self.charge.status()
            }

            /// When it was voided. Null if it was not.
            pub async fn voided_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
                self.charge.voided_at
            }

            /// Whether it should have been paid before today.
            pub async fn overdue(&self, ctx: &async_graphql::Context<'_>) -> crate::error::Result<bool> {
                let today = ctx.read().await?.viewer.business.today(&ctx.app().clock);
                Ok(self.charge.overdue(today))
            }

            /// Who owes it.
            pub async fn customer(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> crate::error::Result<crate::customers::customer::Customer> {
                let id = self.charge.customer_id;
                let customer = ctx.load::<crate::customers::customer::ById>(id).await?;
                customer.ok_or_else(|| crate::error::Error::internal("a charge without a customer"))
            }

            /// Which payments paid it, in the order in which they did.
            pub async fn allocations(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> crate::error::Result<Vec<crate::ledger::allocation::Allocation>> {
                let found = ctx.load::<crate::ledger::allocation::OfCharge>(self.charge.id).await?;
                Ok(found.unwrap_or_default())
            }

            $($own)*
        }
    };
}

pub(crate) use charge_object;
