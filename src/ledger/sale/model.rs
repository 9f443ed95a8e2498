//! A sale and the checks of new ones.

use async_graphql::InputObject;
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::tables::sales;
use crate::error::{Result, UserErrorCode};
use crate::graphql::Date;
use crate::id::{BusinessId, ChargeId, CustomerId};
use crate::ledger::charge::ChargeRow;
use crate::ledger::idempotency;
use crate::ledger::payment::PaymentMethod;
use crate::money::{Amount, Currency, Exact};
use crate::text::Checks;

const MAX_REFERENCE: usize = 100;
const MAX_ITEMS: i32 = 1_000_000;

/// What a sale has beside its charge.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales)]
pub struct SaleDetail {
    /// Whose.
    pub business_id: BusinessId,
    /// The id of its charge.
    pub id: ChargeId,
    /// How many items were bought.
    pub items: i32,
    /// What stands on the receipt.
    pub reference: Option<String>,
}

/// A purchase at the till.
#[derive(Debug, Clone)]
pub struct Sale {
    /// What all charges have.
    pub charge: ChargeRow,
    /// What sales have beside it.
    pub detail: SaleDetail,
}

/// A purchase to be recorded.
#[derive(Debug, Clone, InputObject)]
pub struct SaleCreateInput {
    /// By whom.
    pub customer_id: CustomerId,
    /// On which day; today if absent.
    pub occurred_on: Option<Date>,
    /// What it came to, zero or more.
    pub amount: Exact,
    /// How many items were bought; 1 if absent.
    pub items: Option<i32>,
    /// What stands on the receipt, at most 100 characters.
    pub reference: Option<String>,
    /// What is paid of it on the spot.
    pub payment: Option<SalePaymentInput>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// What is paid of a purchase on the spot.
#[derive(Debug, Clone, InputObject)]
pub struct SalePaymentInput {
    /// How much, above zero and at most the amount of the sale. All of it if absent.
    pub amount: Option<Exact>,
    /// How it came in.
    pub method: PaymentMethod,
    /// Its name at the bank or provider, at most 100 characters.
    pub reference: Option<String>,
}

/// What is paid on the spot, checked.
#[derive(Debug, Clone, Serialize)]
pub struct OnTheSpot {
    /// How much.
    pub amount: Amount,
    /// How it came in.
    pub method: PaymentMethod,
    /// Its name at the bank or provider.
    pub reference: Option<String>,
}

/// A purchase that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct NewSale {
    /// By whom.
    pub customer: CustomerId,
    /// On which day; today if absent. Not settled here, so that the same request is the same tomorrow.
    pub occurred_on: Option<NaiveDate>,
    /// What it came to.
    pub amount: Amount,
    /// How many items were bought.
    pub items: i32,
    /// What stands on the receipt.
    pub reference: Option<String>,
    /// What is paid of it on the spot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<OnTheSpot>,
}

impl SaleCreateInput {
    /// The sale, and its idempotency key.
    pub fn check(self, currency: Currency) -> Result<(NewSale, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        let amount = checks.take("amount", Amount::from_decimal(self.amount.0, currency)).unwrap_or_default();
        if amount < Amount::ZERO {
            checks.add(UserErrorCode::Invalid, "amount", "amount must be zero or more");
        }
        let items = self.items.unwrap_or(1);
        if !(0..=MAX_ITEMS).contains(&items) {
            checks.add(
                UserErrorCode::Invalid,
                "items",
                format!("items is {items}; it must be between 0 and {MAX_ITEMS}"),
            );
        }
        let sale = NewSale {
            customer: self.customer_id,
            occurred_on: self.occurred_on.map(|date| date.0),
            amount,
            items,
            reference: checks.optional("reference", self.reference.as_deref(), MAX_REFERENCE),
            payment: self.payment.and_then(|payment| payment.check(amount, currency, &mut checks)),
        };
        checks.finish()?;
        Ok((sale, key))
    }
}

impl SalePaymentInput {
    /// The payment of a sale of `sale`. None for one that comes to nothing.
    fn check(self, sale: Amount, currency: Currency, checks: &mut Checks) -> Option<OnTheSpot> {
        let amount = self.amount.map_or(sale, |amount| checks.positive("payment.amount", amount, currency));
        if amount > sale {
            let message =
                format!("payment.amount is more than the sale of {}: pay at most that", sale.decimal(currency));
            checks.add(UserErrorCode::Overpayment, "payment.amount", message);
        }
        let reference = checks.optional("payment.reference", self.reference.as_deref(), MAX_REFERENCE);
        (amount > Amount::ZERO).then_some(OnTheSpot { amount, method: self.method, reference })
    }
}

impl NewSale {
    /// What the sale has beside its charge.
    pub fn detail(&self, business: BusinessId, id: ChargeId) -> SaleDetail {
        SaleDetail { business_id: business, id, items: self.items, reference: self.reference.clone() }
    }
}
