//! What a business of the demo sells again and again, and the engine that charges for it.

use chrono::NaiveDate;

use super::story::{Story, Writer};
use crate::billing::period::Interval;
use crate::billing::plan::{self, PlanCreateInput, PlanPriceChangeInput};
use crate::billing::subscription::{self, Act, SubscriptionCreateInput};
use crate::billing::{dunning, engine};
use crate::error::Result;
use crate::graphql::Date;
use crate::id::{CustomerId, PlanId, PlanSubscriptionId};

/// A plan of the demo.
pub struct Offer {
    /// What the business calls it.
    pub code: &'static str,
    /// What customers call it.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// What a period costs, in minor units of the currency.
    pub price: i64,
    /// How long a period is.
    pub interval: Interval,
    /// What one gets.
    pub features: &'static [&'static str],
}

/// A subscription of the demo.
pub struct Order {
    /// Whose.
    pub customer: CustomerId,
    /// To what.
    pub plan: PlanId,
    /// A day on which a period begins; the first one if absent.
    pub anchor: Option<NaiveDate>,
    /// How many days are free.
    pub trial_days: i32,
}

impl Story {
    /// Adds plans to the catalogue, in their order.
    pub async fn offer(&mut self, offers: &[Offer]) -> Result<Vec<PlanId>> {
        self.written_by(Writer::Owner);
        let mut plans = Vec::new();
        for offer in offers {
            let input = PlanCreateInput {
                code: offer.code.into(),
                name: offer.name.into(),
                description: Some(offer.description.into()),
                price: self.exact(offer.price),
                tax_rate: None,
                interval: offer.interval,
                interval_count: None,
                trial_days: None,
                features: Some(offer.features.iter().map(|feature| (*feature).into()).collect()),
                attributes: None,
            };
            plans.push(plan::add(&self.write, input).await?.row.id);
        }
        self.written_by(Writer::Clerk);
        Ok(plans)
    }

    /// Gives a plan a new price.
    pub async fn reprice(&mut self, plan: PlanId, price: i64) -> Result<()> {
        self.written_by(Writer::Owner);
        plan::reprice(&self.write, plan, PlanPriceChangeInput { price: self.exact(price), tax_rate: None }).await?;
        self.written_by(Writer::Clerk);
        Ok(())
    }

    /// Subscribes a customer from today on.
    pub async fn subscribe(&mut self, order: Order) -> Result<PlanSubscriptionId> {
        self.written_by(Writer::Owner);
        let input = SubscriptionCreateInput {
            customer_id: order.customer,
            plan_id: order.plan,
            quantity: None,
            starts_on: None,
            anchor_on: order.anchor.map(Date),
            trial_days: Some(order.trial_days),
            idempotency_key: None,
        };
        let id = subscription::add(&self.write, input).await?;
        self.written_by(Writer::Clerk);
        self.idle_until = None;
        Ok(id)
    }

    /// Does something to a subscription.
    pub async fn act(&mut self, id: PlanSubscriptionId, act: Act) -> Result<()> {
        self.written_by(Writer::Owner);
        subscription::act_on(&self.write, id, act, None).await?;
        self.written_by(Writer::Clerk);
        self.idle_until = None;
        Ok(())
    }

    /// Does what the engine does on a day; whose subscriptions went on.
    pub async fn bill(&mut self) -> Result<Vec<CustomerId>> {
        let (id, today, now) = (self.write.viewer.business.id, self.day(), self.write.now());
        let mut whose = Vec::new();
        // Most days have nothing to do, and the demo is to be quick.
        if self.idle_until.is_some_and(|day| today < day) {
            return Ok(whose);
        }
        self.written_by(Writer::Daybook);
        while let Some(row) = subscription::store::lock_due(&self.write, id, today, now).await? {
            whose.push(row.customer_id);
            engine::book(&self.write, row).await?;
        }
        while dunning::look(&mut self.write).await? > 0 {}
        self.written_by(Writer::Clerk);
        let (charged, dunned) = tokio::try_join!(
            subscription::store::next_due(&self.write, id, now),
            dunning::store::next_due(&self.write, id),
        )?;
        self.idle_until = Some(charged.into_iter().chain(dunned).min().unwrap_or(self.today));
        Ok(whose)
    }
}
