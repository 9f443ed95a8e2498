//! A customer, new ones and changes.

use async_graphql::Enum;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde_json::Value;
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::db::tables::customers;
use crate::graphql::Tags;
use crate::id::{BusinessId, CustomerId};
use crate::money::Amount;
use crate::text::{EmailAddress, PhoneNumber};

/// What kind of customer someone is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumIter,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum CustomerType {
    /// Comes in now and then.
    WalkIn,
    /// Comes again and again.
    Regular,
    /// Is given special care.
    Vip,
    /// Buys to sell on.
    Wholesale,
}

crate::db::enum_column!(CustomerType);

/// Where a customer stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumIter,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum CustomerStatus {
    /// Not served yet.
    Pending,
    /// Served.
    Active,
    /// Not served until they pay.
    Suspended,
    /// Hidden from lists unless asked for; their history is kept.
    Archived,
}

crate::db::enum_column!(CustomerStatus);

/// A customer.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = customers)]
pub struct Customer {
    /// Their id.
    pub id: CustomerId,
    /// What the business calls them in lists; unique.
    pub code: String,
    /// Their name.
    pub name: String,
    /// Their e-mail address; unique.
    pub email: Option<EmailAddress>,
    /// Their phone number.
    pub phone: Option<PhoneNumber>,
    /// Their WhatsApp number.
    pub whatsapp_phone: Option<PhoneNumber>,
    /// Where they live or are served.
    pub address: Option<String>,
    /// What kind of customer they are.
    #[diesel(column_name = type_)]
    pub kind: CustomerType,
    /// Where they stand, but for the archive.
    #[diesel(column_name = status)]
    pub status_unless_archived: CustomerStatus,
    /// When they were archived, if they are.
    pub archived_at: Option<DateTime<Utc>>,
    /// Since when they are a member, if they are.
    pub member_since: Option<NaiveDate>,
    /// Whether the rule of the business made them a member.
    pub member_by_rule: bool,
    /// Free labels.
    pub tags: Tags,
    /// Free data: a JSON object.
    pub metadata: Value,
    /// Since when they are a customer.
    pub joined_on: NaiveDate,
    /// The name on their invoices.
    pub billing_name: Option<String>,
    /// The address on their invoices.
    pub billing_address: Option<String>,
    /// Their tax id.
    pub tax_id: Option<String>,
    /// What they owe; negative: their credit.
    pub balance: Amount,
    /// When their last payment was received.
    pub last_payment_at: Option<DateTime<Utc>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When their data last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether they are suspended because they did not pay, and not by hand.
    pub suspended_by_dunning: bool,
    /// When the person was erased, if they were.
    pub erased_at: Option<DateTime<Utc>>,
}

impl Customer {
    /// Where they stand.
    pub fn status(&self) -> CustomerStatus {
        if self.archived_at.is_some() { CustomerStatus::Archived } else { self.status_unless_archived }
    }
}

/// A customer to be added.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = customers)]
pub struct NewCustomer {
    /// Whose customer.
    pub business_id: BusinessId,
    /// Their id.
    pub id: CustomerId,
    /// Empty until the next number is taken, if none was given.
    pub code: String,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<EmailAddress>,
    /// Their phone number.
    pub phone: Option<PhoneNumber>,
    /// Their WhatsApp number.
    pub whatsapp_phone: Option<PhoneNumber>,
    /// Where they live or are served.
    pub address: Option<String>,
    /// What kind of customer they are.
    pub type_: CustomerType,
    /// Where they stand.
    pub status: CustomerStatus,
    /// Since when they are a member, if they are.
    pub member_since: Option<NaiveDate>,
    /// Free labels.
    pub tags: Tags,
    /// Free data.
    pub metadata: Value,
    /// Since when they are a customer.
    pub joined_on: NaiveDate,
    /// The name on their invoices.
    pub billing_name: Option<String>,
    /// The address on their invoices.
    pub billing_address: Option<String>,
    /// Their tax id.
    pub tax_id: Option<String>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When their data last changed.
    pub updated_at: DateTime<Utc>,
}

/// A change of a customer: `None` leaves a value as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = customers)]
pub struct CustomerChanges {
    pub(super) code: Option<String>,
    pub(super) name: Option<String>,
    pub(super) email: Option<Option<EmailAddress>>,
    pub(super) phone: Option<Option<PhoneNumber>>,
    pub(super) whatsapp_phone: Option<Option<PhoneNumber>>,
    pub(super) address: Option<Option<String>>,
    pub(super) type_: Option<CustomerType>,
    pub(super) status: Option<CustomerStatus>,
    pub(super) member_since: Option<Option<NaiveDate>>,
    /// What someone says by hand is not by rule.
    pub(super) member_by_rule: Option<bool>,
    pub(super) tags: Option<Tags>,
    pub(super) metadata: Option<Value>,
    pub(super) joined_on: Option<NaiveDate>,
    pub(super) billing_name: Option<Option<String>>,
    pub(super) billing_address: Option<Option<String>>,
    pub(super) tax_id: Option<Option<String>>,
    /// Whoever sets a status by hand decides: it is dunning's no more.
    pub(super) suspended_by_dunning: Option<bool>,
}

impl CustomerChanges {
    /// The names of the fields that it touches.
    pub(super) fn fields(&self) -> Vec<&'static str> {
        [
            (self.code.is_some(), "code"),
            (self.name.is_some(), "name"),
            (self.email.is_some(), "email"),
            (self.phone.is_some(), "phone"),
            (self.whatsapp_phone.is_some(), "whatsappPhone"),
            (self.address.is_some(), "address"),
            (self.type_.is_some(), "type"),
            (self.status.is_some(), "status"),
            (self.member_since.is_some(), "memberSince"),
            (self.tags.is_some(), "tags"),
            (self.metadata.is_some(), "metadata"),
            (self.joined_on.is_some(), "joinedOn"),
            (self.billing_name.is_some(), "billingName"),
            (self.billing_address.is_some(), "billingAddress"),
            (self.tax_id.is_some(), "taxId"),
        ]
        .into_iter()
        .filter_map(|(touched, name)| touched.then_some(name))
        .collect()
    }
}
