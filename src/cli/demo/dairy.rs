//! A dairy round in India: milk by the litre, in the morning and some evenings, paid now and then.

use async_graphql::MaybeUndefined;
use chrono::{Datelike as _, Days, NaiveDate};
use rust_decimal::Decimal;

use super::offers::Order;
use super::people::{self, INDIA};
use super::story::{Beginning, Delivery, Staff, Story};
use super::{catalogue, tickets};
use crate::accounts::business::NewBusiness;
use crate::app::App;
use crate::billing::subscription::{Act, Change, SubscriptionCancelMode};
use crate::customers::customer::{CustomerCreateInput, CustomerFilter, CustomerType};
use crate::customers::note::NoteKind;
use crate::customers::preference::PreferenceUpdateInput;
use crate::error::Result;
use crate::graphql::Date;
use crate::id::{CustomerId, PlanSubscriptionId};
use crate::ledger::payment::PaymentMethod;
use crate::ledger::record::Shift;

/// The name of the business in addresses.
pub const SLUG: &str = "sunrise-dairy";
const CUSTOMERS: usize = 42;
const DAYS: u64 = 122;
const AREAS: &[&str] = &["Kothrud", "Karve Nagar", "Erandwane", "Warje", "Bavdhan"];
const NOTES: &[(NoteKind, &str)] = &[
    (NoteKind::Preference, "Leave the milk in the steel can by the back door."),
    (NoteKind::Preference, "Delivery before 6:30, please: leaves early for work."),
    (NoteKind::Issue, "The bag leaked on the stairs; gave half a litre more the next day."),
    (NoteKind::Feedback, "Says the buffalo milk sets into very good curd."),
    (NoteKind::Personal, "Daughter's wedding in the winter; will need 20 litres a day for that week."),
    (NoteKind::Preference, "Wants a call before the evening delivery."),
];

// Their places in the catalogue.
const GHEE: usize = 0;
const CURD: usize = 1;
const SWEETS: usize = 2;
/// Who subscribes to what, how many days before today, and how many days are free: monthly payers all of them.
const SUBSCRIBERS: &[(usize, usize, u64, i32)] = &[
    (2, GHEE, 100, 0),
    (15, GHEE, 90, 0),
    (25, SWEETS, 80, 0),
    (32, CURD, 75, 0),
    (22, CURD, 70, 0),
    (5, CURD, 60, 0),
    (12, GHEE, 40, 0),
    (35, GHEE, 5, 14),
];

/// How someone pays.
enum Habit {
    /// What was due at the end of the month, on this day of the next.
    Monthly(u32),
    /// A round sum every now and then.
    Irregular,
    /// Monthly, until some weeks ago.
    Fallen(u32),
}

struct Household {
    id: CustomerId,
    product: &'static str,
    price: i64,
    /// Half litres.
    morning: i64,
    evening: i64,
    away: [NaiveDate; 2],
    habit: Habit,
    method: PaymentMethod,
    /// What was owed when the month began.
    due: i64,
}

/// Tells its four months.
pub async fn tell(app: &App, staff: Staff) -> Result<Story> {
    let business = NewBusiness {
        name: "Sunrise Dairy".into(),
        slug: SLUG.into(),
        currency: "INR".into(),
        time_zone: "Asia/Kolkata".into(),
        country: "IN".into(),
        locale: None,
        sandbox: false,
    };
    let mut story = Story::begin(app, staff, Beginning { business, days_until_due: 30, days: DAYS, seed: 20 }).await?;
    let mut households = Vec::new();
    for number in 0..CUSTOMERS {
        households.push(household(&mut story, number).await?);
    }
    story.at(story.first, 6, 0);
    let plans = story.offer(catalogue::DAIRY).await?;
    let mut subscriptions: Vec<PlanSubscriptionId> = Vec::new();
    for day in story.days() {
        story.at(day, 0, 15);
        story.bill().await?;
        let ago = u64::try_from((story.today - day).num_days()).unwrap_or_default();
        story.at(day, 9, 30);
        if ago == 45 {
            story.reprice(plans[GHEE], 69_000).await?;
        }
        for (number, plan, _, trial_days) in SUBSCRIBERS.iter().filter(|(_, _, since, _)| *since == ago) {
            let (customer, plan) = (households[*number].id, plans[*plan]);
            let order = Order { customer, plan, anchor: None, trial_days: *trial_days };
            subscriptions.push(story.subscribe(order).await?);
        }
        // In the order in which they subscribed.
        let act = match ago {
            35 => Some((1, Act::Change(Change { plan: None, quantity: Some(2), mode: None }))),
            30 => Some((3, Act::Cancel(SubscriptionCancelMode::NowWithCredit))),
            20 => Some((5, Act::Pause(None))),
            _ => None,
        };
        if let Some((place, act)) = act {
            story.act(subscriptions[place], act).await?;
        }
        if day.day() == 1 {
            for household in &mut households {
                household.due = story.balance(household.id).await?;
            }
        }
        pay(&mut story, &households, day).await?;
        story.talk(tickets::DAIRY, day).await?;
        // The book of both rounds is entered in the evening.
        story.at(day, 19, 30);
        deliver(&mut story, &households, day, Shift::Morning)?;
        deliver(&mut story, &households, day, Shift::Evening)?;
        story.book().await?;
    }
    know(&mut story).await?;
    Ok(story)
}

/// What it knows of its customers by now.
async fn know(story: &mut Story) -> Result<()> {
    story
        .prefer(
            28,
            PreferenceUpdateInput {
                do_not_contact: Some(true),
                do_not_contact_reason: MaybeUndefined::Value("Asked twice not to be called about offers.".into()),
                ..Default::default()
            },
        )
        .await?;
    for (customer, product, time) in
        [(3, "Buffalo milk", "Before seven"), (10, "Paneer", "After six"), (22, "Curd", "")]
    {
        let input = PreferenceUpdateInput {
            favourite_products: MaybeUndefined::Value(vec![product.into()]),
            payment_method: MaybeUndefined::Value(PaymentMethod::Upi),
            best_time: if time.is_empty() { MaybeUndefined::Undefined } else { MaybeUndefined::Value(time.into()) },
            prefers_call: Some(!time.is_empty()),
            may_receive_offers: Some(true),
            ..Default::default()
        };
        story.prefer(customer, input).await?;
    }
    let owing = Some(story.exact(500_000));
    story.segment("Owe five thousand or more", CustomerFilter { balance_min: owing, ..Default::default() }).await?;
    let tags = Some(vec!["buffalo".into(), "kothrud".into()]);
    story.segment("Buffalo milk in Kothrud", CustomerFilter { tags, ..Default::default() }).await?;
    let offers = CustomerFilter { offers_allowed: Some(true), ..Default::default() };
    story.segment("May be sent offers", offers).await
}

async fn household(story: &mut Story, number: usize) -> Result<Household> {
    let name = INDIA.name(number);
    let area = story.random.pick(AREAS);
    let joined = story.first - Days::new(u64::try_from(story.random.between(20, 900)).unwrap_or_default());
    let phone = Some(format!("+91 20 2000 {number:04}"));
    let buffalo = story.random.chance(350);
    let shop = number % 14 == 13;
    let input = CustomerCreateInput {
        name: if shop { format!("{} Sweets", name.split(' ').next_back().unwrap_or(&name)) } else { name.clone() },
        email: story.random.chance(300).then(|| people::email(&name)),
        phone: phone.clone(),
        whatsapp_phone: phone,
        address: Some(format!("Flat {}, {area}, Pune", story.random.between(1, 60))),
        kind: shop.then_some(CustomerType::Wholesale),
        tags: Some(vec![area.to_lowercase().replace(' ', "-"), if buffalo { "buffalo" } else { "cow" }.into()]),
        joined_on: Some(Date(joined)),
        ..Default::default()
    };
    let id = story.customer(input).await?;
    if let Some((kind, content)) = NOTES.get(number / 7).filter(|_| number % 7 == 3) {
        story.note(id, *kind, content).await?;
    }
    let leaves = story.first + Days::new(u64::try_from(story.random.between(10, 200)).unwrap_or_default());
    let away_for = u64::try_from(story.random.between(3, 9)).unwrap_or_default();
    let pay_day = u32::try_from(story.random.between(1, 9)).unwrap_or(5);
    Ok(Household {
        id,
        product: if buffalo { "Buffalo milk" } else { "Cow milk" },
        price: if buffalo { 7_800 } else { 6_200 },
        morning: if shop { story.random.between(12, 24) } else { story.random.between(1, 5) },
        evening: if story.random.chance(400) { story.random.between(1, 3) } else { 0 },
        away: [leaves, leaves + Days::new(away_for)],
        habit: match number % 10 {
            0 | 4 | 7 => Habit::Irregular,
            9 => Habit::Fallen(pay_day),
            _ => Habit::Monthly(pay_day),
        },
        method: if story.random.chance(650) { PaymentMethod::Upi } else { PaymentMethod::Cash },
        due: 0,
    })
}

fn deliver(story: &mut Story, households: &[Household], day: NaiveDate, shift: Shift) -> Result<()> {
    for household in households {
        let usual = if shift == Shift::Morning { household.morning } else { household.evening };
        let skipped = story.random.chance(35) || (household.away[0] <= day && day < household.away[1]);
        if usual == 0 || skipped {
            continue;
        }
        let more = i64::from(story.random.chance(60));
        story.deliver(Delivery {
            customer: household.id,
            product: household.product,
            quantity: Decimal::new((usual + more) * 5, 1),
            unit: "l",
            unit_price: household.price,
            shift: Some(shift),
        })?;
    }
    Ok(())
}

async fn pay(story: &mut Story, households: &[Household], day: NaiveDate) -> Result<()> {
    let fell = story.today - Days::new(75);
    for (number, household) in households.iter().enumerate() {
        let amount = match household.habit {
            Habit::Monthly(pay_day) if day.day() == pay_day => household.due,
            Habit::Fallen(pay_day) if day.day() == pay_day && day < fell => household.due,
            Habit::Irregular if story.random.chance(70) => {
                // Notes of 500, as many as the debt has room for.
                let notes = story.balance(household.id).await? / 50_000;
                notes.min(story.random.between(1, 4)) * 50_000
            }
            _ => 0,
        };
        story.at(day, 10, u32::try_from(number).unwrap_or_default());
        let upi = household.method == PaymentMethod::Upi;
        let reference = (upi && amount > 0).then(|| story.random.letters(b"0123456789", 12));
        story.pay(household.id, amount, household.method, reference).await?;
    }
    Ok(())
}
