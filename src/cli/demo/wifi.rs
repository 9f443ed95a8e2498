//! A WiFi provider in Kenya: a plan a month, paid by mobile money, suspended by dunning when not.

use async_graphql::MaybeUndefined;
use chrono::{Datelike as _, Days, NaiveDate, TimeDelta};

use super::offers::Order;
use super::people::{self, KENYA};
use super::story::{Beginning, Staff, Story};
use super::{catalogue, tickets};
use crate::accounts::business::NewBusiness;
use crate::app::App;
use crate::billing::subscription::{Act, Change, SubscriptionCancelMode};
use crate::customers::contact::ContactRole;
use crate::customers::customer::{CustomerCreateInput, CustomerFilter, CustomerStatus, CustomerType};
use crate::customers::note::NoteKind;
use crate::customers::preference::PreferenceUpdateInput;
use crate::error::Result;
use crate::graphql::Date;
use crate::id::{CustomerId, PlanId, PlanSubscriptionId};
use crate::ledger::payment::PaymentMethod;

/// The name of the business in addresses.
pub const SLUG: &str = "baobab-wifi";
const CUSTOMERS: usize = 40;
const DAYS: u64 = 154;
/// Days from a charge to the call to who has not paid it.
const PATIENCE: u64 = 16;
/// Days that are free for who comes now.
const TRIAL: i32 = 14;
const ESTATES: &[&str] = &["Kilimani", "Kasarani", "Ruaka", "South B", "Umoja", "Kahawa West"];
// Their places in the catalogue.
const HOME_5: usize = 0;
const HOME_10: usize = 1;
const HOME_20: usize = 2;
const OFFICE: usize = 3;
const NOTES: &[(NoteKind, &str)] = &[
    (NoteKind::Issue, "Router replaced after a power surge; the old one is in the store."),
    (NoteKind::Preference, "Visits after 17:00 only; ask the guard for block C."),
    (NoteKind::Feedback, "Happy with the speed since the move to the new mast."),
    (NoteKind::Issue, "Slow in the evenings; antenna turned by 5 degrees, better since."),
    (NoteKind::Personal, "Recommended us to two neighbours."),
];

struct Line {
    id: CustomerId,
    number: usize,
    subscription: PlanSubscriptionId,
    /// Days from the charge to the payment.
    delay: u64,
    /// From this day on nothing is paid.
    stops: Option<NaiveDate>,
    charged_on: Option<NaiveDate>,
    method: PaymentMethod,
}

/// Tells its five months.
pub async fn tell(app: &App, staff: Staff) -> Result<Story> {
    let business = NewBusiness {
        name: "Baobab WiFi".into(),
        slug: SLUG.into(),
        currency: "KES".into(),
        time_zone: "Africa/Nairobi".into(),
        country: "KE".into(),
        locale: None,
        sandbox: false,
    };
    let mut story = Story::begin(app, staff, Beginning { business, days_until_due: 7, days: DAYS, seed: 254 }).await?;
    // Two of three are there from the start, the others come one after the other.
    let mut lines = Vec::new();
    let plans = story.offer(catalogue::WIFI).await?;
    for number in (0..CUSTOMERS).filter(|number| number % 3 != 2) {
        lines.push(connect(&mut story, &plans, number, None).await?);
    }
    let mut later = (0..CUSTOMERS).filter(|number| number % 3 == 2);
    for day in story.days() {
        story.at(day, 0, 15);
        for id in story.bill().await? {
            if let Some(line) = lines.iter_mut().find(|line| line.id == id) {
                line.charged_on = Some(day);
            }
        }
        story.at(day, 8, 15);
        if day.ordinal() % 10 == 4
            && let Some(number) = later.next()
        {
            lines.push(connect(&mut story, &plans, number, Some(day)).await?);
        }
        decide(&mut story, &plans, &mut lines, day).await?;
        for line in &lines {
            pay_or_promise(&mut story, line, day).await?;
        }
        story.talk(tickets::WIFI, day).await?;
    }
    know(&mut story).await?;
    Ok(story)
}

/// Changes of subscriptions and prices, so many days before today.
async fn decide(story: &mut Story, plans: &[PlanId], lines: &mut [Line], day: NaiveDate) -> Result<()> {
    let to = |plan: usize| Act::Change(Change { plan: Some(plans[plan]), quantity: None, mode: None });
    let (number, act) = match (story.today - day).num_days() {
        60 => return story.reprice(plans[HOME_10], 260_000).await,
        100 => (3, to(HOME_20)),
        80 => (10, Act::Pause(Some(day + Days::new(40)))),
        70 => (15, to(HOME_20)),
        55 => (30, Act::Cancel(SubscriptionCancelMode::PeriodEnd)),
        32 => (39, Act::Cancel(SubscriptionCancelMode::NowWithCredit)),
        21 => (36, to(HOME_5)),
        12 => (24, Act::Pause(None)),
        4 => (6, Act::Cancel(SubscriptionCancelMode::PeriodEnd)),
        _ => return Ok(()),
    };
    match lines.iter_mut().find(|line| line.number == number) {
        Some(line) => {
            line.charged_on = Some(day);
            story.act(line.subscription, act).await
        }
        None => Ok(()),
    }
}

/// What it knows of its customers by now.
async fn know(story: &mut Story) -> Result<()> {
    let reason = MaybeUndefined::Value("Has a lawyer: letters only.".into());
    let alone =
        PreferenceUpdateInput { do_not_contact: Some(true), do_not_contact_reason: reason, ..Default::default() };
    story.prefer(13, alone).await?;
    for (customer, time) in [(6, "After 17:00"), (16, "In the evening"), (26, "At weekends")] {
        let input = PreferenceUpdateInput {
            payment_method: MaybeUndefined::Value(PaymentMethod::MobileMoney),
            best_time: MaybeUndefined::Value(time.into()),
            prefers_sms: Some(true),
            may_receive_offers: Some(customer != 16),
            ..Default::default()
        };
        story.prefer(customer, input).await?;
    }
    let kind = Some(vec![CustomerType::Wholesale]);
    story.segment("Shops and offices", CustomerFilter { kind, ..Default::default() }).await?;
    let status = Some(vec![CustomerStatus::Suspended]);
    story.segment("Cut off", CustomerFilter { status, ..Default::default() }).await
}

async fn connect(story: &mut Story, plans: &[PlanId], number: usize, day: Option<NaiveDate>) -> Result<Line> {
    let name = KENYA.name(number);
    let estate = story.random.pick(ESTATES);
    let before = u64::try_from(story.random.between(10, 500)).unwrap_or_default();
    let since = day.unwrap_or(story.first - Days::new(before));
    let office = number % 9 == 4;
    let phone = Some(format!("0145 000 {number:03}"));
    let input = CustomerCreateInput {
        name: if office { format!("{} Stores", name.split(' ').next().unwrap_or(&name)) } else { name.clone() },
        email: (office || story.random.chance(500)).then(|| people::email(&name)),
        phone: phone.clone(),
        whatsapp_phone: phone,
        address: Some(format!("House {}, {estate}, Nairobi", story.random.between(1, 180))),
        kind: Some(if office { CustomerType::Wholesale } else { CustomerType::Regular }),
        tags: Some(vec![estate.to_lowercase().replace(' ', "-")]),
        joined_on: Some(Date(since)),
        billing_name: office.then(|| format!("{} Stores Ltd", name.split(' ').next().unwrap_or(&name))),
        ..Default::default()
    };
    let id = story.customer(input).await?;
    if office {
        story.contact(id, &name, people::email(&name), ContactRole::Owner).await?;
        let accounts = KENYA.name(number + 100);
        story.contact(id, &accounts, people::email(&accounts), ContactRole::Billing).await?;
    }
    if let Some((kind, content)) = NOTES.get(number / 10).filter(|_| number % 10 == 6) {
        story.note(id, *kind, content).await?;
    }
    let delay = if story.random.chance(600) { story.random.between(0, 5) } else { story.random.between(6, 12) };
    let plan = match number {
        _ if office => OFFICE,
        // Those who will change.
        3 | 15 | 36 => HOME_10,
        _ => story.random.pick(&[HOME_10, HOME_20, HOME_5]),
    };
    // Periods of those who were there before begin on days of their own.
    let anchor =
        day.is_none().then(|| story.first + Days::new(u64::try_from(story.random.between(0, 27)).unwrap_or(0)));
    let tries = day.is_some_and(|day| story.today - day <= TimeDelta::days(30));
    let trial_days = if tries { TRIAL } else { 0 };
    let order = Order { customer: id, plan: plans[plan], anchor, trial_days };
    let subscription = story.subscribe(order).await?;
    Ok(Line {
        id,
        number,
        subscription,
        delay: u64::try_from(delay).unwrap_or_default(),
        stops: (number % 13 == 7).then(|| story.today - Days::new(60)),
        charged_on: if tries { None } else { Some(day.unwrap_or(story.first)) },
        method: if office { PaymentMethod::BankTransfer } else { PaymentMethod::MobileMoney },
    })
}

async fn pay_or_promise(story: &mut Story, line: &Line, day: NaiveDate) -> Result<()> {
    let Some(charged_on) = line.charged_on else { return Ok(()) };
    if line.stops.is_some_and(|stops| stops <= day) {
        if day == charged_on + Days::new(PATIENCE) && story.balance(line.id).await? > 0 {
            story.at(day, 17, 0);
            story
                .note(line.id, NoteKind::Issue, "Not paid after two reminders. Promised on the phone: on Friday.")
                .await?;
        }
        return Ok(());
    }
    if day != charged_on + Days::new(line.delay) {
        return Ok(());
    }
    let minute = u32::try_from(story.random.between(0, 59)).unwrap_or_default();
    story.at(day, 13, minute);
    let balance = story.balance(line.id).await?;
    // Some pay in two parts, and the second only with the next bill.
    let amount = if story.random.chance(30) { balance / 2 / 10_000 * 10_000 } else { balance };
    let reference = match line.method {
        PaymentMethod::MobileMoney => story.random.letters(b"ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 10),
        _ => format!("EFT {}", story.random.letters(b"0123456789", 8)),
    };
    story.pay(line.id, amount, line.method, Some(reference)).await
}
