//! A purchase history and its tiers.

use std::collections::BTreeMap;

use async_graphql::Enum;
use chrono::NaiveDate;
use diesel::prelude::*;

use crate::accounts::business::LoyaltyTiers;
use crate::db::tables::purchase_histories;
use crate::id::CustomerId;
use crate::ledger::charge::{ChargeKind, ChargeRow};
use crate::money::Amount;

/// How often someone buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Frequency {
    /// Once.
    OneTime,
    /// From the second purchase, unless the business says otherwise.
    Occasional,
    /// From the fifth purchase, unless the business says otherwise.
    Regular,
    /// From the tenth purchase, unless the business says otherwise.
    Frequent,
}

impl Frequency {
    /// How often someone buys who has bought so often; nothing before the first purchase.
    pub fn of(purchases: i64, tiers: LoyaltyTiers) -> Option<Self> {
        match purchases {
            ..=0 => None,
            count if count >= i64::from(tiers.frequent_from) => Some(Self::Frequent),
            count if count >= i64::from(tiers.regular_from) => Some(Self::Regular),
            count if count >= i64::from(tiers.occasional_from) => Some(Self::Occasional),
            _ => Some(Self::OneTime),
        }
    }
}

/// The figures of a customer's purchases.
#[derive(Debug, Clone, Default, Queryable, Selectable)]
#[diesel(table_name = purchase_histories)]
pub struct Figures {
    /// How many.
    pub purchases: i64,
    /// What they came to.
    pub spent: Amount,
    /// How many items they had.
    pub items: i64,
    /// The day of the first.
    pub first_on: Option<NaiveDate>,
    /// The day of the last.
    pub last_on: Option<NaiveDate>,
    /// What the customer was charged in all, less what was voided or credited.
    pub lifetime_value: Amount,
}

/// What a customer bought, and how often.
#[derive(Debug, Clone)]
pub struct PurchaseHistory {
    /// The figures.
    pub figures: Figures,
    /// The tier.
    pub frequency: Option<Frequency>,
}

/// How the figures of a customer move.
#[derive(Debug, Clone)]
pub struct Delta {
    /// Whose.
    pub customer: CustomerId,
    /// By how much, with the days of what is added.
    pub figures: Figures,
}

impl Delta {
    /// By a new charge, which for a sale has so many items.
    pub fn of_charge(charge: &ChargeRow, items: i32) -> Self {
        let figures = match charge.kind {
            ChargeKind::Sale => Figures {
                purchases: 1,
                spent: charge.amount,
                items: items.into(),
                first_on: Some(charge.occurred_on),
                last_on: Some(charge.occurred_on),
                lifetime_value: charge.amount,
            },
            _ => Figures { lifetime_value: charge.amount, ..Figures::default() },
        };
        Self { customer: charge.customer_id, figures }
    }

    /// By a change of the lifetime value alone.
    pub fn of_value(customer: CustomerId, lifetime_value: Amount) -> Self {
        Self { customer, figures: Figures { lifetime_value, ..Figures::default() } }
    }

    /// The sum for each customer: an upsert may meet each row once.
    pub fn by_customer(deltas: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut sums: BTreeMap<CustomerId, Figures> = BTreeMap::new();
        for delta in deltas {
            let (sum, new) = (sums.entry(delta.customer).or_default(), delta.figures);
            sum.purchases += new.purchases;
            sum.spent.0 += new.spent.0;
            sum.items += new.items;
            sum.first_on = sum.first_on.into_iter().chain(new.first_on).min();
            sum.last_on = sum.last_on.max(new.last_on);
            sum.lifetime_value.0 += new.lifetime_value.0;
        }
        sums.into_iter().map(|(customer, figures)| Self { customer, figures }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_begin_at_their_bounds() {
        let tiers = LoyaltyTiers { occasional_from: 2, regular_from: 5, frequent_from: 10 };
        for (purchases, tier) in [
            (0, None),
            (1, Some(Frequency::OneTime)),
            (2, Some(Frequency::Occasional)),
            (4, Some(Frequency::Occasional)),
            (5, Some(Frequency::Regular)),
            (9, Some(Frequency::Regular)),
            (10, Some(Frequency::Frequent)),
            (1_000, Some(Frequency::Frequent)),
        ] {
            assert_eq!(Frequency::of(purchases, tiers), tier, "{purchases}");
        }
    }
}
