//! On which days something is delivered: days of the week, and days that are left out.

use async_graphql::{Enum, SimpleObject};
use chrono::{Datelike as _, NaiveDate};
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::{Jsonb, SmallInt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::graphql::Date;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Days of the week, at least one: a bit for each, from Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub struct Weekdays(i16);

impl Weekdays {
    /// These days.
    pub fn of(days: &[Weekday]) -> Self {
        Self(days.iter().fold(0, |bits, day| bits | 1 << (*day as i16)))
    }

    /// The days, from Monday.
    pub fn list(self) -> Vec<Weekday> {
        WEEK.into_iter().filter(|day| self.0 & (1 << (*day as i16)) != 0).collect()
    }

    fn contains(self, day: NaiveDate) -> bool {
        self.0 & (1 << day.weekday().num_days_from_monday()) != 0
    }
}

impl FromSql<SmallInt, Pg> for Weekdays {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self(<i16 as FromSql<SmallInt, Pg>>::from_sql(bytes)?))
    }
}

impl ToSql<SmallInt, Pg> for Weekdays {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        <i16 as ToSql<SmallInt, Pg>>::to_sql(&self.0, out)
    }
}

/// Days that are left out, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// The first one.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

/// Days that are left out of a standing order, such as a vacation.
#[derive(Debug, SimpleObject)]
pub struct SkippedDays {
    /// The first one.
    pub from: Date,
    /// The last one.
    pub to: Date,
}

/// All days that are left out, in order and apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
pub struct Skips(pub Vec<Skip>);

impl FromSql<Jsonb, Pg> for Skips {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let value = <Value as FromSql<Jsonb, Pg>>::from_sql(bytes)?;
        Ok(Self(serde_json::from_value(value)?))
    }
}

impl ToSql<Jsonb, Pg> for Skips {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        <Value as ToSql<Jsonb, Pg>>::to_sql(&serde_json::to_value(&self.0)?, &mut out.reborrow())
    }
}

impl Skips {
    /// Leaves these days out too.
    pub fn add(&mut self, skip: Skip) {
        self.remove(skip);
        self.0.push(skip);
        self.0.sort_unstable_by_key(|skip| skip.from);
    }

    /// Leaves these days out no more.
    pub fn remove(&mut self, days: Skip) {
        let mut left = Vec::new();
        for skip in self.0.drain(..) {
            if let Some(to) = days.from.pred_opt().map(|before| before.min(skip.to)).filter(|to| *to >= skip.from) {
                left.push(Skip { from: skip.from, to });
            }
            if let Some(from) = days.to.succ_opt().map(|after| after.max(skip.from)).filter(|from| *from <= skip.to) {
                left.push(Skip { from, to: skip.to });
            }
        }
        self.0 = left;
    }

    /// The day itself, or the first one after it that is not left out.
    fn past(&self, day: NaiveDate) -> NaiveDate {
        self.0.iter().fold(day, |day, skip| {
            if (skip.from..=skip.to).contains(&day) { skip.to.succ_opt().unwrap_or(day) } else { day }
        })
    }
}

/// The first day from `from` on that is one of these days of the week and not left out.
pub fn first_from(from: NaiveDate, weekdays: Weekdays, skips: &Skips) -> Option<NaiveDate> {
    let mut day = from;
    // Between two ranges that are left out there are at most six days of other weekdays to pass.
    for _ in 0..=(skips.0.len() + 1) * 8 {
        day = skips.past(day);
        if weekdays.contains(day) {
            return Some(day);
        }
        day = day.succ_opt()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(place: u64) -> NaiveDate {
        "2026-03-01".parse::<NaiveDate>().unwrap() + chrono::Days::new(place)
    }

    fn skips(ranges: &[(u64, u64)]) -> Skips {
        let mut skips = Skips::default();
        for (from, length) in ranges {
            skips.add(Skip { from: day(*from), to: day(from + length) });
        }
        skips
    }

    proptest! {
        #[test]
        fn the_first_day_is_the_one_that_looking_at_each_day_finds(
            from in 0_u64..40, bits in 1_i16..128, ranges in proptest::collection::vec((0_u64..60, 0_u64..10), 0..8),
            back in proptest::option::of((0_u64..60, 0_u64..10)),
        ) {
            let mut skips = skips(&ranges);
            let within = |place: u64, (from, length): (u64, u64)| (from..=from + length).contains(&place);
            if let Some((from, length)) = back {
                skips.remove(Skip { from: day(from), to: day(from + length) });
            }
            let left_out = |place: u64| {
                ranges.iter().any(|range| within(place, *range)) && !back.is_some_and(|range| within(place, range))
            };
            prop_assert!(skips.0.iter().all(|skip| skip.from <= skip.to));
            prop_assert!(skips.0.is_sorted_by(|one, other| one.to < other.from), "{skips:?}");
            let expected = (from..).find(|place| Weekdays(bits).contains(day(*place)) && !left_out(*place)).map(day);
            prop_assert_eq!(first_from(day(from), Weekdays(bits), &skips), expected);
        }
    }

    #[test]
    fn days_of_the_week_are_what_they_were_made_of() {
        let days = Weekdays::of(&[Weekday::Sunday, Weekday::Monday, Weekday::Sunday]);
        assert_eq!(days.list(), [Weekday::Monday, Weekday::Sunday]);
        // The first of March 2026 is a Sunday.
        assert!(days.contains(day(0)) && days.contains(day(1)) && !days.contains(day(2)));
    }
}
