//! Money: whole minor units (cents, paise, fils) in the currency of the business. No float touches it. And how it
//! comes in.

use std::iter::Sum;

use async_graphql::{Context, Enum, InputValueError, InputValueResult, Object, Scalar, ScalarType, Value};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal as IcuDecimal;
use icu_locale_core::Locale;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::graphql::ContextExt as _;

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// How many decimals its amounts have: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or_default())
    }

    /// The three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl std::str::FromStr for Currency {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        iso_currency::Currency::from_code(text)
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a currency code of ISO 4217, such as USD, INR or KES"))
    }
}

crate::db::text_column!(Currency, |currency| currency.code());

/// Code of a currency in ISO 4217, such as `USD`.
#[Scalar(name = "CurrencyCode")]
impl ScalarType for Currency {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map_err(InputValueError::custom),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        self.code().into()
    }
}

/// How a payment came in.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumString,
    IntoStaticStr,
    Serialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PaymentMethod {
    /// Notes and coins.
    Cash,
    /// A debit or credit card.
    Card,
    /// A transfer between bank accounts.
    BankTransfer,
    /// Mobile money, such as M-Pesa.
    MobileMoney,
    /// India's Unified Payments Interface.
    Upi,
    /// A cheque.
    Cheque,
    /// Anything else.
    Other,
}

crate::db::enum_column!(PaymentMethod);

/// A number of exact decimals, written as a string such as `"132.50"`. Whole numbers may stand without
/// quotes; numbers with a point may not, because JSON readers turn them into binary fractions.
#[Scalar(name = "Decimal")]
impl ScalarType for Exact {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map_err(InputValueError::custom),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Ok(Self(Decimal::from(whole))),
                None => Err(InputValueError::custom(format!("write {number} as a string: \"{number}\""))),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.to_string().into()
    }
}

/// The GraphQL scalar `Decimal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact(pub Decimal);

impl std::str::FromStr for Exact {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Decimal::from_str_exact(text.trim())
            .map(Self)
            .map_err(|_| format!("`{text}` is not a decimal number such as \"132.50\""))
    }
}

/// An amount in minor units. Its currency is the business's.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Amount(pub i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest single amount: 10¹⁵ minor units. A balance has room for nine thousand of them.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// `decimal` in minor units of `currency`. More decimals than the currency has are an error, never a
    /// rounding; so is more than [`Amount::MAX`].
    pub fn from_decimal(decimal: Decimal, currency: Currency) -> Result<Self, String> {
        let exponent = currency.exponent();
        let normal = decimal.normalize();
        if normal.scale() > exponent {
            return Err(format!("{decimal} has {} decimals; {} has {exponent}", normal.scale(), currency.code()));
        }
        normal
            .checked_mul(Decimal::from(10_i64.pow(exponent)))
            .and_then(|minor| i64::try_from(minor).ok())
            .map(Self)
            .filter(|amount| amount.0.abs() <= Self::MAX.0)
            .ok_or_else(|| format!("{decimal} is beyond {}", Self::MAX.decimal(currency)))
    }

    /// quantity × unit price, rounded half away from zero to the minor unit.
    pub fn of(quantity: Decimal, unit_price: Decimal, currency: Currency) -> Result<Self, String> {
        let exact = quantity.checked_mul(unit_price).ok_or("quantity × unit price is too large")?;
        let rounded = exact.round_dp_with_strategy(currency.exponent(), RoundingStrategy::MidpointAwayFromZero);
        Self::from_decimal(rounded, currency)
    }

    /// The amount in major units, with all decimals of the currency: 10050 in USD is 100.50.
    pub fn decimal(self, currency: Currency) -> Decimal {
        Decimal::new(self.0, currency.exponent())
    }

    /// The amount as people of `locale` write it, such as ₹1,23,456.00 in `en-IN`.
    pub fn format(self, currency: Currency, locale: &str) -> Result<String> {
        let known: Locale = locale
            .parse()
            .map_err(|_| Error::BadInput(format!("`{locale}` is not a locale such as en-IN (BCP 47)")))?;
        let formatter = DecimalFormatter::try_new((&known).into(), Default::default()).map_err(Error::internal)?;
        let mut number = IcuDecimal::from(self.0.unsigned_abs());
        number.multiply_pow10(-i16::try_from(currency.exponent()).unwrap_or_default());
        let symbol = currency.0.symbol().symbol;
        let gap = if symbol.ends_with(char::is_alphabetic) { "\u{a0}" } else { "" };
        let sign = if self.0 < 0 { "-" } else { "" };
        Ok(format!("{sign}{symbol}{gap}{}", formatter.format(&number)))
    }

    /// The amount in parts, in proportion to `weights`, which add up to it: what rounding down leaves goes to the
    /// largest remainders, one minor unit each, and to the first of those that are equal (the method of Hamilton).
    /// All of it goes to the last part if the weights are zero; there are no parts without weights.
    pub fn split(self, weights: &[u64]) -> Vec<Self> {
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if total == 0 {
            let last = weights.len().saturating_sub(1);
            let all = |place| if place == last { self } else { Self::ZERO };
            return (0..weights.len()).map(all).collect();
        }
        let (sign, whole) = (self.0.signum(), i128::from(self.0.unsigned_abs()));
        let shares = weights.iter().map(|weight| whole * i128::from(*weight));
        let (mut parts, mut remainders): (Vec<i128>, Vec<(i128, usize)>) =
            shares.enumerate().map(|(place, share)| (share / total, (share % total, place))).unzip();
        remainders.sort_by_key(|(remainder, place)| (std::cmp::Reverse(*remainder), *place));
        let left = whole - parts.iter().sum::<i128>();
        for (_, place) in remainders.into_iter().take(usize::try_from(left).unwrap_or_default()) {
            parts[place] += 1;
        }
        // Each part is at most the amount, and so fits.
        parts.into_iter().map(|part| Self(sign * i64::try_from(part).unwrap_or_default())).collect()
    }

    /// Sum, or an error where it would leave the range of 64 bits.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(|| Error::internal("an amount leaves 64 bits"))
    }

    /// Difference, or an error where it would leave the range of 64 bits.
    pub fn minus(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(|| Error::internal("an amount leaves 64 bits"))
    }
}

/// Adds what is known to fit: parts of an amount that was checked before.
impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

impl diesel::serialize::ToSql<diesel::sql_types::BigInt, diesel::pg::Pg> for Amount {
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
        diesel::serialize::ToSql::<diesel::sql_types::BigInt, diesel::pg::Pg>::to_sql(&self.0, out)
    }
}

impl diesel::deserialize::FromSql<diesel::sql_types::BigInt, diesel::pg::Pg> for Amount {
    fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self)
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

/// An amount of money in the currency of the business.
#[Object(serial)]
impl Money {
    /// The amount in major units, with all decimals that the currency has.
    async fn amount(&self) -> Exact {
        Exact(self.amount.decimal(self.currency))
    }

    /// The currency of the business.
    async fn currency(&self) -> Currency {
        self.currency
    }

    /// The amount in minor units (cents, paise, fils), as a whole number.
    async fn minor_units(&self) -> String {
        self.amount.0.to_string()
    }

    /// The amount as people write it, in the given locale (BCP 47) or else the business's.
    async fn formatted(&self, ctx: &Context<'_>, locale: Option<String>) -> Result<String> {
        match locale {
            Some(locale) => self.amount.format(self.currency, &locale),
            None => self.amount.format(self.currency, &ctx.read().await?.viewer.business.locale),
        }
    }
}

/// Reads an amount that a user gave for `field`.
pub fn parse(field: &str, value: Exact, currency: Currency) -> Result<Amount, UserError> {
    Amount::from_decimal(value.0, currency).map_err(|message| UserError::new(UserErrorCode::Invalid, field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn amounts_take_the_decimals_of_their_currency_and_no_more() {
        for (text, code, expected) in [
            ("100.5", "USD", Some(10_050)),
            ("100.500", "USD", Some(10_050)),
            ("100.505", "USD", None),
            ("-0.01", "USD", Some(-1)),
            ("7", "JPY", Some(7)),
            ("1.5", "JPY", None),
            ("5.124", "KWD", Some(5_124)),
            ("5.1245", "KWD", None),
            ("10000000000000", "USD", Some(1_000_000_000_000_000)),
            ("10000000000000.01", "USD", None),
        ] {
            let amount = Amount::from_decimal(decimal(text), currency(code));
            assert_eq!(amount.as_ref().ok().map(|a| a.0), expected, "{text} {code}: {amount:?}");
        }
    }

    #[test]
    fn quantity_times_price_rounds_half_away_from_zero() {
        for (quantity, price, code, expected) in [
            ("2.4", "55", "INR", 13_200),
            ("0.5", "0.01", "USD", 1),
            ("1.499", "0.01", "USD", 1),
            ("1.5", "1", "JPY", 2),
            ("0.333", "0.333333", "KWD", 111),
        ] {
            assert_eq!(Amount::of(decimal(quantity), decimal(price), currency(code)).unwrap().0, expected);
        }
    }

    #[test]
    fn what_a_split_leaves_goes_to_the_largest_remainders_and_then_by_order() {
        for (amount, weights, expected) in [
            (5, &[1, 1, 1][..], &[2, 2, 1][..]),
            (-5, &[1, 1, 1], &[-2, -2, -1]),
            (100, &[1, 1, 1], &[34, 33, 33]),
            (100, &[1, 2, 4], &[14, 29, 57]),
            (1, &[1, 1_000_000], &[0, 1]),
            (7, &[0, 1, 0], &[0, 7, 0]),
            (0, &[1, 2], &[0, 0]),
            (9, &[0, 0], &[0, 9]),
            (9, &[], &[]),
            (i64::MAX, &[1, 1], &[i64::MAX / 2 + 1, i64::MAX / 2]),
        ] {
            let parts: Vec<i64> = Amount(amount).split(weights).into_iter().map(|part| part.0).collect();
            assert_eq!(parts, expected, "{amount} by {weights:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_parts_of_a_split_add_up_and_each_is_its_share_to_the_minor_unit(
            amount in -1_000_000_000_000_i64..1_000_000_000_000,
            weights in proptest::collection::vec(0_u64..1_000_000, 1..20),
        ) {
            let parts = Amount(amount).split(&weights);
            proptest::prop_assert_eq!(parts.iter().map(|part| part.0).sum::<i64>(), amount);
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights).filter(|_| total > 0) {
                let off = i128::from(part.0) * total - i128::from(amount) * i128::from(*weight);
                proptest::prop_assert!(off.abs() < total, "{part:?} of {amount} for {weight} of {total}");
            }
        }
    }

    #[test]
    fn amounts_are_written_the_way_of_the_locale() {
        for (minor, code, locale, expected) in [
            (12_345_600, "INR", "en-IN", "₹1,23,456.00"),
            (12_345_600, "USD", "en-US", "$123,456.00"),
            (-5, "USD", "en-US", "-$0.05"),
            (1_234, "JPY", "ja-JP", "¥1,234"),
            (5_124, "KWD", "en", "د.ك\u{a0}5.124"),
        ] {
            assert_eq!(Amount(minor).format(currency(code), locale).unwrap(), expected);
        }
        assert!(Amount(1).format(currency("USD"), "no such locale").is_err());
    }
}
