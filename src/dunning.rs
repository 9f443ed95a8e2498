//! The rules of dunning: on which days an invoice is reminded of, and when a customer who does not pay is suspended.

use chrono::{Duration, NaiveDate};
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::{Array, Int4, Nullable};

use crate::db::tables::businesses;

/// Days before (below zero) and after a due date: in order, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Array<Nullable<Int4>>)]
pub struct Offsets(pub Vec<i32>);

impl FromSql<Array<Nullable<Int4>>, Pg> for Offsets {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let offsets: Vec<Option<i32>> = FromSql::<Array<Nullable<Int4>>, Pg>::from_sql(bytes)?;
        Ok(Self(offsets.into_iter().flatten().collect()))
    }
}

impl ToSql<Array<Nullable<Int4>>, Pg> for Offsets {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        ToSql::<Array<Int4>, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}

/// How a business goes after what is owed to it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = businesses)]
pub struct DunningRules {
    /// On which days around the due date an invoice is reminded of.
    pub reminder_offsets: Offsets,
    /// How many days after the due date a recurring invoice may be unpaid.
    pub days_of_grace: i32,
    /// Whether its customer is suspended after that.
    pub suspends_overdue: bool,
}

impl Default for DunningRules {
    /// Those of a new business, which are those of the data base too.
    fn default() -> Self {
        Self { reminder_offsets: Offsets(vec![-3, 0, 7]), days_of_grace: 14, suspends_overdue: true }
    }
}

/// An invoice as dunning sees it.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// Its day of issue, before which it is not reminded of.
    pub issued_on: NaiveDate,
    /// By which day it is to be paid.
    pub due_on: NaiveDate,
    /// The day on which it was made, which is later than both where that was made up for. Grace counts from there.
    pub made_on: NaiveDate,
    /// Whether a subscription made it. Only these suspend.
    pub recurring: bool,
    /// The day of the newest reminder that was made.
    pub reminded_on: Option<NaiveDate>,
    /// Whether its customer was suspended for it.
    pub suspended: bool,
}

/// What is done about an unpaid invoice on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dunned {
    /// The reminder that is made: of which day, and how far that is from the due date.
    pub reminder: Option<(NaiveDate, i32)>,
    /// Whether its customer is suspended for it.
    pub suspends: bool,
    /// When to look at it next.
    pub next: Option<NaiveDate>,
}

impl DunningRules {
    /// Does what is due on a day about a claim, in which that is noted.
    pub fn dun(&self, claim: &mut Claim, today: NaiveDate, suspendable: bool) -> Dunned {
        let reminder = self.reminder(claim, today);
        claim.reminded_on = reminder.map(|(on, _)| on).or(claim.reminded_on);
        let suspends = suspendable && self.suspends_on(claim).is_some_and(|on| on <= today);
        claim.suspended |= suspends;
        Dunned { reminder, suspends, next: self.next(claim, today) }
    }

    /// The days of reminders that are still to come or were missed, with their offsets.
    fn reminders(&self, claim: &Claim) -> impl Iterator<Item = (NaiveDate, i32)> {
        let days = self.reminder_offsets.0.iter().map(|offset| (plus(claim.due_on, *offset), *offset));
        days.filter(|(day, _)| *day >= claim.issued_on && claim.reminded_on.is_none_or(|last| *day > last))
    }

    /// The reminder that is to be made on a day: of those that were missed, the newest.
    fn reminder(&self, claim: &Claim, today: NaiveDate) -> Option<(NaiveDate, i32)> {
        self.reminders(claim).filter(|(day, _)| *day <= today).max()
    }

    /// The day on which the customer of an unpaid invoice is suspended for it: the one after the days of grace.
    fn suspends_on(&self, claim: &Claim) -> Option<NaiveDate> {
        let suspends = self.suspends_overdue && claim.recurring && !claim.suspended;
        suspends.then(|| plus(claim.due_on.max(claim.made_on), self.days_of_grace + 1))
    }

    /// The first day after one on which there is something to do.
    pub fn next(&self, claim: &Claim, after: NaiveDate) -> Option<NaiveDate> {
        let days = self.reminders(claim).map(|(day, _)| day).chain(self.suspends_on(claim));
        days.filter(|day| *day > after).min()
    }
}

fn plus(day: NaiveDate, days: i32) -> NaiveDate {
    // Dates of the API end in the year 9999, and those of chrono long after.
    day + Duration::days(days.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn claim() -> Claim {
        let (issued_on, due_on) = (day("2026-03-01"), day("2026-03-15"));
        Claim { issued_on, due_on, made_on: issued_on, recurring: true, reminded_on: None, suspended: false }
    }

    /// The days on which something happens, if it is looked at on each day that was planned.
    fn days(rules: &DunningRules, mut claim: Claim) -> Vec<String> {
        let (mut today, mut done) = (claim.made_on, Vec::new());
        loop {
            let dunned = rules.dun(&mut claim, today, true);
            done.extend(dunned.reminder.map(|(_, offset)| format!("{today} {offset}")));
            done.extend(dunned.suspends.then(|| format!("{today} suspended")));
            match dunned.next {
                Some(next) => today = next,
                None => return done,
            }
        }
    }

    #[test]
    fn reminders_and_the_suspension_come_on_their_days() {
        let rules = DunningRules::default();
        let expected = ["2026-03-12 -3", "2026-03-15 0", "2026-03-22 7", "2026-03-30 suspended"];
        assert_eq!(days(&rules, claim()), expected);
        assert_eq!(days(&rules, Claim { recurring: false, ..claim() }), expected[..3]);
        assert_eq!(days(&DunningRules { suspends_overdue: false, ..rules.clone() }, claim()), expected[..3]);
        // Due on the day of its issue: what would come before that does not.
        let at_once = Claim { due_on: claim().issued_on, ..claim() };
        assert_eq!(days(&rules, at_once), ["2026-03-01 0", "2026-03-08 7", "2026-03-16 suspended"]);
        // Without grace, and reminded of after it.
        let late = DunningRules { reminder_offsets: Offsets(vec![1, 30]), days_of_grace: 0, suspends_overdue: true };
        assert_eq!(days(&late, claim()), ["2026-03-16 1", "2026-03-16 suspended", "2026-04-14 30"]);
        assert_eq!(
            days(&DunningRules { reminder_offsets: Offsets(vec![]), ..rules }, claim()),
            ["2026-03-30 suspended"]
        );
    }

    #[test]
    fn of_reminders_that_were_missed_the_newest_is_made_and_grace_counts_from_when_the_invoice_was_made() {
        let rules = DunningRules::default();
        let missed = Claim { made_on: day("2026-05-01"), ..claim() };
        assert_eq!(days(&rules, missed), ["2026-05-01 7", "2026-05-16 suspended"]);
        let between = Claim { made_on: day("2026-03-16"), ..claim() };
        assert_eq!(days(&rules, between), ["2026-03-16 0", "2026-03-22 7", "2026-03-31 suspended"]);
        // What was made already is not made again.
        assert_eq!(rules.reminder(&Claim { reminded_on: Some(day("2026-03-22")), ..claim() }, day("2026-04-01")), None);
    }
}
