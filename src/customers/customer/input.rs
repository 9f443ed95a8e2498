//! What is said of customers, and its checks.

use async_graphql::{InputObject, Json, MaybeUndefined};
use serde_json::Value;

use super::model::{CustomerChanges, CustomerStatus, CustomerType, NewCustomer};
use crate::auth::Tenant;
use crate::clock::Clock;
use crate::error::{Result, UserErrorCode};
use crate::graphql::{Date, Tags};
use crate::id::CustomerId;
use crate::text::{Checks, changed};

const MAX_NAME: usize = 200;
const MAX_CODE: usize = 50;
const MAX_ADDRESS: usize = 1_000;
/// The most tags of a customer, and the longest.
pub const MAX_TAGS: usize = 50;
pub const MAX_TAG: usize = 50;

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
    /// Where they stand. To archive, use `customerArchive`. Who is suspended by hand stays so until someone changes it,
    /// whatever they pay.
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
            member_by_rule: changed(&self.member_since).map(|_| false),
            tags: changed(&self.tags).map(|tags| check_tags(tags.cloned().unwrap_or_default(), &mut checks)),
            metadata: changed(&self.metadata)
                .map(|metadata| metadata.map_or_else(no_metadata, |metadata| metadata.0.clone()))
                .map(|metadata| checks.object("metadata", metadata)),
            joined_on: self.joined_on.map(|date| date.0),
            billing_name: checks.change("billingName", &self.billing_name, MAX_NAME),
            billing_address: checks.change("billingAddress", &self.billing_address, MAX_ADDRESS),
            tax_id: checks.change("taxId", &self.tax_id, MAX_CODE),
            suspended_by_dunning: self.status.map(|_| false),
        };
        checks.finish()?;
        let fields = changes.fields();
        Ok((changes, fields))
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
