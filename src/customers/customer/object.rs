//! The GraphQL object `Customer`.

use async_graphql::{Context, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::model::{Customer, CustomerStatus, CustomerType};
use crate::accounts::share_link::{self, ShareLink};
use crate::auth::Permission;
use crate::billing::invoice::{self, Invoice, InvoiceSort};
use crate::billing::standing_order::{self, StandingOrder};
use crate::billing::subscription::{self, PlanSubscription};
use crate::customers::contact::{self, Contact};
use crate::customers::note::{self, Note};
use crate::customers::preference::{self, Preferences};
use crate::customers::service_usage::{self, ServiceUsage};
use crate::customers::ticket::{self, Ticket};
use crate::error::{Error, Result};
use crate::events::{self, Event};
use crate::graphql::{Connection, ContextExt as _, Date, Month, Nullable, PageArgs, nullable, page_of, permitted};
use crate::id::CustomerId;
use crate::ledger::calendar::{self, Calendar};
use crate::ledger::charge::{self, Charge, ChargeKind};
use crate::ledger::payment::{self, Payment};
use crate::ledger::payment_method::{self, SavedPaymentMethod};
use crate::ledger::purchase::{self, PurchaseHistory};
use crate::ledger::record::Record;
use crate::ledger::sale::Sale;
use crate::ledger::statement::{self, Period, Statement};
use crate::money::Money;
use crate::print::{DocumentLink, Format};
use crate::text::{EmailAddress, PhoneNumber};

/// Whether a customer is a member.
#[derive(SimpleObject)]
pub struct CustomerMembership {
    /// Whether they are one.
    is_member: bool,
    /// Since when, if they are.
    since: Option<Date>,
    /// Whether the membership rule of the business made them one, and not someone by hand.
    by_rule: bool,
}

/// Someone who buys on account.
#[Object]
impl Customer {
    /// The id of the customer.
    pub async fn id(&self) -> CustomerId {
        self.id
    }

    /// What the business calls them in lists; unique.
    async fn code(&self) -> &str {
        &self.code
    }

    /// Their name.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Their e-mail address.
    async fn email(&self) -> &Option<EmailAddress> {
        &self.email
    }

    /// Their phone number.
    async fn phone(&self) -> &Option<PhoneNumber> {
        &self.phone
    }

    /// Their WhatsApp number.
    async fn whatsapp_phone(&self) -> &Option<PhoneNumber> {
        &self.whatsapp_phone
    }

    /// Where they live or are served.
    async fn address(&self) -> &Option<String> {
        &self.address
    }

    /// What kind of customer they are.
    #[graphql(name = "type")]
    async fn kind(&self) -> CustomerType {
        self.kind
    }

    /// Where they stand.
    #[graphql(name = "status")]
    async fn status_field(&self) -> CustomerStatus {
        self.status()
    }

    /// Whether they are suspended because a recurring invoice was not paid within the days of grace. Then they are
    /// `ACTIVE` again as soon as it is settled; who was suspended by hand is not.
    async fn suspended_by_dunning(&self) -> bool {
        self.suspended_by_dunning
    }

    /// Whether they are a member, and since when.
    async fn membership(&self) -> CustomerMembership {
        let is_member = self.member_since.is_some();
        CustomerMembership { is_member, since: self.member_since.map(Date), by_rule: is_member && self.member_by_rule }
    }

    /// Free labels, for the staff. Null with an error for those who may not read them.
    async fn tags(&self, ctx: &Context<'_>) -> Nullable<&[String]> {
        permitted(ctx, Permission::NotesRead, async { Ok(Some(self.tags.0.as_slice())) }).await
    }

    /// Free data, for the staff: a JSON object. Null with an error for those who may not read it.
    async fn metadata(&self, ctx: &Context<'_>) -> Nullable<Json<&Value>> {
        permitted(ctx, Permission::NotesRead, async { Ok(Some(Json(&self.metadata))) }).await
    }

    /// What they owe. Negative: their credit.
    async fn balance(&self, ctx: &Context<'_>) -> Result<Money> {
        let snapshot = ctx.read().await?;
        snapshot.viewer.require(Permission::LedgerRead)?;
        Ok(snapshot.viewer.money(self.balance))
    }

    /// Since when they are a customer.
    async fn joined_on(&self) -> Date {
        Date(self.joined_on)
    }

    /// When their last payment was received.
    async fn last_payment_at(&self, ctx: &Context<'_>) -> Nullable<DateTime<Utc>> {
        permitted(ctx, Permission::LedgerRead, async { Ok(self.last_payment_at) }).await
    }

    /// How much of what they subscribed to they use. Null if nobody reported it.
    async fn service_usage(&self, ctx: &Context<'_>) -> Nullable<ServiceUsage> {
        nullable(ctx.load::<service_usage::OfCustomer>(self.id).await)
    }

    /// The name on their invoices, if it is not their own.
    async fn billing_name(&self) -> Option<&String> {
        self.billing_name.as_ref().filter(|_| self.erased_at.is_none())
    }

    /// The address on their invoices, if it is not their own.
    async fn billing_address(&self) -> Option<&String> {
        self.billing_address.as_ref().filter(|_| self.erased_at.is_none())
    }

    /// Their tax id.
    async fn tax_id(&self) -> Option<&String> {
        self.tax_id.as_ref().filter(|_| self.erased_at.is_none())
    }

    /// When the person was erased, at their request: see `customerErase`.
    async fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.erased_at
    }

    /// When they were added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When their data last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// The people to talk to, in the order in which they were added.
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Contact>> {
        let page = PageArgs { first, after, last, before, offset }.page(contact::BY_AGE)?;
        page_of::<contact::OfCustomer, contact::CountOfCustomer, _, _>(ctx, self.id, page).await
    }

    /// The staff's internal notes, newest first. Null with an error for those who may not read them.
    async fn notes(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Nullable<Connection<Note>> {
        permitted(ctx, Permission::NotesRead, async {
            let page = PageArgs { first, after, last, before, offset }.page(note::NEWEST_FIRST)?;
            page_of::<note::OfCustomer, note::CountOfCustomer, _, _>(ctx, self.id, page).await.map(Some)
        })
        .await
    }

    /// How they want to be treated.
    async fn preferences(&self, ctx: &Context<'_>) -> Result<Preferences> {
        let found = ctx.load::<preference::OfCustomer>(self.id).await?;
        found.ok_or_else(|| Error::internal("a customer without preferences"))
    }

    /// What they asked for and complained of, newest first. Null with an error for those who may not read it.
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Nullable<Connection<Ticket>> {
        permitted(ctx, Permission::TicketsRead, async {
            let page = PageArgs { first, after, last, before, offset }.page(ticket::NEWEST_FIRST)?;
            page_of::<ticket::OfCustomer, ticket::CountOfCustomer, _, _>(ctx, self.id, page).await.map(Some)
        })
        .await
    }

    /// Everything they were charged, newest first.
    async fn charges(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Charge>> {
        let args = PageArgs { first, after, last, before, offset };
        charge::of_customer(ctx, self.id, None, args).await
    }

    /// Their deliveries, newest first.
    async fn records(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Record>> {
        let args = PageArgs { first, after, last, before, offset };
        charge::of_customer(ctx, self.id, Some(ChargeKind::Record), args).await?.try_map(Charge::into_record)
    }

    /// Their purchases, newest first.
    async fn sales(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Sale>> {
        let args = PageArgs { first, after, last, before, offset };
        charge::of_customer(ctx, self.id, Some(ChargeKind::Sale), args).await?.try_map(Charge::into_sale)
    }

    /// Their subscriptions to plans, the oldest first.
    async fn subscriptions(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<PlanSubscription>> {
        let page = PageArgs { first, after, last, before, offset }.page(subscription::BY_AGE)?;
        page_of::<subscription::OfCustomer, subscription::CountOfCustomer, _, _>(ctx, self.id, page).await
    }

    /// Their standing orders, the oldest first.
    async fn standing_orders(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<StandingOrder>> {
        let page = PageArgs { first, after, last, before, offset }.page(standing_order::BY_AGE)?;
        page_of::<standing_order::OfCustomer, standing_order::CountOfCustomer, _, _>(ctx, self.id, page).await
    }

    /// Their invoices, newest first. Customers see no drafts.
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Invoice>> {
        let page = PageArgs { first, after, last, before, offset }.page(InvoiceSort::IssuedOnDesc.order())?;
        page_of::<invoice::OfCustomer, invoice::CountOfCustomer, _, _>(ctx, self.id, page).await
    }

    /// What they paid, newest first.
    async fn payments(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Payment>> {
        let page = PageArgs { first, after, last, before, offset }.page(payment::NEWEST_FIRST)?;
        page_of::<payment::OfCustomer, payment::CountOfCustomer, _, _>(ctx, self.id, page).await
    }

    /// The links that they were sent, newest first. Null with an error for those who may not share.
    async fn share_links(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Nullable<Connection<ShareLink>> {
        permitted(ctx, Permission::ShareLinks, async {
            let page = PageArgs { first, after, last, before, offset }.page(share_link::NEWEST_FIRST)?;
            page_of::<share_link::OfCustomer, share_link::CountOfCustomer, _, _>(ctx, self.id, page).await.map(Some)
        })
        .await
    }

    /// Their account from one day to another, line by line: from its beginning and to its end if absent. With `asOf`,
    /// as it was known at that time. At most 10,000 lines.
    async fn statement(
        &self,
        ctx: &Context<'_>,
        from: Option<Date>,
        to: Option<Date>,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Statement> {
        let period = Period::new(from.map(|date| date.0), to.map(|date| date.0), as_of)?;
        let found = ctx.load::<statement::OfCustomer>((self.id, period)).await?;
        found.ok_or_else(|| Error::internal("a customer without a statement"))
    }

    /// A link to their account of a month, or from one day to another, to read, print or send: whoever has it needs no
    /// sign-in, for seven days. A PDF if no format is given. With `asOf`, as it was known at that time.
    async fn statement_link(
        &self,
        ctx: &Context<'_>,
        month: Option<Month>,
        from: Option<Date>,
        to: Option<Date>,
        as_of: Option<DateTime<Utc>>,
        format: Option<Format>,
    ) -> Result<DocumentLink> {
        let snapshot = ctx.read().await?;
        snapshot.viewer.require(Permission::LedgerRead)?;
        let (from, to) = match (month, from, to) {
            (Some(month), None, None) => (Some(month.first()), Some(month.last())),
            (None, from, to) => (from.map(|date| date.0), to.map(|date| date.0)),
            _ => return Err(Error::BadInput("give a month, or from and to, and not both".into())),
        };
        let period = Period::new(from, to, as_of)?;
        statement::link(ctx.app(), snapshot.viewer.business.id, self.id, period, format.unwrap_or(Format::Pdf))
    }

    /// Their deliveries in a month, day by day.
    async fn calendar(&self, ctx: &Context<'_>, month: Month) -> Result<Calendar> {
        let found = ctx.load::<calendar::OfCustomer>((self.id, month)).await?;
        found.ok_or_else(|| Error::internal("a customer without a calendar"))
    }

    /// What they pay with, in the order in which it was put on file.
    async fn payment_methods(&self, ctx: &Context<'_>) -> Result<Vec<SavedPaymentMethod>> {
        Ok(ctx.load::<payment_method::OfCustomer>(self.id).await?.unwrap_or_default())
    }

    /// What they bought at the till, and how often. Null with an error for those who may not read it.
    async fn purchase_history(&self, ctx: &Context<'_>) -> Nullable<PurchaseHistory> {
        nullable(ctx.load::<purchase::OfCustomer>(self.id).await)
    }

    /// What happened to them, oldest first. Null with an error for those who may not read it.
    async fn events(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Nullable<Connection<Event>> {
        permitted(ctx, Permission::CustomerAuditRead, async {
            let page = PageArgs { first, after, last, before, offset }.page(events::LOG)?;
            page_of::<events::OfCustomer, events::CountOfCustomer, _, _>(ctx, self.id, page).await.map(Some)
        })
        .await
    }
}
