//! Ids: UUIDv7 inside, [TypeIDs](https://github.com/jetify-com/typeid) (`cus_01jx…`) outside.
//!
//! Each kind of object has a type of its own here, so that an id of one can never stand where another is
//! meant. In GraphQL they are all `ID`.

use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Writes `uuid` as a TypeID. `prefix` is one of the constants of this module, which are all valid.
pub fn encode(prefix: &'static str, uuid: Uuid) -> String {
    match DynamicType::new(prefix) {
        Ok(kind) => TypeSafeId::from_type_and_uuid(kind, uuid).to_string(),
        Err(_) => unreachable!("{prefix} is a valid prefix"),
    }
}

/// Reads a TypeID into its prefix and UUID.
pub fn decode(text: &str) -> Result<(String, Uuid)> {
    let id: TypeSafeId<DynamicType> =
        text.parse().map_err(|_| Error::BadInput(format!("`{text}` is not an id: ids look like cus_01jx2m…")))?;
    Ok((id.type_prefix().to_owned(), id.uuid()))
}

fn decode_as(prefixes: &[&str], text: &str) -> Result<Uuid> {
    match decode(text)? {
        (prefix, uuid) if prefixes.contains(&prefix.as_str()) => Ok(uuid),
        _ => Err(Error::BadInput(format!("`{text}` is not an id that starts with {}_", prefixes.join("_ or ")))),
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident: $($prefix:literal)|+) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What its TypeIDs may start with; the first is the usual one.
            pub const PREFIXES: &[&str] = &[$($prefix),+];
        }

        impl std::str::FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                decode_as(Self::PREFIXES, text).map(Self)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Uuid, diesel::pg::Pg>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                diesel::deserialize::FromSql::<diesel::sql_types::Uuid, diesel::pg::Pg>::from_sql(bytes).map(Self)
            }
        }

        impl async_graphql::InputType for $name {
            type RawValueType = Self;
            fn type_name() -> std::borrow::Cow<'static, str> {
                <async_graphql::ID as async_graphql::InputType>::type_name()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::InputType>::create_type_info(registry)
            }
            fn parse(value: Option<async_graphql::Value>) -> async_graphql::InputValueResult<Self> {
                match value {
                    Some(async_graphql::Value::String(text)) => Ok(text.parse()?),
                    other => Err(async_graphql::InputValueError::expected_type(other.unwrap_or_default())),
                }
            }
            fn to_value(&self) -> async_graphql::Value {
                encode(Self::PREFIXES[0], self.0).into()
            }
            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
        }
    };
}

/// Ids of objects that have one prefix are also written as `ID`.
macro_rules! object_id {
    ($(#[$doc:meta])* $name:ident: $prefix:literal) => {
        id_type!($(#[$doc])* $name: $prefix);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&encode($prefix, self.0))
            }
        }

        impl async_graphql::OutputType for $name {
            fn type_name() -> std::borrow::Cow<'static, str> {
                <async_graphql::ID as async_graphql::OutputType>::type_name()
            }
            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::OutputType>::create_type_info(registry)
            }
            async fn resolve(
                &self,
                _: &async_graphql::ContextSelectionSet<'_>,
                _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                Ok(self.to_string().into())
            }
        }
    };
}

object_id!(/// Id of a business, the tenant.
    BusinessId: "bus");
object_id!(/// Id of a user.
    UserId: "usr");
object_id!(/// Id of a user's membership in a business.
    MembershipId: "mem");
object_id!(/// Id of one sign-in and the refresh tokens that grew from it.
    SessionId: "ses");
object_id!(/// Id of an API key.
    ApiKeyId: "key");
object_id!(/// Id of a link that was sent to a customer.
    ShareLinkId: "lnk");
object_id!(/// Id of a customer.
    CustomerId: "cus");
object_id!(/// Id of a contact of a customer.
    ContactId: "con");
object_id!(/// Id of a note on a customer.
    NoteId: "note");
object_id!(/// Id of a ticket of a customer.
    TicketId: "tkt");
object_id!(/// Id of a message of a ticket.
    TicketMessageId: "msg");
object_id!(/// Id of a payment.
    PaymentId: "pay");
object_id!(/// Id of an allocation of a payment to a charge.
    AllocationId: "alo");
object_id!(/// Id of a line of a customer's account.
    EntryId: "ent");
object_id!(/// Id of an event in the log.
    EventId: "evt");
object_id!(/// Id of a plan.
    PlanId: "plan");
object_id!(/// Id of a version of the price of a plan.
    PlanPriceId: "price");
object_id!(/// Id of a subscription to a plan.
    PlanSubscriptionId: "sub");
object_id!(/// Id of days that a subscription was charged for.
    SubscriptionPeriodId: "period");
object_id!(/// Id of a payment method kept on file.
    PaymentMethodId: "pm");
object_id!(/// Id of an invoice.
    InvoiceId: "inv");
object_id!(/// Id of a credit note.
    CreditNoteId: "cn");
id_type!(/// Id of a charge of any kind: a record's, a sale's, a fee's, an adjustment's or an invoice's.
    ChargeId: "rec" | "sal" | "fee" | "adj" | "ich");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_and_as_nothing_else() {
        let id = CustomerId(Uuid::from_u128(0x0190_5b7c_2f00_7000_8000_0000_0000_0001));
        let text = id.to_string();
        assert!(text.starts_with("cus_01"), "{text}");
        assert_eq!(text.parse::<CustomerId>().unwrap(), id);
        assert!(text.parse::<PaymentId>().is_err());
        assert!("cus_".parse::<CustomerId>().is_err());
        assert!("1".parse::<CustomerId>().is_err());
    }

    #[test]
    fn a_charge_is_named_by_any_of_its_kinds_prefixes() {
        let uuid = Uuid::from_u128(7);
        for prefix in ChargeId::PREFIXES {
            assert_eq!(encode(prefix, uuid).parse::<ChargeId>().unwrap(), ChargeId(uuid));
        }
        assert!(encode("cus", uuid).parse::<ChargeId>().is_err());
    }
}
