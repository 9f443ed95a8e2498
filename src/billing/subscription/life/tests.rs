//! Lives at random: whatever is done to a subscription, on whatever days, its money is that of its days.

use std::collections::BTreeMap;

use chrono::Days;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::billing::period::Interval;
use crate::id::{BusinessId, CustomerId, PlanId, PlanPriceId, PlanSubscriptionId};

/// What someone does, so many days after what was done before.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Wait,
    Pause(Option<u64>),
    Resume(Option<u64>),
    Cancel(SubscriptionCancelMode),
    Change { plan: usize, quantity: i32, mode: SubscriptionChangeMode },
}

fn plans() -> [Terms; 4] {
    let plan = |place: u128, amount, interval, count| Terms {
        price: PlanPriceId(Uuid::from_u128(place)),
        plan: PlanId(Uuid::from_u128(place)),
        name: format!("Plan {place}"),
        amount: Amount(amount),
        interval,
        count,
        tax_rate: TaxRate::default(),
    };
    [
        plan(1, 2_999, Interval::Month, 1),
        plan(2, 9_901, Interval::Month, 1),
        plan(3, 700, Interval::Week, 2),
        plan(4, 0, Interval::Year, 1),
    ]
}

fn life(starts_on: NaiveDate, anchor_on: NaiveDate, trial: u64) -> Life {
    let terms = plans()[0].clone();
    let row = PlanSubscription {
        business_id: BusinessId(Uuid::nil()),
        id: PlanSubscriptionId(Uuid::nil()),
        customer_id: CustomerId(Uuid::nil()),
        plan_id: terms.plan,
        price_id: terms.price,
        quantity: 1,
        status: if trial > 0 { SubscriptionStatus::Trialing } else { SubscriptionStatus::Active },
        starts_on,
        trial_ends_on: (trial > 0).then(|| starts_on + Days::new(trial)),
        anchor_on,
        period_start: None,
        period_end: None,
        period_amount: Amount::ZERO,
        cancel_at_period_end: false,
        canceled_on: None,
        paused_on: None,
        resume_on: None,
        next_price_id: None,
        next_quantity: None,
        due_on: Some(starts_on),
        error: None,
        failures: 0,
        retry_at: None,
        created_at: chrono::DateTime::UNIX_EPOCH,
        updated_at: chrono::DateTime::UNIX_EPOCH,
        dunning_held: false,
        dunning_held_until: None,
        period_tax_rate: TaxRate::default(),
        period_tax_mode: TaxMode::Exclusive,
        period_price_id: None,
        period_quantity: None,
    };
    Life { row, charged: terms.clone(), terms, next: None }
}

/// Days that were charged for, by their first one: the day after the last that was not given back, what was charged and
/// what was given back. And of which plan and how many was charged for last.
#[derive(Debug, Default)]
struct Books {
    days: Vec<(NaiveDate, NaiveDate, i64, i64)>,
    last: Option<(String, i32)>,
}

impl Books {
    /// Books an outcome like `post` does, and asserts what the data base would refuse.
    fn book(&mut self, outcome: &Outcome) -> Result<(), TestCaseError> {
        let credited = outcome.credit.as_ref().map_or(0, |line| -line.amount.0);
        prop_assert!(credited >= 0);
        if outcome.cut {
            let open = self.days.iter_mut().filter(|(_, end, _, _)| *end > outcome.on);
            let mut open: Vec<_> = open.collect();
            prop_assert!(open.len() <= 1, "{open:?} are open at once");
            match open.pop() {
                Some((from, end, charged, back)) => {
                    prop_assert!(*from <= outcome.on);
                    *end = outcome.on;
                    *back += credited;
                    prop_assert!(*back <= *charged, "{back} of {charged} given back");
                }
                None => prop_assert_eq!(credited, 0, "given back what was not charged"),
            }
        } else {
            prop_assert_eq!(credited, 0);
        }
        let of = |line: &SubscriptionLine| (line.name.clone(), line.quantity);
        if let Some(line) = &outcome.credit {
            prop_assert_eq!(Some(of(line)), self.last.take(), "what is given back is what was charged for");
        }
        if let Some(line) = &outcome.charge {
            self.last = Some(of(line));
        }
        let charged = outcome.charge.as_ref().map_or(0, |line| line.amount.0);
        prop_assert!(charged >= 0);
        match &outcome.begun {
            Some(begun) => {
                prop_assert_eq!(begun.amount.0, charged);
                prop_assert!(begun.from < begun.period.end);
                let overlaps = self
                    .days
                    .iter()
                    .any(|(from, end, _, _)| *from < *end && *from < begun.period.end && begun.from < *end);
                prop_assert!(!overlaps, "{begun:?} overlaps {:?}", self.days);
                self.days.push((begun.from, begun.period.end, charged, 0));
            }
            None => prop_assert_eq!(charged, 0),
        }
        Ok(())
    }
}

fn deeds() -> impl Strategy<Value = Vec<(u64, Deed)>> {
    let mode = prop_oneof![
        Just(SubscriptionChangeMode::Now),
        Just(SubscriptionChangeMode::PeriodEnd),
        Just(SubscriptionChangeMode::NowWithoutProration)
    ];
    let cancel = prop_oneof![
        Just(SubscriptionCancelMode::PeriodEnd),
        Just(SubscriptionCancelMode::Now),
        Just(SubscriptionCancelMode::NowWithCredit)
    ];
    let deed = prop_oneof![
        3 => Just(Deed::Wait),
        4 => proptest::option::of(1_u64..60).prop_map(Deed::Pause),
        4 => proptest::option::of(1_u64..60).prop_map(Deed::Resume),
        1 => cancel.prop_map(Deed::Cancel),
        6 => (0_usize..4, 1..5, mode).prop_map(|(plan, quantity, mode)| Deed::Change { plan, quantity, mode }),
    ];
    proptest::collection::vec((0_u64..40, deed), 1..25)
}

proptest! {
    #[test]
    fn no_day_is_charged_for_twice_and_none_given_back_that_was_not_charged_for(
        start in 0_u64..1_500, anchor in -40_i64..40, trial in prop_oneof![3 => Just(0_u64), 1 => 1_u64..40], deeds in deeds(),
    ) {
        let start = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + Days::new(start);
        let mut life = life(start, start + chrono::Duration::days(anchor), trial);
        let mut books = Books::default();
        let mut today = start;
        for (later, deed) in deeds {
            today = today + Days::new(later);
            let mut last = None;
            while let Some(day) = life.due(today) {
                // Each step is later than the one before: it comes to an end.
                prop_assert!(last.is_none_or(|last| last < day), "{day} after {last:?}");
                last = Some(day);
                books.book(&life.step(day))?;
            }
            let was = life.clone();
            let day = |days: Option<u64>| days.map(|days| today + Days::new(days));
            let done = match deed {
                Deed::Wait => continue,
                Deed::Pause(on) => life.pause(today, day(on)),
                Deed::Resume(on) => life.resume(today, day(on)),
                Deed::Cancel(mode) => life.cancel(today, mode),
                Deed::Change { plan, quantity, mode } => life.change(today, plans()[plan].clone(), quantity, mode),
            };
            match done {
                Ok(outcome) => books.book(&outcome)?,
                Err(_) => prop_assert_eq!(life.row.clone(), was.row, "what is refused changes nothing"),
            }
            let row = &life.row;
            prop_assert_eq!(row.next_price_id, life.next.as_ref().map(|terms| terms.price));
            prop_assert_eq!(row.price_id, life.terms.price);
            prop_assert_eq!(row.status == SubscriptionStatus::Canceled, row.canceled_on.is_some());
            prop_assert_eq!(row.status == SubscriptionStatus::Paused, row.paused_on.is_some());
            prop_assert!(life.due(today).is_none(), "nothing is left to do today");
            if row.status == SubscriptionStatus::Active && row.period_end.is_some() {
                // It is charged for up to the end of its period, without a gap.
                let ends = books.days.iter().filter(|(from, end, _, _)| from < end).map(|(_, end, _, _)| *end);
                prop_assert_eq!(ends.max(), row.period_end);
            }
        }
    }

    #[test]
    fn pauses_cost_nothing_but_what_rounding_does(
        pauses in proptest::collection::vec((1_u64..20, 0_u64..20), 1..10),
    ) {
        let start = NaiveDate::from_ymd_opt(2024, 1, 31).unwrap();
        let mut life = life(start, start, 0);
        let (mut books, mut today) = (Books::default(), start);
        let mut used: BTreeMap<NaiveDate, bool> = BTreeMap::new();
        let run = |life: &mut Life, books: &mut Books, today| -> Result<(), TestCaseError> {
            while let Some(day) = life.due(today) {
                books.book(&life.step(day))?;
            }
            Ok(())
        };
        for (active, paused) in &pauses {
            for (days, on) in [(*active, true), (*paused, false)] {
                for _ in 0..days {
                    used.insert(today, on);
                    today = today + Days::new(1);
                }
                run(&mut life, &mut books, today)?;
                books.book(&if on { life.pause(today, None) } else { life.resume(today, None) }.unwrap())?;
            }
        }
        books.book(&life.cancel(today, SubscriptionCancelMode::NowWithCredit).unwrap())?;
        let net: i64 = books.days.iter().map(|(_, _, charged, back)| charged - back).sum();
        // In thousandths of the minor unit, what the used days cost to the day.
        let cadence = life.terms.cadence();
        let exact: i64 = used.iter().filter(|(_, on)| **on).map(|(day, _)| {
            1_000 * life.terms.amount.0 / cadence.period(start, *day).days()
        }).sum();
        let roundings = i64::try_from(books.days.len()).unwrap();
        prop_assert!((1_000 * net - exact).abs() <= 1_000 * roundings + 1_000, "{net} for {exact}");
    }
}
