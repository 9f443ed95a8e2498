//! The GraphQL schema, put together: the one place that names every context.

use async_graphql::{Context, ID, Interface, MergedObject, MergedSubscription, Object, SDLExportOptions};

use crate::accounts::api_key::{self, ApiKey, ApiKeyMutation, ApiKeyQuery};
use crate::accounts::business::{self, Business, BusinessMutation, BusinessQuery};
use crate::accounts::membership::{self, MembershipObject};
use crate::accounts::session::{SessionMutation, SessionQuery};
use crate::accounts::share_link::{self, ShareLink, ShareLinkMutation};
use crate::accounts::user::{self, User};
use crate::auth::{Permission, Viewer};
use crate::billing::credit_note::{self, CreditNote, CreditNoteMutation, CreditNoteQuery};
use crate::billing::engine::{EngineQuery, TestClockMutation};
use crate::billing::invoice::{self, Invoice, InvoiceMutation, InvoiceQuery};
use crate::billing::plan::{self, Plan, PlanMutation, PlanPrice, PlanQuery};
use crate::billing::standing_order::{self, StandingOrder, StandingOrderMutation, StandingOrderQuery};
use crate::billing::subscription::{self, PlanSubscription, SubscriptionMutation, SubscriptionQuery};
use crate::customers::contact::{self, Contact, ContactMutation};
use crate::customers::customer::{self, Customer, CustomerMutation, CustomerQuery};
use crate::customers::note::{self, Note, NoteMutation};
use crate::customers::preference::PreferenceMutation;
use crate::customers::segment::{self, Segment, SegmentMutation, SegmentQuery};
use crate::customers::service_usage::ServiceUsageMutation;
use crate::customers::ticket::{self, Ticket, TicketMessage, TicketMutation, TicketQuery, TicketSubscription};
use crate::erasure::ErasureMutation;
use crate::error::{Error, Result};
use crate::events::{self, Event, EventQuery, EventSubscription};
use crate::graphql::{CheckOnly, ContextExt as _, Nullable, Snapshot, nullable};
use crate::id::{
    self, ApiKeyId, BusinessId, ChargeId, ContactId, CreditNoteId, CustomerId, EventId, InvoiceId, MembershipId,
    NoteId, PaymentId, PaymentMethodId, PlanId, PlanPriceId, PlanSubscriptionId, SegmentId, ShareLinkId,
    StandingOrderId, TicketId, TicketMessageId, UserId,
};
use crate::ledger::adjustment::{Adjustment, AdjustmentMutation};
use crate::ledger::charge::{self, Charge, ChargeMutation};
use crate::ledger::invoice_charge::InvoiceCharge;
use crate::ledger::payment::{self, Payment, PaymentMutation, PaymentQuery, PaymentSubscription};
use crate::ledger::payment_method::{self, PaymentMethodMutation, SavedPaymentMethod};
use crate::ledger::record::{Record, RecordMutation, RecordQuery};
use crate::ledger::sale::{Sale, SaleMutation, SaleQuery};
use crate::metrics::{DashboardSubscription, MetricsQuery};
use crate::transfer::ImportMutation;

/// The schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// How deep fields may nest.
const MAX_DEPTH: usize = 15;

/// What can be read. All fields of one operation read the same snapshot.
#[derive(MergedObject, Default)]
pub struct Query(
    SessionQuery,
    BusinessQuery,
    ApiKeyQuery,
    CustomerQuery,
    TicketQuery,
    SegmentQuery,
    RecordQuery,
    SaleQuery,
    PaymentQuery,
    InvoiceQuery,
    CreditNoteQuery,
    PlanQuery,
    SubscriptionQuery,
    StandingOrderQuery,
    EngineQuery,
    MetricsQuery,
    EventQuery,
    NodeQuery,
);

/// What can be changed. Each field is one transaction; they run one after the other.
#[derive(MergedObject, Default)]
pub struct Mutation(
    SessionMutation,
    BusinessMutation,
    ApiKeyMutation,
    ShareLinkMutation,
    CustomerMutation,
    ContactMutation,
    NoteMutation,
    PreferenceMutation,
    ServiceUsageMutation,
    TicketMutation,
    SegmentMutation,
    RecordMutation,
    SaleMutation,
    AdjustmentMutation,
    ChargeMutation,
    PaymentMutation,
    PaymentMethodMutation,
    InvoiceMutation,
    CreditNoteMutation,
    PlanMutation,
    SubscriptionMutation,
    StandingOrderMutation,
    TestClockMutation,
    ImportMutation,
    ErasureMutation,
);

/// What can be watched. Every event has a cursor, from which a later subscription goes on.
#[derive(MergedSubscription, Default)]
pub struct Subscription(PaymentSubscription, TicketSubscription, DashboardSubscription, EventSubscription);

type Builder = async_graphql::SchemaBuilder<Query, Mutation, Subscription>;

/// The schema, ready to run.
pub fn schema() -> Schema {
    builder().finish()
}

/// The schema, which validates operations and runs none.
pub fn checker() -> Schema {
    builder().extension(CheckOnly).finish()
}

fn builder() -> Builder {
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).limit_depth(MAX_DEPTH)
}

/// The schema in GraphQL's schema language, as `schema.graphql` has it.
pub fn sdl() -> String {
    let sdl = schema().sdl_with_options(SDLExportOptions::new().include_specified_by());
    format!("{}\n", sdl.trim())
}

/// Anything that has an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The id of the object."))]
pub enum Node {
    /// A business.
    Business(Business),
    /// A user.
    User(User),
    /// A user's place in a business.
    Membership(MembershipObject),
    /// An API key.
    ApiKey(ApiKey),
    /// A link that was sent to a customer.
    ShareLink(ShareLink),
    /// A customer.
    Customer(Customer),
    /// A contact of a customer.
    Contact(Contact),
    /// A note on a customer.
    Note(Note),
    /// A segment of customers.
    Segment(Segment),
    /// A ticket of a customer.
    Ticket(Ticket),
    /// A message of a ticket.
    TicketMessage(TicketMessage),
    /// A delivery.
    Record(Record),
    /// A purchase.
    Sale(Sale),
    /// A fee or a correction.
    Adjustment(Adjustment),
    /// What is owed of an invoice.
    InvoiceCharge(InvoiceCharge),
    /// An invoice.
    Invoice(Invoice),
    /// A credit note.
    CreditNote(CreditNote),
    /// A payment.
    Payment(Payment),
    /// An event.
    Event(Event),
    /// A payment method on file.
    SavedPaymentMethod(SavedPaymentMethod),
    /// A plan.
    Plan(Plan),
    /// A price of a plan.
    PlanPrice(PlanPrice),
    /// A subscription of a customer to a plan.
    PlanSubscription(PlanSubscription),
    /// What is delivered to a customer again and again.
    StandingOrder(StandingOrder),
}

/// Queries of anything by id.
#[derive(Default)]
pub struct NodeQuery;

/// The most ids that one field takes.
const MAX_NODES: usize = 100;

#[Object]
impl NodeQuery {
    /// The object of an id. Null if there is none that you may read.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Nullable<Node> {
        nullable(async { find(&*ctx.read().await?, &id).await }.await)
    }

    /// The objects of ids, at most 100, in their order. Null in the place of one that you may not read.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            return Err(Error::BadInput(format!("{} ids; at most {MAX_NODES} are allowed", ids.len())));
        }
        let snapshot = ctx.read().await?;
        futures_util::future::try_join_all(ids.iter().map(|id| find(&snapshot, id))).await
    }
}

async fn find(snapshot: &Snapshot, id: &str) -> Result<Option<Node>> {
    let (prefix, uuid) = id::decode(id)?;
    let business = snapshot.viewer.business.id;
    let readable = |viewer: &Viewer, permission: Permission| viewer.may(permission);
    let viewer = &snapshot.viewer;
    let is = |prefixes: &[&str]| prefixes.contains(&prefix.as_str());
    // Unreadable equals absent.
    Ok(if is(BusinessId::PREFIXES) && uuid == business.0 && readable(viewer, Permission::BusinessRead) {
        business::store::by_ids(snapshot, &[business]).await?.remove(&business).map(Node::Business)
    } else if is(UserId::PREFIXES) && readable(viewer, Permission::MembersRead) {
        snapshot.load::<user::ById>(UserId(uuid)).await?.map(Node::User)
    } else if is(MembershipId::PREFIXES) && readable(viewer, Permission::MembersRead) {
        let found = membership::store::find_by_id(snapshot, business, MembershipId(uuid)).await?;
        found.map(|(member, of)| Node::Membership(MembershipObject(member, of)))
    } else if is(ApiKeyId::PREFIXES) && readable(viewer, Permission::ApiKeys) {
        let id = ApiKeyId(uuid);
        api_key::store::by_ids(snapshot, business, &[id]).await?.remove(&id).map(Node::ApiKey)
    } else if is(ShareLinkId::PREFIXES) && readable(viewer, Permission::ShareLinks) {
        share_link::store::find(snapshot, business, ShareLinkId(uuid)).await?.map(Node::ShareLink)
    } else if is(CustomerId::PREFIXES) && readable(viewer, Permission::CustomersRead) {
        snapshot.load::<customer::ById>(CustomerId(uuid)).await?.map(Node::Customer)
    } else if is(ContactId::PREFIXES) && readable(viewer, Permission::CustomersRead) {
        snapshot.load::<contact::ById>(ContactId(uuid)).await?.map(Node::Contact)
    } else if is(NoteId::PREFIXES) && readable(viewer, Permission::NotesRead) {
        snapshot.load::<note::ById>(NoteId(uuid)).await?.map(Node::Note)
    } else if is(SegmentId::PREFIXES) && readable(viewer, Permission::NotesRead) {
        snapshot.load::<segment::ById>(SegmentId(uuid)).await?.map(Node::Segment)
    } else if is(TicketId::PREFIXES) && readable(viewer, Permission::TicketsRead) {
        snapshot.load::<ticket::ById>(TicketId(uuid)).await?.map(Node::Ticket)
    } else if is(TicketMessageId::PREFIXES) && readable(viewer, Permission::TicketsRead) {
        snapshot.load::<ticket::MessageById>(TicketMessageId(uuid)).await?.map(Node::TicketMessage)
    } else if is(ChargeId::PREFIXES) && readable(viewer, Permission::LedgerRead) {
        let found = snapshot.load::<charge::ById>(ChargeId(uuid)).await?;
        found.filter(|charge| charge.row().kind.prefix() == prefix).map(|charge| match charge {
            Charge::Record(record) => Node::Record(record),
            Charge::Sale(sale) => Node::Sale(sale),
            Charge::Adjustment(adjustment) => Node::Adjustment(adjustment),
            Charge::InvoiceCharge(owed) => Node::InvoiceCharge(owed),
        })
    } else if is(InvoiceId::PREFIXES) && readable(viewer, Permission::LedgerRead) {
        snapshot.load::<invoice::ById>(InvoiceId(uuid)).await?.map(Node::Invoice)
    } else if is(CreditNoteId::PREFIXES) && readable(viewer, Permission::LedgerRead) {
        snapshot.load::<credit_note::ById>(CreditNoteId(uuid)).await?.map(Node::CreditNote)
    } else if is(PaymentId::PREFIXES) && readable(viewer, Permission::LedgerRead) {
        snapshot.load::<payment::ById>(PaymentId(uuid)).await?.map(Node::Payment)
    } else if is(EventId::PREFIXES) && readable(viewer, Permission::CustomerAuditRead) {
        let found = snapshot.load::<events::ById>(EventId(uuid)).await?;
        found.filter(|event| event.customer_id.is_some() || readable(viewer, Permission::AuditRead)).map(Node::Event)
    } else if is(PaymentMethodId::PREFIXES) && readable(viewer, Permission::LedgerRead) {
        snapshot.load::<payment_method::ById>(PaymentMethodId(uuid)).await?.map(Node::SavedPaymentMethod)
    } else if is(PlanId::PREFIXES) && readable(viewer, Permission::SubscriptionsRead) {
        snapshot.load::<plan::ById>(PlanId(uuid)).await?.map(Node::Plan)
    } else if is(PlanPriceId::PREFIXES) && readable(viewer, Permission::SubscriptionsRead) {
        snapshot.load::<plan::PriceById>(PlanPriceId(uuid)).await?.map(Node::PlanPrice)
    } else if is(PlanSubscriptionId::PREFIXES) && readable(viewer, Permission::SubscriptionsRead) {
        snapshot.load::<subscription::ById>(PlanSubscriptionId(uuid)).await?.map(Node::PlanSubscription)
    } else if is(StandingOrderId::PREFIXES) && readable(viewer, Permission::LedgerRead) {
        snapshot.load::<standing_order::ById>(StandingOrderId(uuid)).await?.map(Node::StandingOrder)
    } else {
        None
    })
}
