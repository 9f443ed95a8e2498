//! The GraphQL object `Business`.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::model::{Business, LoyaltyTiers, MembershipRule};
use crate::accounts::membership::{self, MembershipObject};
use crate::auth::Permission;
use crate::error::Error;
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::BusinessId;
use crate::money::{Currency, Money};
use crate::tax::TaxMode;
use crate::text::TimeZone;

/// When a customer is to be a member: one of the two is enough.
#[derive(SimpleObject)]
#[graphql(name = "MembershipRule")]
pub struct MembershipRuleObject {
    /// From so many purchases on.
    purchases_from: Option<i64>,
    /// From so much spent on purchases.
    spent_from: Option<Money>,
    /// Whether the sale that reaches it makes a customer a member at once. If not, `membershipActivate` does.
    at_sale: bool,
}

/// A business: the tenant to which everything belongs.
#[Object(serial)]
impl Business {
    /// The id of the business.
    pub async fn id(&self) -> BusinessId {
        self.id
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Its name in addresses and commands.
    async fn slug(&self) -> &str {
        &self.slug
    }

    /// The currency of all its money.
    async fn currency(&self) -> Currency {
        self.currency
    }

    /// The time zone that decides which day it is.
    async fn time_zone(&self) -> TimeZone {
        self.time_zone
    }

    /// How it writes numbers (BCP 47).
    async fn locale(&self) -> &str {
        &self.locale
    }

    /// The country (ISO 3166-1) whose phone numbers need no country code.
    async fn country(&self) -> &str {
        self.country.0.as_ref()
    }

    /// Days from a charge to its due date.
    async fn days_until_due(&self) -> i32 {
        self.days_until_due
    }

    /// Whether a new charge takes the customer's credit at once.
    async fn use_credit_automatically(&self) -> bool {
        self.use_credit_automatically
    }

    /// What the numbers of its invoices begin with.
    async fn invoice_prefix(&self) -> &str {
        &self.invoice_prefix
    }

    /// What the numbers of its credit notes begin with.
    async fn credit_note_prefix(&self) -> &str {
        &self.credit_note_prefix
    }

    /// Whether the prices on its invoices are without tax or with it.
    async fn tax_mode(&self) -> TaxMode {
        self.tax_mode
    }

    /// On which days before (below zero) and after the due date of an invoice its customer is reminded of it.
    async fn reminder_offsets(&self) -> &[i32] {
        &self.dunning.reminder_offsets.0
    }

    /// How many days after its due date a recurring invoice may be unpaid before its customer is suspended. They count
    /// from the day on which the invoice was made, where that is later.
    async fn days_of_grace(&self) -> i32 {
        self.dunning.days_of_grace
    }

    /// Whether customers are suspended for recurring invoices that they do not pay.
    async fn suspends_overdue(&self) -> bool {
        self.dunning.suspends_overdue
    }

    /// The time of a sandbox, which stands still until its owner moves it. Null if the business is none.
    async fn test_clock(&self) -> Option<DateTime<Utc>> {
        self.test_clock
    }

    /// From how many purchases on a customer is what. Null with an error for those who may not read it.
    async fn loyalty_tiers(&self, ctx: &Context<'_>) -> Nullable<&LoyaltyTiers> {
        permitted(ctx, Permission::LoyaltyRead, async { Ok(Some(&self.loyalty_tiers)) }).await
    }

    /// When a customer is to be a member. Null with an error for those who may not read it.
    async fn membership_rule(&self, ctx: &Context<'_>) -> Nullable<MembershipRuleObject> {
        permitted(ctx, Permission::LoyaltyRead, async {
            let MembershipRule { purchases_from, spent_from, at_sale } = self.membership_rule;
            let money = |amount| Money { amount, currency: self.currency };
            Ok(Some(MembershipRuleObject { purchases_from, spent_from: spent_from.map(money), at_sale }))
        })
        .await
    }

    /// Who belongs to it, by name. Null with an error for those who may not read it, and of a business in which you do
    /// not act: switch to it first.
    async fn members(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Nullable<Connection<MembershipObject>> {
        permitted(ctx, Permission::MembersRead, async {
            let page = PageArgs { first, after, last, before, offset }.page(membership::BY_NAME)?;
            let snapshot = ctx.read().await?;
            if self.id != snapshot.viewer.business.id {
                let message = "you act in another business: switch to this one with businessSwitch first";
                return Err(Error::Forbidden(message.into()));
            }
            let total = async {
                if ctx.wants_total() { membership::store::count(&snapshot, self.id).await.map(Some) } else { Ok(None) }
            };
            let (rows, total) = tokio::try_join!(membership::store::list(&snapshot, self.id, &page), total)?;
            Connection::new(page, rows, total).try_map(|(member, of)| Ok(MembershipObject(member, of))).map(Some)
        })
        .await
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}
