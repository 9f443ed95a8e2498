//! Series: the days from one to another, by the day, the week or the month.

use async_graphql::Enum;
use chrono::{Datelike as _, Days, Months, NaiveDate};

use crate::error::{Error, Result};
use crate::graphql::Date;
use crate::money::Amount;

/// The most points of a series: the days of a year and a month.
const MAX_POINTS: usize = 400;

/// What a point of a series stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "MetricInterval")]
pub enum Interval {
    /// A day in the zone of the business.
    Day,
    /// A week from Monday on, as in ISO 8601.
    Week,
    /// A month of the calendar.
    Month,
}

/// Days of a series: from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Interval {
    /// The first day of the one that a day is in.
    fn begin(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Week => day - Days::new(day.weekday().num_days_from_monday().into()),
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }

    /// The first day of the one after that.
    fn next(self, begin: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => begin + Days::new(1),
            Self::Week => begin + Days::new(7),
            Self::Month => begin + Months::new(1),
        }
    }

    /// Where a series that ends on a day begins if nobody says: 30 days, 12 weeks or 12 months.
    fn usual(self, to: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => to - Days::new(29),
            Self::Week => self.begin(to) - Days::new(7 * 11),
            Self::Month => self.begin(to) - Months::new(11),
        }
    }
}

/// The points of a series in order. The first and the last are cut to its days.
pub fn spans(from: Option<Date>, to: Option<Date>, as_of: NaiveDate, by: Interval) -> Result<Vec<Span>> {
    let to = to.map_or(as_of, |Date(to)| to);
    let from = from.map_or_else(|| by.usual(to), |Date(from)| from);
    if from > to {
        return Err(Error::BadInput(format!("`from` is {from}, after `to`, {to}: give an earlier day")));
    }
    let mut spans = Vec::new();
    let mut begin = from;
    while begin <= to {
        if spans.len() == MAX_POINTS {
            let message = format!(
                "from {from} to {to} are more than {MAX_POINTS} points: give fewer days, or a longer interval in `by`"
            );
            return Err(Error::BadInput(message));
        }
        let next = by.next(by.begin(begin));
        spans.push(Span { from: begin, to: to.min(next - Days::new(1)) });
        begin = next;
    }
    Ok(spans)
}

/// The place of the point that has a day.
pub fn place(spans: &[Span], day: NaiveDate) -> Option<usize> {
    let place = spans.partition_point(|span| span.to < day);
    spans.get(place).filter(|span| span.from <= day).map(|_| place)
}

/// The share of each of so many, rounded half up.
pub fn share(sum: Amount, count: i64) -> Option<Amount> {
    let (sum, count) = (i128::from(sum.0), i128::from(count));
    (count > 0).then(|| Amount(i64::try_from((2 * sum + count).div_euclid(2 * count)).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn series(from: &str, to: &str, by: Interval) -> Vec<String> {
        let spans = spans(Some(Date(day(from))), Some(Date(day(to))), day(to), by).unwrap();
        spans.iter().map(|span| format!("{} {}", span.from, span.to)).collect()
    }

    #[test]
    fn points_are_whole_weeks_and_months_but_for_the_ends() {
        assert_eq!(
            series("2026-01-30", "2026-03-02", Interval::Month),
            ["2026-01-30 2026-01-31", "2026-02-01 2026-02-28", "2026-03-01 2026-03-02"]
        );
        // 2026-01-05 is a Monday.
        assert_eq!(
            series("2026-01-03", "2026-01-12", Interval::Week),
            ["2026-01-03 2026-01-04", "2026-01-05 2026-01-11", "2026-01-12 2026-01-12"]
        );
        assert_eq!(
            series("2026-01-31", "2026-02-01", Interval::Day),
            ["2026-01-31 2026-01-31", "2026-02-01 2026-02-01"]
        );
    }

    #[test]
    fn a_series_is_bounded_in_length_and_has_an_order() {
        let of = |from: &str, to: &str, by| spans(Some(Date(day(from))), Some(Date(day(to))), day(to), by);
        assert_eq!(of("2025-01-01", "2026-02-04", Interval::Day).unwrap().len(), MAX_POINTS);
        assert!(of("2025-01-01", "2026-02-05", Interval::Day).is_err());
        assert!(of("0001-01-01", "9999-12-31", Interval::Month).is_err());
        assert!(of("2026-01-02", "2026-01-01", Interval::Day).is_err());
    }

    #[test]
    fn every_day_of_a_series_has_its_point_and_no_other_day_has_one() {
        let points = spans(Some(Date(day("2026-01-03"))), None, day("2026-05-20"), Interval::Week).unwrap();
        for shown in day("2026-01-03").iter_days().take_while(|shown| *shown <= day("2026-05-20")) {
            let found = points[place(&points, shown).unwrap()];
            assert!(found.from <= shown && shown <= found.to, "{shown}");
        }
        assert_eq!(place(&points, day("2026-01-02")), None);
        assert_eq!(place(&points, day("2026-05-21")), None);
    }

    #[test]
    fn shares_are_rounded_half_up() {
        for (sum, count, share_of) in
            [(5, 2, Some(3)), (-5, 2, Some(-2)), (4, 3, Some(1)), (5, 3, Some(2)), (1, 0, None)]
        {
            assert_eq!(share(Amount(sum), count), share_of.map(Amount), "{sum} / {count}");
        }
    }
}
