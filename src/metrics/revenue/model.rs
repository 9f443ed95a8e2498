//! Recurring revenue and how it moves. Pure.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::auth::Tenant;
use crate::graphql::Date;
use crate::id::PlanId;
use crate::metrics::series::{Span, place};
use crate::money::{Amount, Exact, Money};

/// The recurring revenue of a business, as of a day.
#[derive(Debug, Clone, Copy)]
pub struct RevenueMetrics {
    /// The day.
    pub as_of: NaiveDate,
}

/// What subscriptions bring in a month.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    /// How many subscriptions.
    pub subscriptions: i64,
    /// How many of their plans they are to.
    pub quantity: i64,
    /// How many customers have them.
    pub customers: i64,
    /// What they bring in a month.
    pub mrr: Amount,
}

/// What the subscriptions to a plan bring in a month.
#[derive(Debug, Clone, Copy)]
pub struct PlanRevenue {
    /// The plan.
    pub plan: PlanId,
    /// What they bring.
    pub sum: Sum,
}

/// What all subscriptions bring in a month.
#[derive(Debug, Clone, Default)]
pub struct Revenue {
    /// In all.
    pub total: Sum,
    /// By plan, the most first.
    pub plans: Vec<PlanRevenue>,
}

/// Why revenue moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A customer's first revenue.
    New,
    /// More of a customer.
    Expansion,
    /// Less of a customer.
    Contraction,
    /// No more of a customer.
    Churn,
    /// Again some of a customer who had left.
    Reactivation,
}

/// How revenue moved on a day for one reason.
#[derive(Debug, Clone, Copy)]
pub struct Movement {
    /// The day.
    pub day: NaiveDate,
    /// Why.
    pub why: Why,
    /// By how much a month.
    pub mrr: i64,
    /// Of how many customers.
    pub customers: i64,
}

/// How revenue moved in some days: `opening`, the five movements and `closing` add up exactly.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct RevenueMovement {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The MRR before the first day.
    pub opening: Money,
    /// The first revenue of customers.
    pub new: Money,
    /// More of customers who paid already.
    pub expansion: Money,
    /// Less of customers who go on to pay; below zero.
    pub contraction: Money,
    /// What customers paid who pay nothing any more, because they left or paused; below zero.
    pub churn: Money,
    /// What customers pay again who had left or paused.
    pub reactivation: Money,
    /// The sum of the five.
    pub change: Money,
    /// The MRR at the end of the last day.
    pub closing: Money,
    /// How many customers paid before the first day.
    pub opening_customers: i64,
    /// How many began to pay.
    pub new_customers: i64,
    /// How many stopped to pay.
    pub churned_customers: i64,
    /// How many paid again.
    pub reactivated_customers: i64,
    /// How many paid at the end of the last day.
    pub closing_customers: i64,
    /// Customers who stopped to pay, of those who paid before the first day: `0.0250` is 2.5 %. Null if nobody did.
    pub customer_churn_rate: Option<Exact>,
    /// Churn and contraction, of the opening MRR: `0.0250` is 2.5 %. Null if there was none.
    pub revenue_churn_rate: Option<Exact>,
}

/// A part of a whole, to four decimals, rounded half up. Nothing of nothing.
pub fn rate(part: i64, whole: i64) -> Option<Exact> {
    let rate = Decimal::from(part).checked_div(Decimal::from(whole))?;
    let mut rate = rate.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    rate.rescale(4);
    Some(Exact(rate))
}

/// The points of a series out of all movements to its end, those before its first day too.
pub fn series(tenant: &Tenant, spans: &[Span], movements: &[Movement]) -> Vec<RevenueMovement> {
    let Some(first) = spans.first() else { return Vec::new() };
    // By point and reason: revenue and customers.
    let mut sums = vec![[(0, 0); 5]; spans.len()];
    let (mut mrr, mut customers) = (0, 0);
    let count = |why, count: i64| match why {
        Why::New | Why::Reactivation => count,
        Why::Churn => -count,
        Why::Expansion | Why::Contraction => 0,
    };
    for movement in movements {
        if movement.day < first.from {
            mrr += movement.mrr;
            customers += count(movement.why, movement.customers);
        } else if let Some(place) = place(spans, movement.day) {
            let sum = &mut sums[place][movement.why as usize];
            sum.0 += movement.mrr;
            sum.1 += movement.customers;
        }
    }
    let money = |amount| tenant.money(Amount(amount));
    let point = |(span, sums): (&Span, [(i64, i64); 5])| {
        let [new, expansion, contraction, churn, reactivation] = sums;
        let (opening, opening_customers) = (mrr, customers);
        let change = sums.iter().map(|(mrr, _)| mrr).sum::<i64>();
        mrr += change;
        customers += new.1 + reactivation.1 - churn.1;
        RevenueMovement {
            from: Date(span.from),
            to: Date(span.to),
            opening: money(opening),
            new: money(new.0),
            expansion: money(expansion.0),
            contraction: money(contraction.0),
            churn: money(churn.0),
            reactivation: money(reactivation.0),
            change: money(change),
            closing: money(mrr),
            opening_customers,
            new_customers: new.1,
            churned_customers: churn.1,
            reactivated_customers: reactivation.1,
            closing_customers: customers,
            customer_churn_rate: rate(churn.1, opening_customers),
            revenue_churn_rate: rate(-churn.0 - contraction.0, opening),
        }
    };
    spans.iter().zip(sums).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_four_decimals_and_nothing_of_nothing_is_none() {
        let text = |part, whole| rate(part, whole).map(|rate| rate.0.to_string());
        assert_eq!(text(1, 40).as_deref(), Some("0.0250"));
        assert_eq!(text(2, 3).as_deref(), Some("0.6667"));
        assert_eq!(text(0, 7).as_deref(), Some("0.0000"));
        assert_eq!(text(5, 5).as_deref(), Some("1.0000"));
        assert_eq!(text(0, 0), None);
    }
}
