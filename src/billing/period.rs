//! Periods: which days a subscription is charged for together.
//!
//! Period `n` begins `n` intervals after the anchor, and is counted from the anchor each time: one that began on the
//! last day of a short month does not stay there. A day that a month lacks is its last one, as in ISO 8601 arithmetic
//! elsewhere: of an anchor on January 31 come February 28 or 29, March 31, April 30.

use async_graphql::Enum;
use chrono::{Datelike as _, Days, Months, NaiveDate};
use strum::{EnumString, IntoStaticStr};

use crate::money::Amount;

/// What a period is measured in.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumString,
    IntoStaticStr,
    serde::Serialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[graphql(name = "PlanInterval")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Interval {
    /// Days.
    Day,
    /// Weeks of seven days.
    Week,
    /// Months of the calendar.
    Month,
    /// Years of the calendar.
    Year,
}

crate::db::enum_column!(Interval);

/// How long the periods of a plan are: so many intervals, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// Of what.
    pub interval: Interval,
    /// How many.
    pub count: i32,
}

/// Days from `start` on, without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
}

impl Period {
    /// How many days it has.
    pub fn days(self) -> i64 {
        (self.end - self.start).num_days()
    }

    /// Its last day.
    pub fn last(self) -> NaiveDate {
        self.end - Days::new(1)
    }
}

impl Cadence {
    /// The first day of period `n`, which is the anchor itself for 0.
    pub fn start(self, anchor: NaiveDate, n: i64) -> NaiveDate {
        let steps = n * i64::from(self.count);
        // Dates of the API end in the year 9999, and those of chrono long after.
        match self.interval {
            Interval::Day => shift(anchor, steps),
            Interval::Week => shift(anchor, 7 * steps),
            Interval::Month => shift_months(anchor, steps),
            Interval::Year => shift_months(anchor, 12 * steps),
        }
    }

    /// The period of a day.
    pub fn period(self, anchor: NaiveDate, day: NaiveDate) -> Period {
        let step = i64::from(self.count);
        let months = i64::from(day.year() - anchor.year()) * 12 + i64::from(day.month()) - i64::from(anchor.month());
        let mut n = match self.interval {
            Interval::Day => (day - anchor).num_days().div_euclid(step),
            Interval::Week => (day - anchor).num_days().div_euclid(7 * step),
            Interval::Month => months.div_euclid(step),
            Interval::Year => months.div_euclid(12 * step),
        };
        // Months are of different lengths: the day may lie before the one on which its month's period begins.
        if self.start(anchor, n) > day {
            n -= 1;
        }
        Period { start: self.start(anchor, n), end: self.start(anchor, n + 1) }
    }
}

impl Cadence {
    /// What `amount` a period comes to in so many months of a year that has 12 months, 52 weeks, 365 days, rounded half
    /// up: a yearly price ÷ 12, a weekly one × 52 ÷ 12, a daily one × 365 ÷ 12 for one month.
    pub fn over(self, amount: Amount, months: i32) -> Amount {
        let a_year = match self.interval {
            Interval::Day => 365,
            Interval::Week => 52,
            Interval::Month => 12,
            Interval::Year => 1,
        };
        let (numerator, denominator) =
            (i128::from(amount.0) * a_year * i128::from(months), 12 * i128::from(self.count));
        Amount(i64::try_from((2 * numerator + denominator) / (2 * denominator)).unwrap_or(i64::MAX))
    }
}

fn shift(day: NaiveDate, days: i64) -> NaiveDate {
    let shifted = match days {
        0.. => day.checked_add_days(Days::new(days.unsigned_abs())),
        _ => day.checked_sub_days(Days::new(days.unsigned_abs())),
    };
    shifted.unwrap_or(day)
}

fn shift_months(day: NaiveDate, months: i64) -> NaiveDate {
    let by = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or(u32::MAX));
    let shifted = if months < 0 { day.checked_sub_months(by) } else { day.checked_add_months(by) };
    shifted.unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn cadence(interval: Interval, count: i32) -> Cadence {
        Cadence { interval, count }
    }

    #[test]
    fn anchors_never_drift() {
        use Interval::{Day, Month, Week, Year};
        for (anchor, interval, count, expected) in [
            (
                "2022-12-31",
                Month,
                1,
                "2022-12-31 2023-01-31 2023-02-28 2023-03-31 2023-04-30 2023-05-31 2023-06-30 2023-07-31 2023-08-31 \
                 2023-09-30 2023-10-31 2023-11-30 2023-12-31 2024-01-31 2024-02-29 2024-03-31",
            ),
            ("2024-01-31", Month, 1, "2024-01-31 2024-02-29 2024-03-31 2024-04-30"),
            ("2024-01-30", Month, 1, "2024-01-30 2024-02-29 2024-03-30"),
            ("2024-11-30", Month, 3, "2024-11-30 2025-02-28 2025-05-30 2025-08-30"),
            ("2024-02-29", Year, 1, "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
            ("2024-02-29", Year, 4, "2024-02-29 2028-02-29"),
            ("2024-02-29", Month, 12, "2024-02-29 2025-02-28 2026-02-28"),
            ("2024-02-26", Week, 1, "2024-02-26 2024-03-04 2024-03-11"),
            ("2024-12-24", Week, 2, "2024-12-24 2025-01-07"),
            ("2024-02-28", Day, 1, "2024-02-28 2024-02-29 2024-03-01"),
            ("2024-02-28", Day, 30, "2024-02-28 2024-03-29 2024-04-28"),
        ] {
            let starts = (0..).map(|n| cadence(interval, count).start(day(anchor), n).to_string());
            let expected: Vec<_> = expected.split_whitespace().map(str::to_owned).collect();
            assert_eq!(starts.take(expected.len()).collect::<Vec<_>>(), expected, "{anchor} {interval:?} × {count}");
        }
    }

    #[test]
    fn a_day_lies_in_the_period_that_began_last_even_before_the_anchor() {
        use Interval::{Day, Month, Week, Year};
        for (anchor, interval, count, of, start, end) in [
            ("2026-03-02", Month, 1, "2026-03-04", "2026-03-02", "2026-04-02"),
            ("2026-03-02", Month, 1, "2026-04-01", "2026-03-02", "2026-04-02"),
            ("2026-03-02", Month, 1, "2026-04-02", "2026-04-02", "2026-05-02"),
            ("2026-01-31", Month, 1, "2026-02-27", "2026-01-31", "2026-02-28"),
            ("2026-01-31", Month, 1, "2026-02-28", "2026-02-28", "2026-03-31"),
            ("2026-01-31", Month, 1, "2026-03-30", "2026-02-28", "2026-03-31"),
            ("2026-05-01", Month, 1, "2026-04-20", "2026-04-01", "2026-05-01"),
            ("2026-05-31", Month, 1, "2026-02-10", "2026-01-31", "2026-02-28"),
            ("2024-02-29", Year, 1, "2027-02-27", "2026-02-28", "2027-02-28"),
            ("2024-02-29", Year, 1, "2023-06-01", "2023-02-28", "2024-02-29"),
            ("2026-01-05", Week, 2, "2026-01-04", "2025-12-22", "2026-01-05"),
            ("2026-01-05", Day, 7, "2026-01-12", "2026-01-12", "2026-01-19"),
        ] {
            let period = cadence(interval, count).period(day(anchor), day(of));
            assert_eq!((period.start, period.end), (day(start), day(end)), "{of} of {anchor} {interval:?} × {count}");
        }
    }

    #[test]
    fn prices_are_compared_by_the_month() {
        use Interval::{Day, Month, Week, Year};
        for (amount, interval, count, monthly, yearly) in [
            (12_000, Year, 1, 1_000, 12_000),
            (9_999, Year, 1, 833, 9_999),
            (2_900, Month, 1, 2_900, 34_800),
            (8_700, Month, 3, 2_900, 34_800),
            (700, Week, 1, 3_033, 36_400),
            (1_400, Week, 2, 3_033, 36_400),
            (100, Day, 1, 3_042, 36_500),
            (0, Day, 1, 0, 0),
        ] {
            let cadence = cadence(interval, count);
            assert_eq!((cadence.over(Amount(amount), 1).0, cadence.over(Amount(amount), 12).0), (monthly, yearly));
        }
    }

    fn cadences() -> impl Strategy<Value = Cadence> {
        let interval =
            prop_oneof![Just(Interval::Day), Just(Interval::Week), Just(Interval::Month), Just(Interval::Year)];
        (interval, 1..40).prop_map(|(interval, count)| Cadence { interval, count })
    }

    fn days() -> impl Strategy<Value = NaiveDate> {
        (-30_000_i64..30_000).prop_map(|days| shift(day("2024-02-29"), days))
    }

    proptest! {
        #[test]
        fn periods_follow_each_other_without_gap_or_overlap(cadence in cadences(), anchor in days(), of in days()) {
            let period = cadence.period(anchor, of);
            prop_assert!(period.start <= of && of < period.end, "{of} is not in {period:?}");
            prop_assert_eq!(cadence.period(anchor, period.start), period);
            prop_assert_eq!(cadence.period(anchor, period.last()), period);
            prop_assert_eq!(cadence.period(anchor, period.end).start, period.end);
        }

        #[test]
        fn a_monthly_period_begins_on_the_day_of_its_anchor_or_on_the_last_of_a_shorter_month(
            anchor in days(), n in -400_i64..400,
        ) {
            let start = Cadence { interval: Interval::Month, count: 1 }.start(anchor, n);
            let is_last = (start + Days::new(1)).day() == 1;
            prop_assert!(start.day() == anchor.day() || (is_last && start.day() < anchor.day()), "{start} of {anchor}");
        }
    }
}
