//! A customer, the checks of new ones and of changes.

use async_graphql::{Enum, InputObject, Json, MaybeUndefined};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde_json::Value;
use strum::{EnumString, IntoStaticStr};

use crate::auth::Tenant;
use crate::clock::Clock;
use crate::db::tables::customers;
use crate::error::{Result, UserErrorCode};
use crate::graphql::{Date, Tags};
use crate::id::{BusinessId, CustomerId};
use crate::money::Amount;
use crate::text::{Checks, EmailAddress, PhoneNumber, changed};

const MAX_NAME: usize = 200;
const MAX_CODE: usize = 50;
const MAX_ADDRESS: usize = 1_000;
const MAX_TAGS: usize = 50;
const MAX_TAG: usize = 50;

/// What kind of customer someone is.
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
    code: Option<String>,
    name: Option<String>,
    email: Option<Option<EmailAddress>>,
    phone: Option<Option<PhoneNumber>>,
    whatsapp_phone: Option<Option<PhoneNumber>>,
    address: Option<Option<String>>,
    type_: Option<CustomerType>,
    status: Option<CustomerStatus>,
    member_since: Option<Option<NaiveDate>>,
    tags: Option<Tags>,
    metadata: Option<Value>,
    joined_on: Option<NaiveDate>,
    billing_name: Option<Option<String>>,
    billing_address: Option<Option<String>>,
    tax_id: Option<Option<String>>,
}

/// A customer to be added.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CustomerCreateInput {
    /// What the business calls them in lists, at most 50 characters, unique. `C-000123` and so on if absent.
    pub code: Option<String>,
    /// Their name, at most 200 characters.
    pub name: String,
    /// Their e-mail address, unique if given.
    pub email: Option<String>,
    /// Their phone number, in any common spelling.
    pub phone: Option<String>,
    /// Their WhatsApp number, in any common spelling.
    pub whatsapp_phone: Option<String>,
    /// Where they live or are served, at most 1,000 characters.
    pub address: Option<String>,
    /// What kind of customer they are; `REGULAR` if absent.
    #[graphql(name = "type")]
    pub kind: Option<CustomerType>,
    /// Where they stand; `ACTIVE` if absent.
    pub status: Option<CustomerStatus>,
    /// Since when they are a member, if they are.
    pub member_since: Option<Date>,
    /// Free labels: at most 50 of 50 characters.
    pub tags: Option<Vec<String>>,
    /// Free data: a JSON object of at most 8 KB.
    pub metadata: Option<Json<Value>>,
    /// Since when they are a customer; today if absent.
    pub joined_on: Option<Date>,
    /// The name on their invoices, at most 200 characters.
    pub billing_name: Option<String>,
    /// The address on their invoices, at most 1,000 characters.
    pub billing_address: Option<String>,
    /// Their tax id, at most 50 characters.
    pub tax_id: Option<String>,
}

impl CustomerCreateInput {
    /// The customer to add. Its code is empty if none was given.
    pub fn check(self, tenant: &Tenant, clock: &Clock) -> Result<NewCustomer> {
        let mut checks = Checks::default();
        let now = tenant.now(clock);
        let customer = NewCustomer {
            business_id: tenant.id,
            id: CustomerId(clock.id()),
            code: checks.optional("code", self.code.as_deref(), MAX_CODE).unwrap_or_default(),
            name: checks.text("name", &self.name, MAX_NAME),
            email: checks.email("email", self.email.as_deref()),
            phone: checks.phone("phone", self.phone.as_deref(), tenant.country),
            whatsapp_phone: checks.phone("whatsappPhone", self.whatsapp_phone.as_deref(), tenant.country),
            address: checks.optional("address", self.address.as_deref(), MAX_ADDRESS),
            type_: self.kind.unwrap_or(CustomerType::Regular),
            status: check_status(self.status.unwrap_or(CustomerStatus::Active), &mut checks),
            member_since: self.member_since.map(|date| date.0),
            tags: check_tags(self.tags.unwrap_or_default(), &mut checks),
            metadata: checks.object("metadata", self.metadata.map_or_else(no_metadata, |m| m.0)),
            joined_on: self.joined_on.map_or_else(|| tenant.today(clock), |date| date.0),
            billing_name: checks.optional("billingName", self.billing_name.as_deref(), MAX_NAME),
            billing_address: checks.optional("billingAddress", self.billing_address.as_deref(), MAX_ADDRESS),
            tax_id: checks.optional("taxId", self.tax_id.as_deref(), MAX_CODE),
            created_at: now,
            updated_at: now,
        };
        checks.finish()?;
        Ok(customer)
    }
}

/// A change of a customer. What is absent stays as it is; null clears.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CustomerUpdateInput {
    /// What the business calls them in lists, at most 50 characters, unique.
    pub code: MaybeUndefined<String>,
    /// Their name, at most 200 characters.
    pub name: MaybeUndefined<String>,
    /// Their e-mail address, unique if given.
    pub email: MaybeUndefined<String>,
    /// Their phone number, in any common spelling.
    pub phone: MaybeUndefined<String>,
    /// Their WhatsApp number, in any common spelling.
    pub whatsapp_phone: MaybeUndefined<String>,
    /// Where they live or are served, at most 1,000 characters.
    pub address: MaybeUndefined<String>,
    /// What kind of customer they are.
    #[graphql(name = "type")]
    pub kind: Option<CustomerType>,
    /// Where they stand. To archive, use `customerArchive`.
    pub status: Option<CustomerStatus>,
    /// Since when they are a member, if they are.
    pub member_since: MaybeUndefined<Date>,
    /// Free labels: at most 50 of 50 characters. Replaces all of them.
    pub tags: MaybeUndefined<Vec<String>>,
    /// Free data: a JSON object of at most 8 KB. Replaces all of it.
    pub metadata: MaybeUndefined<Json<Value>>,
    /// Since when they are a customer.
    pub joined_on: Option<Date>,
    /// The name on their invoices, at most 200 characters.
    pub billing_name: MaybeUndefined<String>,
    /// The address on their invoices, at most 1,000 characters.
    pub billing_address: MaybeUndefined<String>,
    /// Their tax id, at most 50 characters.
    pub tax_id: MaybeUndefined<String>,
}

impl CustomerUpdateInput {
    /// The change, and the names of the fields that it touches.
    pub fn check(self, tenant: &Tenant) -> Result<(CustomerChanges, Vec<&'static str>)> {
        let mut checks = Checks::default();
        let required = |field: &str, value: &MaybeUndefined<String>, max, checks: &mut Checks| {
            changed(value).map(|value| checks.text(field, value.map_or("", String::as_str), max))
        };
        let changes = CustomerChanges {
            code: required("code", &self.code, MAX_CODE, &mut checks),
            name: required("name", &self.name, MAX_NAME, &mut checks),
            email: changed(&self.email).map(|v| checks.email("email", v.map(String::as_str))),
            phone: changed(&self.phone).map(|v| checks.phone("phone", v.map(String::as_str), tenant.country)),
            whatsapp_phone: changed(&self.whatsapp_phone)
                .map(|v| checks.phone("whatsappPhone", v.map(String::as_str), tenant.country)),
            address: checks.change("address", &self.address, MAX_ADDRESS),
            type_: self.kind,
            status: self.status.map(|status| check_status(status, &mut checks)),
            member_since: changed(&self.member_since).map(|v| v.map(|date| date.0)),
            tags: changed(&self.tags).map(|tags| check_tags(tags.cloned().unwrap_or_default(), &mut checks)),
            metadata: changed(&self.metadata)
                .map(|metadata| metadata.map_or_else(no_metadata, |metadata| metadata.0.clone()))
                .map(|metadata| checks.object("metadata", metadata)),
            joined_on: self.joined_on.map(|date| date.0),
            billing_name: checks.change("billingName", &self.billing_name, MAX_NAME),
            billing_address: checks.change("billingAddress", &self.billing_address, MAX_ADDRESS),
            tax_id: checks.change("taxId", &self.tax_id, MAX_CODE),
        };
        checks.finish()?;
        let fields = changes.fields();
        Ok((changes, fields))
    }
}

impl CustomerChanges {
    /// The names of the fields that it touches.
    fn fields(&self) -> Vec<&'static str> {
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

fn check_status(status: CustomerStatus, checks: &mut Checks) -> CustomerStatus {
    if status == CustomerStatus::Archived {
        checks.add(UserErrorCode::Invalid, "status", "ARCHIVED is not set as a status: use customerArchive");
    }
    status
}

fn check_tags(tags: Vec<String>, checks: &mut Checks) -> Tags {
    if tags.len() > MAX_TAGS {
        checks.add(UserErrorCode::TooLong, "tags", format!("{} tags; at most {MAX_TAGS} are allowed", tags.len()));
    }
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        let tag = checks.text("tags", &tag, MAX_TAG);
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    Tags(kept)
}

fn no_metadata() -> Value {
    Value::Object(Default::default())
}
