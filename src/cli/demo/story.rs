//! Telling the history of a business: its clock is set day by day, and what happens is booked as it would be
//! through the API. One transaction holds it all, so that a demo is there or is not.

use std::collections::HashMap;

use async_graphql::MaybeUndefined;
use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::random::Random;
use crate::accounts::business::{self, NewBusiness};
use crate::accounts::membership::{self, Membership};
use crate::app::App;
use crate::auth::{Actor, Role, Standing, Tenant, Viewer};
use crate::billing::invoice::{self, InvoiceFilter};
use crate::clock::Clock;
use crate::customers::contact::{self, ContactCreateInput, ContactRole};
use crate::customers::customer::{self, CustomerCreateInput, CustomerUpdateInput};
use crate::customers::note::{self, NoteCreateInput, NoteKind};
use crate::db::{self, Mode};
use crate::error::{Error, Result};
use crate::graphql::{Date, Write};
use crate::id::{BusinessId, CustomerId, MembershipId, PaymentId, TicketId, UserId};
use crate::ledger::charge::{self, Booking, NewDetail};
use crate::ledger::payment::{self, PaymentMethod, PaymentRecordInput};
use crate::ledger::record::{RecordCreateInput, Shift};
use crate::ledger::sale::SaleCreateInput;
use crate::money::{Amount, Exact};
use crate::text::Checks;

/// Who works in the businesses of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Staff {
    /// Owns all of them.
    pub owner: UserId,
    /// Does the daily work.
    pub clerk: UserId,
    /// Looks on.
    pub viewer: UserId,
}

/// What a business of the demo begins with.
pub struct Beginning {
    /// The business.
    pub business: NewBusiness,
    /// Days that a charge may stay unpaid.
    pub days_until_due: i32,
    /// Days of history.
    pub days: u64,
    /// Where its chance begins.
    pub seed: u64,
}

/// A delivery of the demo.
pub struct Delivery {
    /// To whom.
    pub customer: CustomerId,
    /// What.
    pub product: &'static str,
    /// How much of it.
    pub quantity: Decimal,
    /// In which unit.
    pub unit: &'static str,
    /// What one unit costs, in minor units of the currency.
    pub unit_price: i64,
    /// When on its day.
    pub shift: Option<Shift>,
}

/// A business of which the history is being told.
pub struct Story {
    /// Its chance.
    pub random: Random,
    /// The first day of its history.
    pub first: NaiveDate,
    /// The day after the last.
    pub today: NaiveDate,
    /// Its customers, in the order in which they were added.
    pub customers: Vec<CustomerId>,
    /// The tickets that were opened, by their place.
    pub(super) tickets: HashMap<usize, TicketId>,
    /// The next day on which the engine has something to do, if that is known.
    pub(super) idle_until: Option<NaiveDate>,
    pub(super) staff: Staff,
    pub(super) write: Write,
    bookings: Vec<Booking>,
    figures: Figures,
}

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub enum Writer {
    /// The owner, who decides.
    Owner,
    /// The clerk, who does the daily work.
    Clerk,
    /// Daybook itself.
    Daybook,
    /// A customer.
    Customer(CustomerId),
}

#[derive(Default)]
struct Figures {
    charges: usize,
    payments: usize,
}

impl Story {
    /// Opens a business on the eve of its history, which ends on the day before today, by its own calendar.
    pub async fn begin(app: &App, staff: Staff, beginning: Beginning) -> Result<Self> {
        let clock = Clock::manual(app.clock.now());
        let mut checks = Checks::default();
        let made = beginning.business.check(BusinessId(clock.id()), clock.now(), &mut checks);
        checks.finish()?;
        let mut made = made.ok_or_else(|| Error::internal("checked above"))?;
        let today = app.clock.today(made.time_zone.0);
        let first = today - Days::new(beginning.days);
        clock.set(time(&made.tenant(), first - Days::new(1), 9, 0));
        made.days_until_due = beginning.days_until_due;
        (made.created_at, made.updated_at) = (clock.now(), clock.now());

        let viewer = Viewer::user_as(staff.owner, Role::Owner, made.tenant());
        let write = Write::begin(&App { clock: clock.clone(), ..app.clone() }, viewer, Mode::Job).await?;
        business::open(&write, &clock, &made, staff.owner).await?;
        for (user_id, role) in [(staff.clerk, Role::Clerk), (staff.viewer, Role::Viewer)] {
            let id = MembershipId(clock.id());
            let membership = Membership { business_id: made.id, id, user_id, role, created_at: clock.now() };
            membership::store::insert(&write, &membership).await?;
        }
        let random = Random::new(beginning.seed);
        let (customers, bookings, figures) = (Vec::new(), Vec::new(), Figures::default());
        let mut story = Self {
            random,
            first,
            today,
            customers,
            tickets: HashMap::new(),
            idle_until: None,
            staff,
            write,
            bookings,
            figures,
        };
        story.written_by(Writer::Clerk);
        Ok(story)
    }

    /// From here on it is this one who writes.
    pub(super) fn written_by(&mut self, writer: Writer) {
        let business = self.write.viewer.business.clone();
        self.write.viewer = match writer {
            Writer::Owner => Viewer::user_as(self.staff.owner, Role::Owner, business),
            Writer::Clerk => Viewer::user_as(self.staff.clerk, Role::Clerk, business),
            Writer::Daybook => Viewer::daybook(business),
            Writer::Customer(id) => {
                Viewer { actor: Actor::Customer(id), standing: Standing::of_customer(id), ..Viewer::daybook(business) }
            }
        };
    }

    /// The days of its history.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let (first, today) = (self.first, self.today);
        first.iter_days().take_while(move |day| *day < today)
    }

    /// Sets the clock.
    pub fn at(&self, day: NaiveDate, hour: u32, minute: u32) {
        self.write.app.clock.set(time(&self.write.viewer.business, day, hour, minute));
    }

    /// Adds a customer.
    pub async fn customer(&mut self, input: CustomerCreateInput) -> Result<CustomerId> {
        let id = customer::add(&self.write, input).await?.id;
        self.customers.push(id);
        Ok(id)
    }

    /// Makes a customer a member.
    pub async fn make_member(&self, id: CustomerId, since: NaiveDate) -> Result<()> {
        let input = CustomerUpdateInput { member_since: MaybeUndefined::Value(Date(since)), ..Default::default() };
        customer::change(&self.write, id, input).await
    }

    /// Adds a contact to a customer.
    pub async fn contact(&self, customer_id: CustomerId, name: &str, email: String, role: ContactRole) -> Result<()> {
        let (name, email) = (name.to_owned(), Some(email));
        let input = ContactCreateInput { customer_id, name, email, phone: None, role: Some(role), is_primary: false };
        contact::add(&self.write, input).await.map(drop)
    }

    /// Writes a note on a customer.
    pub async fn note(&self, customer_id: CustomerId, kind: NoteKind, content: &str) -> Result<()> {
        let input = NoteCreateInput { customer_id, kind, content: content.to_owned() };
        note::add(&self.write, input).await.map(drop)
    }

    /// Puts a delivery of today on the list of what is booked next.
    pub fn deliver(&mut self, delivery: Delivery) -> Result<()> {
        let currency = self.write.viewer.business.currency;
        let input = RecordCreateInput {
            customer_id: delivery.customer,
            occurred_on: Some(Date(self.day())),
            product: delivery.product.to_owned(),
            quantity: Exact(delivery.quantity),
            unit: Some(delivery.unit.to_owned()),
            unit_price: self.exact(delivery.unit_price),
            shift: delivery.shift,
            idempotency_key: None,
        };
        self.put(NewDetail::Record(input.check(currency)?.0));
        Ok(())
    }

    /// Puts a purchase of today on the list of what is booked next.
    pub fn sell(&mut self, customer_id: CustomerId, items: i64, amount: i64, reference: String) -> Result<()> {
        let currency = self.write.viewer.business.currency;
        let input = SaleCreateInput {
            customer_id,
            occurred_on: Some(Date(self.day())),
            amount: self.exact(amount),
            items: i32::try_from(items).ok(),
            lines: None,
            reference: Some(reference),
            payment: None,
            idempotency_key: None,
        };
        self.put(NewDetail::Sale(input.check(currency)?.0));
        Ok(())
    }

    /// Books what is on the list.
    pub async fn book(&mut self) -> Result<()> {
        let bookings = std::mem::take(&mut self.bookings);
        if bookings.is_empty() {
            return Ok(());
        }
        self.figures.charges += bookings.len();
        charge::post_all(&self.write, &bookings, |_| ()).await
    }

    /// What a customer owes, in minor units; negative: their credit.
    pub async fn balance(&self, id: CustomerId) -> Result<i64> {
        Ok(customer::store::lock(&self.write, self.write.viewer.business.id, id, "id").await?.balance.0)
    }

    /// Records a payment of now. What is above the outstanding amount becomes credit. Nothing is no payment.
    pub async fn pay(
        &mut self,
        customer_id: CustomerId,
        amount: i64,
        method: PaymentMethod,
        reference: Option<String>,
    ) -> Result<()> {
        if amount <= 0 {
            return Ok(());
        }
        let (write, now) = (&self.write, self.write.app.clock.now());
        let input = PaymentRecordInput {
            customer_id,
            amount: self.exact(amount),
            method,
            payment_method_id: None,
            reference,
            received_at: Some(now),
            charges: None,
            allow_credit: true,
            idempotency_key: None,
        };
        let (new, _) = input.check(&write.viewer.business, now)?;
        let mut payer = customer::store::lock(write, write.viewer.business.id, customer_id, "customerId").await?;
        payment::post(write, &mut payer, PaymentId(write.app.clock.id()), &new, write.viewer.user()).await?;
        self.figures.payments += 1;
        Ok(())
    }

    /// How much there is of everything, for people.
    pub async fn figures(&self) -> Result<String> {
        let Figures { charges, payments } = self.figures;
        let (tenant, customers) = (&self.write.viewer.business, self.customers.len());
        let outstanding = tenant.write(charge::store::total_outstanding(&self.write, tenant.id).await?);
        let invoices = invoice::store::count(&self.write, tenant.id, &InvoiceFilter::default(), self.today).await?;
        Ok(format!(
            "{customers} customers, {charges} charges, {invoices} invoices, {payments} payments, {outstanding} outstanding"
        ))
    }

    /// Keeps it all.
    pub async fn commit(self) -> Result<()> {
        db::analyze(&self.write).await?;
        self.write.commit().await
    }

    /// The day that it is.
    pub(super) fn day(&self) -> NaiveDate {
        self.write.today()
    }

    /// So many minor units of the currency.
    pub(super) fn exact(&self, minor: i64) -> Exact {
        Exact(Amount(minor).decimal(self.write.viewer.business.currency))
    }

    fn put(&mut self, detail: NewDetail) {
        self.bookings.push(Booking { detail, external_ref: None, batch_id: None });
    }
}

/// A time of day where the business is.
fn time(tenant: &Tenant, day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let local = day.and_hms_opt(hour, minute, 0).unwrap_or_default();
    // No story has anything happen in the hour that a change of the clocks skips.
    local.and_local_timezone(tenant.time_zone.0).earliest().map_or(local.and_utc(), |time| time.to_utc())
}
