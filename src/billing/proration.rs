//! Proration: what a part of a period costs.

use crate::money::Amount;

/// What `days` cost of a period of `of` days that costs `amount`: amount × days ÷ of, rounded half up to the minor unit.
///
/// None of the three is below zero, `of` is above it, and `days` at most that.
pub fn prorate(amount: Amount, days: i64, of: i64) -> Amount {
    let (amount, days, of) = (i128::from(amount.0), i128::from(days), i128::from(of.max(1)));
    // At most the amount itself, and so it fits.
    Amount(i64::try_from((2 * amount * days + of) / (2 * of)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_of_a_period_are_counted_by_the_day_and_rounded_half_up() {
        for (amount, days, of, expected) in [
            // 29.00 → 99.00 on the 16th of a month of 31 days.
            (2_900, 16, 31, 1_497),
            (9_900, 16, 31, 5_110),
            // 10.00 → 20.00 at half of the period.
            (1_000, 15, 30, 500),
            (2_000, 15, 30, 1_000),
            // 249.95, paused on March 4 of a period from March 2, resumed on April 5.
            (24_995, 29, 31, 23_382),
            (24_995, 27, 30, 22_496),
            // Halves go up.
            (1, 1, 2, 1),
            (3, 1, 2, 2),
            (1, 1, 3, 0),
            (2_999, 31, 31, 2_999),
            (2_999, 0, 31, 0),
            (0, 7, 31, 0),
            (Amount::MAX.0, 364, 365, 997_260_273_972_603),
        ] {
            assert_eq!(prorate(Amount(amount), days, of).0, expected, "{amount} × {days} ÷ {of}");
        }
    }

    proptest! {
        #[test]
        fn the_two_parts_of_a_period_differ_from_the_whole_by_at_most_one_minor_unit(
            amount in 0..=Amount::MAX.0, of in 1_i64..4_000, part in 0_i64..4_000,
        ) {
            let part = part % (of + 1);
            let both = prorate(Amount(amount), part, of).0 + prorate(Amount(amount), of - part, of).0;
            prop_assert!((amount..=amount + 1).contains(&both), "{both}");
        }

        #[test]
        fn more_days_never_cost_less_and_no_part_more_than_the_whole(
            amount in 0..=Amount::MAX.0, of in 1_i64..4_000, part in 0_i64..4_000,
        ) {
            let part = part % of;
            let (less, more) = (prorate(Amount(amount), part, of), prorate(Amount(amount), part + 1, of));
            prop_assert!(less <= more && more <= Amount(amount), "{less:?} {more:?}");
        }
    }
}
