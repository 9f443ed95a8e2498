//! Who is asking: a user, a program or a customer, acting in one business.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::prelude::*;

use super::{Permission, Permissions, Role};
use crate::clock::Clock;
use crate::db::Scope;
use crate::db::tables::businesses;
use crate::dunning::DunningRules;
use crate::error::{Error, Result};
use crate::id::{ApiKeyId, BusinessId, CustomerId, UserId};
use crate::money::{Amount, Currency, Money};
use crate::tax::TaxMode;
use crate::text::{Country, TimeZone};

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Someone of the staff.
    User(UserId),
    /// A program.
    ApiKey(ApiKeyId),
    /// A customer who came by share link.
    Customer(CustomerId),
    /// Daybook itself, because the time had come.
    Daybook,
}

/// What someone is in a business, whoever they are: those who stand alike are shown the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// The role of a user.
    pub role: Option<Role>,
    /// The customer, beyond whom a customer sees nothing.
    pub customer: Option<CustomerId>,
    /// What they may do.
    pub permissions: Permissions,
}

impl Standing {
    /// A user's.
    pub fn of(role: Role) -> Self {
        Self { role: Some(role), customer: None, permissions: Permissions::of(role) }
    }

    /// A customer's.
    pub fn of_customer(customer: CustomerId) -> Self {
        Self { role: None, customer: Some(customer), permissions: Permissions::of_customers() }
    }

    /// A key's, whose maker has a role: it may what its scopes say, as far as they still may.
    pub fn of_key(scopes: Permissions, maker: Role) -> Self {
        Self { role: None, customer: None, permissions: scopes.and(Permissions::of(maker)) }
    }

    /// What all who stand so can reach of a business.
    pub fn scope(&self, business: BusinessId) -> Scope {
        match self.customer {
            Some(customer) => Scope::Customer(business, customer),
            None => Scope::Business(business, None),
        }
    }
}

/// Who asks, as the data base says at the start of the operation.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Who it is.
    pub actor: Actor,
    /// What they are in the business.
    pub standing: Standing,
    /// The business they act in.
    pub business: Tenant,
    /// Whether it is time to note that their key was used.
    pub(crate) use_unnoted: bool,
}

/// What nearly every operation needs to know of its business.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = businesses)]
pub struct Tenant {
    /// The business.
    pub id: BusinessId,
    /// The currency of all its money.
    pub currency: Currency,
    /// The zone that decides which day it is.
    pub time_zone: TimeZone,
    /// How it writes numbers (BCP 47).
    pub locale: String,
    /// Whose phone numbers need no country code.
    pub country: Country,
    /// Days from a charge to its due date.
    pub days_until_due: i32,
    /// Whether a new charge takes the customer's credit at once.
    pub use_credit_automatically: bool,
    /// The time of a sandbox. Others live in the time of everyone.
    pub test_clock: Option<DateTime<Utc>>,
    /// Whether the prices on its invoices are without tax or with it.
    pub tax_mode: TaxMode,
    /// What the numbers of its invoices begin with.
    pub invoice_prefix: String,
    /// What the numbers of its credit notes begin with.
    pub credit_note_prefix: String,
    /// How it goes after what is owed to it.
    #[diesel(embed)]
    pub dunning: DunningRules,
    /// Whether the sale by which a customer reaches its membership rule makes them a member.
    pub member_at_sale: bool,
}

impl Viewer {
    /// A user with a role.
    pub fn user_as(user: UserId, role: Role, business: Tenant) -> Self {
        Self { actor: Actor::User(user), standing: Standing::of(role), business, use_unnoted: false }
    }

    /// Daybook itself, which does what is due in a business.
    pub fn daybook(business: Tenant) -> Self {
        let standing = Standing { role: None, customer: None, permissions: Permissions::default() };
        Self { actor: Actor::Daybook, standing, business, use_unnoted: false }
    }

    /// The user, if it is one.
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(user) => Some(user),
            _ => None,
        }
    }

    /// The customer, if it is one. Nothing of another customer is theirs to see.
    pub fn customer(&self) -> Option<CustomerId> {
        self.standing.customer
    }

    /// Whose rows their transactions can reach.
    pub fn scope(&self) -> Scope {
        match self.actor {
            Actor::User(user) => Scope::Business(self.business.id, Some(user)),
            Actor::ApiKey(_) | Actor::Customer(_) | Actor::Daybook => self.standing.scope(self.business.id),
        }
    }

    /// Whether they may.
    pub fn may(&self, permission: Permission) -> bool {
        self.standing.permissions.contains(permission)
    }

    /// An error unless they may.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.may(permission) {
            return Ok(());
        }
        let needed: &str = permission.into();
        Err(Error::Forbidden(match (self.actor, self.standing.role) {
            (Actor::Customer(_), _) => "this is for the staff of the business".into(),
            (_, Some(role)) => {
                format!("a {} of this business lacks the permission {needed}", <&str>::from(role))
            }
            _ => format!("this API key lacks the permission {needed}"),
        }))
    }

    /// `amount` in the currency of the business.
    pub fn money(&self, amount: Amount) -> Money {
        self.business.money(amount)
    }
}

impl Tenant {
    /// `amount` in the currency of the business.
    pub fn money(&self, amount: Amount) -> Money {
        Money { amount, currency: self.currency }
    }

    /// `amount` as its people write it, for messages.
    pub fn write(&self, amount: Amount) -> String {
        format!("{} {}", amount.decimal(self.currency), self.currency.code())
    }

    /// By when something of a day is to be paid.
    pub fn due_on(&self, day: NaiveDate) -> NaiveDate {
        // Dates of the API end in the year 9999, and those of chrono long after.
        day + Duration::days(self.days_until_due.into())
    }

    /// The time in which it lives.
    pub fn now(&self, clock: &Clock) -> DateTime<Utc> {
        self.test_clock.unwrap_or_else(|| clock.now())
    }

    /// Today in its zone.
    pub fn today(&self, clock: &Clock) -> NaiveDate {
        self.now(clock).with_timezone(&self.time_zone.0).date_naive()
    }
}
