//! A shop in the United States: purchases at the till, on account or paid on the spot, members, store credit.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

use super::people::{self, USA};
use super::story::{Beginning, Staff, Story};
use crate::accounts::business::NewBusiness;
use crate::app::App;
use crate::customers::contact::ContactRole;
use crate::customers::customer::{CustomerCreateInput, CustomerType};
use crate::customers::note::NoteKind;
use crate::error::Result;
use crate::graphql::Date;
use crate::id::CustomerId;
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
    let mut receipt = 4_000;
    for day in story.days() {
        if day.weekday() == Weekday::Sun {
            continue;
        }
        sell(&mut story, &mut shoppers, day, &mut receipt).await?;
        settle(&mut story, &shoppers, day).await?;
    }
    Ok(story)
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
