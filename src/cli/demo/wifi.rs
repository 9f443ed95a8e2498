//! A WiFi provider in Kenya: a plan a month, paid by mobile money, suspended when not.

use chrono::{Datelike as _, Days, NaiveDate};
use rust_decimal::Decimal;

use super::people::{self, KENYA};
use super::story::{Beginning, Delivery, Staff, Story};
use crate::accounts::business::NewBusiness;
use crate::app::App;
use crate::customers::contact::ContactRole;
use crate::customers::customer::{CustomerCreateInput, CustomerStatus, CustomerType};
use crate::customers::note::NoteKind;
use crate::error::Result;
use crate::graphql::Date;
use crate::id::CustomerId;
use crate::ledger::payment::PaymentMethod;

/// The name of the business in addresses.
pub const SLUG: &str = "baobab-wifi";
const CUSTOMERS: usize = 52;
const DAYS: u64 = 184;
/// Days from a charge to the suspension of who has not paid it.
const GRACE: u64 = 14;
const ESTATES: &[&str] = &["Kilimani", "Kasarani", "Ruaka", "South B", "Umoja", "Kahawa West"];
const PLANS: &[(&str, i64)] = &[("Home 10 Mbps", 250_000), ("Home 20 Mbps", 350_000), ("Home 5 Mbps", 150_000)];
const OFFICE: (&str, i64) = ("Office 50 Mbps", 900_000);
const NOTES: &[(NoteKind, &str)] = &[
    (NoteKind::Issue, "Router replaced after a power surge; the old one is in the store."),
    (NoteKind::Preference, "Visits after 17:00 only; ask the guard for block C."),
    (NoteKind::Feedback, "Happy with the speed since the move to the new mast."),
    (NoteKind::Issue, "Slow in the evenings; antenna turned by 5 degrees, better since."),
    (NoteKind::Personal, "Recommended us to two neighbours."),
];

struct Line {
    id: CustomerId,
    plan: (&'static str, i64),
    since: NaiveDate,
    bill_day: u32,
    /// Days from the charge to the payment.
    delay: u64,
    /// From this day on nothing is paid.
    stops: Option<NaiveDate>,
    charged_on: Option<NaiveDate>,
    suspended: bool,
    method: PaymentMethod,
}

/// Tells its half year.
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
    let mut lines = Vec::new();
    for number in 0..CUSTOMERS {
        // Two of three are there from the start, the others come one after the other.
        if number % 3 != 2 {
            lines.push(connect(&mut story, number, None).await?);
        }
    }
    let mut later = (0..CUSTOMERS).filter(|number| number % 3 == 2);
    for day in story.days() {
        story.at(day, 8, 15);
        if day.ordinal() % 10 == 4
            && let Some(number) = later.next()
        {
            lines.push(connect(&mut story, number, Some(day)).await?);
        }
        charge(&mut story, &mut lines, day).await?;
        for line in &mut lines {
            pay_or_suspend(&mut story, line, day).await?;
        }
    }
    Ok(story)
}

async fn connect(story: &mut Story, number: usize, day: Option<NaiveDate>) -> Result<Line> {
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
    Ok(Line {
        id,
        plan: if office { OFFICE } else { story.random.pick(PLANS) },
        since,
        bill_day: day.map_or_else(|| u32::try_from(story.random.between(1, 28)).unwrap_or(1), |day| day.day().min(28)),
        delay: u64::try_from(delay).unwrap_or_default(),
        stops: (number % 13 == 7).then(|| story.today - Days::new(60)),
        charged_on: None,
        suspended: false,
        method: if office { PaymentMethod::BankTransfer } else { PaymentMethod::MobileMoney },
    })
}

async fn charge(story: &mut Story, lines: &mut [Line], day: NaiveDate) -> Result<()> {
    for line in lines.iter_mut().filter(|line| line.bill_day == day.day() && line.since <= day && !line.suspended) {
        line.charged_on = Some(day);
        let (product, unit_price) = line.plan;
        let (quantity, shift) = (Decimal::ONE, None);
        story.deliver(Delivery { customer: line.id, product, quantity, unit: "month", unit_price, shift })?;
    }
    story.book().await
}

async fn pay_or_suspend(story: &mut Story, line: &mut Line, day: NaiveDate) -> Result<()> {
    let Some(charged_on) = line.charged_on else { return Ok(()) };
    if line.stops.is_some_and(|stops| stops <= day) {
        if day == charged_on + Days::new(GRACE) && !line.suspended && story.balance(line.id).await? > 0 {
            line.suspended = true;
            story.at(day, 17, 0);
            story.note(line.id, NoteKind::Issue, "Not paid after two reminders: suspended.").await?;
            story.set_status(line.id, CustomerStatus::Suspended).await?;
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
    let amount = if story.random.chance(80) { balance / 2 / 10_000 * 10_000 } else { balance };
    let reference = match line.method {
        PaymentMethod::MobileMoney => story.random.letters(b"ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 10),
        _ => format!("EFT {}", story.random.letters(b"0123456789", 8)),
    };
    story.pay(line.id, amount, line.method, Some(reference)).await
}
