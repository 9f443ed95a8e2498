//! A shop in the United States: purchases at the till, on account or paid on the spot, members, store credit.

use async_graphql::MaybeUndefined;
use chrono::{Datelike as _, Days, NaiveDate, Weekday};

use super::offers::Order;
use super::people::{self, USA};
use super::story::{Beginning, Staff, Story};
use super::{catalogue, tickets};
use crate::accounts::business::NewBusiness;
use crate::app::App;
use crate::billing::subscription::{Act, Change, SubscriptionCancelMode};
use crate::customers::contact::ContactRole;
use crate::customers::customer::{CustomerCreateInput, CustomerFilter, CustomerType};
use crate::customers::note::NoteKind;
use crate::customers::preference::PreferenceUpdateInput;
use crate::error::Result;
use crate::graphql::Date;
use crate::id::{CustomerId, PlanId, PlanSubscriptionId};
use crate::ledger::payment::PaymentMethod;

/// The name of the business in addresses.
pub const SLUG: &str = "harbor-street-goods";
const CUSTOMERS: usize = 84;
const DAYS: u64 = 153;
/// From this purchase on one is a member.
const MEMBER_FROM: i64 = 8;
const AREA_CODES: &[i64] = &[212, 315, 518, 607, 716, 845, 914];
const STREETS: &[&str] = &["Harbor Street", "Maple Avenue", "Mill Lane", "Orchard Road", "Second Street"];
const NOTES: &[(NoteKind, &str)] = &[
    (NoteKind::Preference, "Likes to be told when the dark roast is back."),
    (NoteKind::Feedback, "Loved the gift wrapping in December."),
    (NoteKind::Issue, "Kettle returned, lid did not close; replaced from stock."),
    (NoteKind::Personal, "Runs the book club on Thursdays."),
    (NoteKind::Preference, "Receipts by e-mail only."),
    (NoteKind::Issue, "Charged twice on the 3rd; the second one was refunded at the till."),
    (NoteKind::Personal, "Collects for the school fair; ask about donations in spring."),
];

// Their places in the catalogue.
const MONTHLY: usize = 0;
const YEARLY: usize = 1;
/// Who subscribes to what, how many days before today, and how many days are free: those who pay by card.
const SUBSCRIBERS: &[(usize, usize, u64, i32)] = &[
    (2, MONTHLY, 140, 0),
    (7, MONTHLY, 120, 0),
    (27, MONTHLY, 110, 0),
    (9, YEARLY, 100, 0),
    (12, MONTHLY, 90, 0),
    (19, MONTHLY, 62, 0),
    (22, MONTHLY, 50, 0),
    (42, MONTHLY, 34, 0),
    (39, MONTHLY, 20, 0),
    (32, MONTHLY, 6, 14),
];

/// How someone pays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// On the spot.
    AtTheTill,
    /// On account, twice a month, as much of it as suits them.
    OnAccount,
    /// From store credit, which is filled up now and then.
    InAdvance,
}

struct Shopper {
    id: CustomerId,
    /// Purchases in a thousand days.
    often: i64,
    wholesale: bool,
    habit: Habit,
    method: PaymentMethod,
    member: bool,
    purchases: i64,
}

/// Tells its five months.
pub async fn tell(app: &App, staff: Staff) -> Result<Story> {
    let business = NewBusiness {
        name: "Harbor Street Goods".into(),
        slug: SLUG.into(),
        currency: "USD".into(),
        time_zone: "America/New_York".into(),
        country: "US".into(),
        locale: None,
        sandbox: false,
    };
    let mut story = Story::begin(app, staff, Beginning { business, days_until_due: 14, days: DAYS, seed: 555 }).await?;
    let mut shoppers = Vec::new();
    for number in 0..CUSTOMERS {
        shoppers.push(shopper(&mut story, number).await?);
    }
    story.at(story.first, 8, 0);
    let plans = story.offer(catalogue::SHOP).await?;
    let mut club: Vec<PlanSubscriptionId> = Vec::new();
    let mut receipt = 4_000;
    for day in story.days() {
        story.at(day, 0, 15);
        let mut charged = story.bill().await?;
        charged.extend(decide(&mut story, &plans, &mut club, day).await?);
        charge_cards(&mut story, &charged, day).await?;
        story.talk(tickets::SHOP, day).await?;
        if day.weekday() == Weekday::Sun {
            continue;
        }
        sell(&mut story, &mut shoppers, day, &mut receipt).await?;
        settle(&mut story, &shoppers, day).await?;
    }
    know(&mut story).await?;
    Ok(story)
}

/// Who joins the club on a day, and who changes their mind: whose subscriptions these are.
async fn decide(
    story: &mut Story,
    plans: &[PlanId],
    club: &mut Vec<PlanSubscriptionId>,
    day: NaiveDate,
) -> Result<Vec<CustomerId>> {
    let ago = u64::try_from((story.today - day).num_days()).unwrap_or_default();
    story.at(day, 8, 30);
    if ago == 45 {
        story.reprice(plans[MONTHLY], 1_950).await?;
    }
    let mut whose = Vec::new();
    for (number, plan, _, trial_days) in SUBSCRIBERS.iter().filter(|(_, _, since, _)| *since == ago) {
        let (customer, plan) = (story.customers[*number], plans[*plan]);
        whose.push(customer);
        club.push(story.subscribe(Order { customer, plan, anchor: None, trial_days: *trial_days }).await?);
    }
    let (place, act) = match ago {
        40 => (2, Act::Cancel(SubscriptionCancelMode::PeriodEnd)),
        30 => (4, Act::Change(Change { plan: Some(plans[YEARLY]), quantity: None, mode: None })),
        15 => (5, Act::Pause(Some(story.today + Days::new(10)))),
        3 => (7, Act::Cancel(SubscriptionCancelMode::PeriodEnd)),
        _ => return Ok(whose),
    };
    story.act(club[place], act).await?;
    whose.push(story.customers[SUBSCRIBERS[place].0]);
    Ok(whose)
}

/// The club pays by card, on the day.
async fn charge_cards(story: &mut Story, charged: &[CustomerId], day: NaiveDate) -> Result<()> {
    for &customer in charged {
        let balance = story.balance(customer).await?;
        if balance > 0 {
            story.at(day, 9, 0);
            let reference = card_reference(story, PaymentMethod::Card);
            story.pay(customer, balance, PaymentMethod::Card, reference).await?;
        }
    }
    Ok(())
}

/// What it knows of its customers by now.
async fn know(story: &mut Story) -> Result<()> {
    let reason = MaybeUndefined::Value("Moved away; asked to be taken off every list.".into());
    let alone =
        PreferenceUpdateInput { do_not_contact: Some(true), do_not_contact_reason: reason, ..Default::default() };
    story.prefer(50, alone).await?;
    for (customer, product) in
        [(2, "Dark roast"), (7, "Coffee for the French press"), (20, "Picture books"), (31, "Copper")]
    {
        let input = PreferenceUpdateInput {
            favourite_products: MaybeUndefined::Value(vec![product.into()]),
            prefers_email: Some(true),
            may_receive_offers: Some(true),
            ..Default::default()
        };
        story.prefer(customer, input).await?;
    }
    let no = PreferenceUpdateInput { takes_part_in_loyalty: Some(false), ..Default::default() };
    story.prefer(44, no).await?;
    let members = CustomerFilter { member: Some(true), offers_allowed: Some(true), ..Default::default() };
    story.segment("Members who like offers", members).await?;
    let kind = Some(vec![CustomerType::Wholesale]);
    story.segment("Caterers", CustomerFilter { kind, ..Default::default() }).await?;
    let credit = CustomerFilter { balance_max: Some(story.exact(-1)), ..Default::default() };
    story.segment("Have store credit", credit).await
}

async fn shopper(story: &mut Story, number: usize) -> Result<Shopper> {
    let name = USA.name(number);
    let phone = Some(format!("({}) 555-01{number:02}", story.random.pick(AREA_CODES)));
    let joined = story.first - Days::new(u64::try_from(story.random.between(1, 1_200)).unwrap_or_default());
    let wholesale = number % 12 == 5;
    let often = if wholesale { 60 } else { story.random.pick(&[8, 15, 30, 60, 130, 210]) };
    let member = !wholesale && story.random.chance(180);
    let input = CustomerCreateInput {
        name: if wholesale { format!("{name} Catering") } else { name.clone() },
        email: story.random.chance(700).then(|| people::email(&name)),
        phone: phone.clone(),
        whatsapp_phone: phone.filter(|_| story.random.chance(300)),
        address: Some(format!("{} {}", story.random.between(2, 240), story.random.pick(STREETS))),
        kind: Some(match often {
            _ if wholesale => CustomerType::Wholesale,
            130 => CustomerType::Regular,
            210 => CustomerType::Vip,
            30 | 60 => CustomerType::Regular,
            _ => CustomerType::WalkIn,
        }),
        member_since: member.then_some(Date(joined)),
        tags: Some(if wholesale { vec!["tax-exempt".into()] } else { Vec::new() }),
        joined_on: Some(Date(joined)),
        ..Default::default()
    };
    let id = story.customer(input).await?;
    if wholesale {
        story.contact(id, &name, people::email(&name), ContactRole::Owner).await?;
        let kitchen = USA.name(number + 150);
        story.contact(id, &kitchen, people::email(&kitchen), ContactRole::Ops).await?;
    }
    if let Some((kind, content)) = NOTES.get(number / 12).filter(|_| number % 12 == 8) {
        story.note(id, *kind, content).await?;
    }
    Ok(Shopper {
        id,
        often,
        wholesale,
        habit: match number % 10 {
            _ if wholesale => Habit::OnAccount,
            1 | 4 | 8 => Habit::OnAccount,
            6 => Habit::InAdvance,
            _ => Habit::AtTheTill,
        },
        method: match number % 5 {
            _ if wholesale => PaymentMethod::Cheque,
            0 | 3 => PaymentMethod::Cash,
            _ => PaymentMethod::Card,
        },
        member,
        purchases: 0,
    })
}

async fn sell(story: &mut Story, shoppers: &mut [Shopper], day: NaiveDate, receipt: &mut i64) -> Result<()> {
    story.at(day, 12, 0);
    let mut today = Vec::new();
    for (number, shopper) in shoppers.iter_mut().enumerate() {
        if !story.random.chance(shopper.often) {
            continue;
        }
        let items = if shopper.wholesale { story.random.between(12, 48) } else { story.random.between(1, 6) };
        // Prices end in 50 or 99 cents.
        let each = story.random.between(3, 28) * 100 + story.random.pick(&[50, 99]);
        *receipt += 1;
        story.sell(shopper.id, items, items * each, format!("R-{receipt:06}"))?;
        shopper.purchases += 1;
        today.push((number, items * each));
    }
    story.book().await?;
    for (minute, (number, amount)) in (0..).zip(today) {
        let shopper = &mut shoppers[number];
        story.at(day, 15, minute % 60);
        if shopper.habit == Habit::AtTheTill {
            let reference = card_reference(story, shopper.method);
            story.pay(shopper.id, amount, shopper.method, reference).await?;
        }
        if shopper.purchases == MEMBER_FROM && !shopper.member && !shopper.wholesale {
            shopper.member = true;
            story.make_member(shopper.id, day).await?;
        }
    }
    Ok(())
}

async fn settle(story: &mut Story, shoppers: &[Shopper], day: NaiveDate) -> Result<()> {
    for (minute, shopper) in (0..).zip(shoppers) {
        let amount = match shopper.habit {
            Habit::OnAccount if matches!(day.day(), 5 | 20) => {
                let balance = story.balance(shopper.id).await?;
                balance * story.random.pick(&[0, 50, 100, 100, 100]) / 100
            }
            // Filled up to a round sum above what is owed.
            Habit::InAdvance if story.balance(shopper.id).await? > 0 => {
                story.balance(shopper.id).await? / 10_000 * 10_000 + story.random.pick(&[10_000, 15_000, 20_000])
            }
            _ => 0,
        };
        if amount > 0 {
            story.at(day, 17, minute % 60);
            let reference = card_reference(story, shopper.method);
            story.pay(shopper.id, amount, shopper.method, reference).await?;
        }
    }
    Ok(())
}

fn card_reference(story: &mut Story, method: PaymentMethod) -> Option<String> {
    match method {
        PaymentMethod::Card => Some(format!("AUTH {}", story.random.letters(b"0123456789", 6))),
        PaymentMethod::Cheque => Some(format!("Check {}", story.random.between(1_001, 9_800))),
        _ => None,
    }
}
