//! Tax: how much of an amount it is, or how much it adds.
//!
//! It is computed line by line and rounded half up (away from zero) to the minor unit of the currency; what a document
//! comes to is the sum of its lines. With a rate of `r` percent:
//!
//! - where prices are exclusive, net = amount, tax = round(net × r ÷ 100), gross = net + tax;
//! - where they are inclusive, gross = amount, tax = round(gross × r ÷ (100 + r)), net = gross − tax.

use async_graphql::Enum;
use diesel::deserialize::FromSql;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Numeric;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::money::{Amount, Exact};

/// Parts of a whole in a percent at the finest: rates have four decimals.
const PER_PERCENT: i128 = 10_000;
const WHOLE: i128 = 100 * PER_PERCENT;

/// Whether prices are without tax or with it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Enum,
    EnumString,
    IntoStaticStr,
    Serialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum TaxMode {
    /// Prices are without tax, which is added.
    Exclusive,
    /// Prices are with tax, which is part of them.
    Inclusive,
}

crate::db::enum_column!(TaxMode);

/// A rate of tax in percent: 0 to 100, to four decimals.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = Numeric)]
#[serde(transparent)]
pub struct TaxRate(Decimal);

impl FromSql<Numeric, Pg> for TaxRate {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self(<Decimal as FromSql<Numeric, Pg>>::from_sql(bytes)?))
    }
}

impl ToSql<Numeric, Pg> for TaxRate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        <Decimal as ToSql<Numeric, Pg>>::to_sql(&self.0, out)
    }
}

/// An amount, without tax and with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taxed {
    /// Without tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// With tax.
    pub gross: Amount,
}

impl TaxRate {
    /// The rate that someone gave.
    pub fn from_decimal(percent: Decimal) -> Result<Self, String> {
        let percent = percent.normalize();
        if percent.scale() > 4 {
            return Err(format!("{percent} has {} decimals; a rate of tax has at most 4", percent.scale()));
        }
        if percent.is_sign_negative() && !percent.is_zero() || percent > Decimal::ONE_HUNDRED {
            return Err(format!("{percent} is no rate of tax: it must be between 0 and 100 percent"));
        }
        Ok(Self(percent))
    }

    /// The rate in percent.
    pub fn percent(self) -> Exact {
        Exact(self.0)
    }

    fn parts(self) -> i128 {
        (self.0 * Decimal::from(PER_PERCENT)).to_i128().unwrap_or_default()
    }
}

impl TaxMode {
    /// An amount at a rate.
    pub fn split(self, amount: Amount, rate: TaxRate) -> Taxed {
        let parts = rate.parts();
        match self {
            Self::Exclusive => {
                let tax = share(amount, parts, WHOLE);
                Taxed { net: amount, tax, gross: Amount(amount.0 + tax.0) }
            }
            Self::Inclusive => {
                let tax = share(amount, parts, WHOLE + parts);
                Taxed { net: Amount(amount.0 - tax.0), tax, gross: amount }
            }
        }
    }
}

/// amount × part ÷ whole, rounded half up (away from zero). The part is at most the whole, which is above zero.
pub fn share(amount: Amount, part: i128, whole: i128) -> Amount {
    let twice = 2 * i128::from(amount.0.unsigned_abs()) * part + whole;
    let size = i64::try_from(twice / (2 * whole)).unwrap_or(i64::MAX);
    Amount(amount.0.signum() * size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> TaxRate {
        TaxRate::from_decimal(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn tax_is_rounded_half_up_to_the_minor_unit() {
        for (mode, amount, percent, net, tax, gross) in [
            (TaxMode::Exclusive, 10_000, "20", 10_000, 2_000, 12_000),
            (TaxMode::Exclusive, 999, "8.875", 999, 89, 1_088),
            // 0.5 of a minor unit.
            (TaxMode::Exclusive, 10, "5", 10, 1, 11),
            (TaxMode::Exclusive, -10, "5", -10, -1, -11),
            (TaxMode::Exclusive, 9, "5", 9, 0, 9),
            (TaxMode::Exclusive, 100, "0", 100, 0, 100),
            (TaxMode::Exclusive, 100, "100", 100, 100, 200),
            (
                TaxMode::Exclusive,
                1_000_000_000_000_000,
                "0.0001",
                1_000_000_000_000_000,
                1_000_000_000,
                1_000_001_000_000_000,
            ),
            (TaxMode::Inclusive, 12_000, "20", 10_000, 2_000, 12_000),
            (TaxMode::Inclusive, 11_900, "19", 10_000, 1_900, 11_900),
            (TaxMode::Inclusive, 100, "7", 93, 7, 100),
            (TaxMode::Inclusive, 1, "100", 0, 1, 1),
            (TaxMode::Inclusive, -1, "100", 0, -1, -1),
            (TaxMode::Inclusive, 0, "19", 0, 0, 0),
        ] {
            let expected = Taxed { net: Amount(net), tax: Amount(tax), gross: Amount(gross) };
            assert_eq!(mode.split(Amount(amount), rate(percent)), expected, "{mode:?} {amount} at {percent}");
        }
    }

    #[test]
    fn a_rate_is_between_none_and_all_to_four_decimals() {
        for (text, good) in [
            ("0", true),
            ("-0", true),
            ("19.0000", true),
            ("8.1234", true),
            ("100", true),
            ("8.12345", false),
            ("100.0001", false),
            ("-1", false),
        ] {
            assert_eq!(TaxRate::from_decimal(text.parse().unwrap()).is_ok(), good, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_amount_is_what_it_is_without_tax_and_the_tax(
            amount in -1_000_000_000_000_i64..1_000_000_000_000,
            parts in 0_i64..=1_000_000,
        ) {
            let rate = TaxRate::from_decimal(Decimal::new(parts, 4)).unwrap();
            for mode in [TaxMode::Exclusive, TaxMode::Inclusive] {
                let taxed = mode.split(Amount(amount), rate);
                proptest::prop_assert_eq!(taxed.net.0 + taxed.tax.0, taxed.gross.0);
                // The tax is the rate of the net amount, to half a minor unit of the amount that was given.
                let off = i128::from(taxed.tax.0) * WHOLE - i128::from(taxed.net.0) * i128::from(parts);
                proptest::prop_assert!(2 * off.abs() <= WHOLE + i128::from(parts), "{taxed:?}");
            }
        }
    }
}
