//! A contact, the checks of new ones and of changes.

use async_graphql::{Enum, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use strum::{EnumString, IntoStaticStr};

use crate::auth::Tenant;
use crate::clock::Clock;
use crate::db::page::Order;
use crate::db::tables::contacts;
use crate::error::Result;
use crate::id::{BusinessId, ContactId, CustomerId};
use crate::text::{Checks, EmailAddress, PhoneNumber, changed};

const MAX_NAME: usize = 200;

/// In the order in which they were added.
pub const BY_AGE: Order =
    Order { name: "CONTACTS", key: "contacts.id", key_type: "uuid", id: "contacts.id", descending: false };

/// What a contact is talked to about.
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
pub enum ContactRole {
    /// Decides.
    Owner,
    /// Daily operations.
    Ops,
    /// Invoices and payments.
    Billing,
    /// Technical questions.
    Technical,
}

crate::db::enum_column!(ContactRole);

/// A contact of a customer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// Whose.
    pub business_id: BusinessId,
    /// Their id.
    pub id: ContactId,
    /// Of which customer.
    pub customer_id: CustomerId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<EmailAddress>,
    /// Their phone number.
    pub phone: Option<PhoneNumber>,
    /// What they are talked to about.
    pub role: ContactRole,
    /// Whether they are the one to talk to first.
    pub is_primary: bool,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When their data last changed.
    pub updated_at: DateTime<Utc>,
}

/// A change of a contact: `None` leaves a value as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = contacts)]
pub struct ContactChanges {
    name: Option<String>,
    email: Option<Option<EmailAddress>>,
    phone: Option<Option<PhoneNumber>>,
    role: Option<ContactRole>,
}

/// A contact to be added.
#[derive(Debug, Clone, InputObject)]
pub struct ContactCreateInput {
    /// Of which customer.
    pub customer_id: CustomerId,
    /// Their name, at most 200 characters.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their phone number, in any common spelling.
    pub phone: Option<String>,
    /// What they are talked to about; `OWNER` if absent.
    pub role: Option<ContactRole>,
    /// Whether they are the one to talk to first, instead of who was. The first contact always is.
    #[graphql(default)]
    pub is_primary: bool,
}

impl ContactCreateInput {
    /// The contact to add.
    pub fn check(self, tenant: &Tenant, clock: &Clock) -> Result<Contact> {
        let mut checks = Checks::default();
        let now = tenant.now(clock);
        let contact = Contact {
            business_id: tenant.id,
            id: ContactId(clock.id()),
            customer_id: self.customer_id,
            name: checks.text("name", &self.name, MAX_NAME),
            email: checks.email("email", self.email.as_deref()),
            phone: checks.phone("phone", self.phone.as_deref(), tenant.country),
            role: self.role.unwrap_or(ContactRole::Owner),
            is_primary: self.is_primary,
            created_at: now,
            updated_at: now,
        };
        checks.finish()?;
        Ok(contact)
    }
}

/// A change of a contact. What is absent stays as it is; null clears.
#[derive(Debug, Clone, InputObject)]
pub struct ContactUpdateInput {
    /// Their name, at most 200 characters.
    pub name: MaybeUndefined<String>,
    /// Their e-mail address.
    pub email: MaybeUndefined<String>,
    /// Their phone number, in any common spelling.
    pub phone: MaybeUndefined<String>,
    /// What they are talked to about.
    pub role: Option<ContactRole>,
    /// True makes them the one to talk to first, instead of who was. To take that away, give it to another.
    #[graphql(default)]
    pub is_primary: bool,
}

impl ContactUpdateInput {
    /// The change, but for who is primary.
    pub fn check(&self, tenant: &Tenant) -> Result<ContactChanges> {
        let mut checks = Checks::default();
        let changes = ContactChanges {
            name: changed(&self.name).map(|v| checks.text("name", v.map_or("", String::as_str), MAX_NAME)),
            email: changed(&self.email).map(|v| checks.email("email", v.map(String::as_str))),
            phone: changed(&self.phone).map(|v| checks.phone("phone", v.map(String::as_str), tenant.country)),
            role: self.role,
        };
        checks.finish()?;
        Ok(changes)
    }
}
