//! The lines of a sale: what was bought, where the till says so.

use async_graphql::InputObject;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Jsonb;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::UserErrorCode;
use crate::ledger::record::{MAX_PRODUCT, check_quantity, check_unit_price};
use crate::money::{Amount, Currency, Exact};
use crate::text::Checks;

/// The most lines of one sale.
const MAX_LINES: usize = 100;

/// So much of a product, bought at a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    /// What.
    pub product: String,
    /// How much of it.
    pub quantity: Decimal,
    /// What one unit costs, in major units of the currency.
    pub unit_price: Decimal,
    /// What it comes to.
    pub amount: Amount,
}

/// The lines of a sale; none where the till did not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
pub struct SaleLines(pub Vec<SaleLine>);

impl FromSql<Jsonb, Pg> for SaleLines {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let value = <Value as FromSql<Jsonb, Pg>>::from_sql(bytes)?;
        Ok(Self(serde_json::from_value(value)?))
    }
}

impl ToSql<Jsonb, Pg> for SaleLines {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        <Value as ToSql<Jsonb, Pg>>::to_sql(&serde_json::to_value(&self.0)?, &mut out.reborrow())
    }
}

/// So much of a product.
#[derive(Debug, Clone, InputObject)]
pub struct SaleLineInput {
    /// What, at most 200 characters.
    pub product: String,
    /// How much of it, above zero, to three decimals; 1 if absent.
    pub quantity: Option<Exact>,
    /// What one unit costs, to six decimals. The line comes to quantity × unit price, rounded half up to the minor unit
    /// of the currency.
    pub unit_price: Exact,
}

impl SaleLines {
    /// The lines of an input; what is wrong goes to `checks`.
    pub fn check(lines: Vec<SaleLineInput>, currency: Currency, checks: &mut Checks) -> Self {
        if lines.len() > MAX_LINES {
            let message =
                format!("{} lines; at most {MAX_LINES} are allowed: put the rest into another sale", lines.len());
            checks.add(UserErrorCode::TooLong, "lines", message);
            return Self::default();
        }
        let check = |(place, line): (usize, SaleLineInput)| {
            let at = |field: &str| format!("lines.{place}.{field}");
            let quantity = check_quantity(&at("quantity"), line.quantity.unwrap_or(Exact(Decimal::ONE)), checks);
            let unit_price = check_unit_price(&at("unitPrice"), line.unit_price, checks);
            let amount = checks.take(&at("quantity"), Amount::of(quantity, unit_price, currency));
            SaleLine {
                product: checks.text(&at("product"), &line.product, MAX_PRODUCT),
                quantity,
                unit_price,
                amount: amount.unwrap_or_default(),
            }
        };
        Self(lines.into_iter().enumerate().map(check).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What they come to.
    pub fn sum(&self) -> Amount {
        self.0.iter().map(|line| line.amount).sum()
    }
}
