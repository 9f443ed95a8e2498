//! Text that means something: e-mail addresses, phone numbers, time zones; and the checks of what people type.

use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, MaybeUndefined, Scalar, ScalarType, Value};
use chrono_tz::Tz;
use email_address::EmailAddress as Address;
use serde_json::Value as Json;

use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::money::{Amount, Currency, Exact};

/// The most that free data can be, in bytes of JSON.
const MAX_OBJECT_BYTES: usize = 8 * 1024;

macro_rules! text_scalar {
    ($(#[$doc:meta])* $type:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, serde::Serialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub struct $type(pub String);

        $(#[$doc])*
        #[Scalar(name = $name)]
        impl ScalarType for $type {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => text.parse().map_err(InputValueError::custom),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn to_value(&self) -> Value {
                self.0.as_str().into()
            }
        }

        crate::db::text_column!($type, |value| value.0.as_str(), |text| Some(Self(text.to_owned())));
    };
}

text_scalar!(
    /// An e-mail address. Compared without regard to case.
    EmailAddress,
    "EmailAddress"
);
text_scalar!(
    /// A phone number in E.164: a plus sign, the country's code and the number, such as `+254712345678`.
    PhoneNumber,
    "PhoneNumber"
);

impl FromStr for EmailAddress {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() <= 254 && Address::is_valid(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("`{text}` is not an e-mail address such as name@example.com"))
        }
    }
}

impl FromStr for PhoneNumber {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text, None)
    }
}

impl PhoneNumber {
    /// Reads any common spelling of a number, as dialled within `country` or with a country's code.
    pub fn parse(text: &str, country: Option<Country>) -> Result<Self, String> {
        let wrong = || match country {
            Some(Country(country)) => format!(
                "`{text}` is not a phone number of {country:?}; numbers of other countries start with + and their code"
            ),
            None => format!("`{text}` is not a phone number such as +254712345678"),
        };
        let number = phonenumber::parse(country.map(|c| c.0), text.trim()).map_err(|_| wrong())?;
        if !phonenumber::is_valid(&number) {
            return Err(wrong());
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }
}

/// A country by the two letters of ISO 3166-1, for reading phone numbers without a country's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Country(pub phonenumber::country::Id);

impl FromStr for Country {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("`{text}` is not a country code of ISO 3166, such as US, IN or KE"))
    }
}

crate::db::text_column!(Country, |country| country.0.as_ref());

/// A time zone of the IANA data base, such as `Asia/Kolkata`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct TimeZone(pub Tz);

impl FromStr for TimeZone {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("`{text}` is not a time zone of the IANA data base, such as Asia/Kolkata"))
    }
}

crate::db::text_column!(TimeZone, |zone| zone.0.name());

/// A time zone of the IANA data base, such as `Asia/Kolkata`.
#[Scalar(name = "TimeZone")]
impl ScalarType for TimeZone {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map_err(InputValueError::custom),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.name().into()
    }
}

/// Reads the fields of an input and gathers what is wrong with all of them.
///
/// Each reader returns a value to go on with; it is used only if [`Checks::finish`] finds no error.
#[derive(Debug, Default)]
pub struct Checks(Vec<UserError>);

impl Checks {
    /// Notes an error.
    pub fn add(&mut self, code: UserErrorCode, field: &str, message: impl Into<String>) {
        self.0.push(UserError::new(code, field, message));
    }

    /// The value, or its error noted.
    pub fn take<T>(&mut self, field: &str, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.add(UserErrorCode::Invalid, field, message)).ok()
    }

    /// Text that must not be blank, trimmed, of at most `max` characters.
    pub fn text(&mut self, field: &str, value: &str, max: usize) -> String {
        let text = value.trim().to_owned();
        if text.is_empty() {
            self.add(UserErrorCode::Required, field, format!("{} must not be blank", leaf(field)));
        } else if text.chars().count() > max {
            let count = text.chars().count();
            let message = format!("{} has {count} characters; at most {max} are allowed", leaf(field));
            self.add(UserErrorCode::TooLong, field, message);
        } else if text.contains('\0') {
            self.add(UserErrorCode::Invalid, field, format!("{} must not contain the character NUL", leaf(field)));
        }
        text
    }

    /// Text that may be absent or blank, which is the same.
    pub fn optional(&mut self, field: &str, value: Option<&str>, max: usize) -> Option<String> {
        let value = value.filter(|text| !text.trim().is_empty())?;
        Some(self.text(field, value, max))
    }

    /// Like [`Checks::optional`], for a change: the outer `None` leaves the value as it is.
    pub fn change(&mut self, field: &str, value: &MaybeUndefined<String>, max: usize) -> Option<Option<String>> {
        changed(value).map(|value| self.optional(field, value.map(String::as_str), max))
    }

    /// An e-mail address that may be absent or blank.
    pub fn email(&mut self, field: &str, value: Option<&str>) -> Option<EmailAddress> {
        let value = value.filter(|text| !text.trim().is_empty())?;
        self.take(field, value.parse())
    }

    /// A phone number that may be absent or blank.
    pub fn phone(&mut self, field: &str, value: Option<&str>, country: Country) -> Option<PhoneNumber> {
        let value = value.filter(|text| !text.trim().is_empty())?;
        self.take(field, PhoneNumber::parse(value, Some(country)))
    }

    /// An amount above zero.
    pub fn positive(&mut self, field: &str, value: Exact, currency: Currency) -> Amount {
        let amount = self.take(field, Amount::from_decimal(value.0, currency)).unwrap_or(Amount(1));
        if amount <= Amount::ZERO {
            self.add(UserErrorCode::Invalid, field, format!("{} must be above zero", leaf(field)));
        }
        amount
    }

    /// Free data: a JSON object of at most 8 KB.
    pub fn object(&mut self, field: &str, value: Json) -> Json {
        let bytes = value.to_string().len();
        if !value.is_object() {
            self.add(UserErrorCode::Invalid, field, format!("{} must be a JSON object", leaf(field)));
        } else if bytes > MAX_OBJECT_BYTES {
            let message = format!("{} has {bytes} bytes; at most {MAX_OBJECT_BYTES} are allowed", leaf(field));
            self.add(UserErrorCode::TooLong, field, message);
        } else if has_nul(&value) {
            self.add(UserErrorCode::Invalid, field, format!("{} must not contain the character NUL", leaf(field)));
        }
        value
    }

    /// All errors at once, if there is any.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::User(self.0)) }
    }
}

/// Whether any text in it has the character that PostgreSQL's `jsonb` cannot keep.
fn has_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_nul),
        Json::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

/// A field of a change: `None` where it is absent, `Some(None)` where it is null.
pub fn changed<T>(value: &MaybeUndefined<T>) -> Option<Option<&T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

fn leaf(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_common_spelling_of_a_phone_number_is_the_same_number() {
        let kenya: Country = "KE".parse().unwrap();
        for text in ["0712 345678", "712345678", "+254 712-345-678", "(0712) 345 678"] {
            assert_eq!(PhoneNumber::parse(text, Some(kenya)).unwrap().0, "+254712345678", "{text}");
        }
        assert_eq!(PhoneNumber::parse("+1 (212) 555-0123", Some(kenya)).unwrap().0, "+12125550123");
        for text in ["", "12", "0712 345678 99999", "hello"] {
            assert!(PhoneNumber::parse(text, Some(kenya)).is_err(), "{text}");
        }
    }

    #[test]
    fn errors_of_all_fields_are_gathered_and_name_their_limit() {
        let mut checks = Checks::default();
        checks.text("name", "  ", 10);
        checks.text("contact.note", "too long for it", 5);
        checks.email("email", Some("nobody"));
        let Err(Error::User(errors)) = checks.finish() else { panic!("errors expected") };
        let codes: Vec<_> = errors.iter().map(|e| e.code).collect();
        assert_eq!(codes, [UserErrorCode::Required, UserErrorCode::TooLong, UserErrorCode::Invalid]);
        assert_eq!(errors[1].message, "note has 15 characters; at most 5 are allowed");
        assert_eq!(errors[1].field, Some(vec!["contact".into(), "note".into()]));
    }
}
