//! How a payment is distributed over charges. Pure.

use crate::id::ChargeId;
use crate::ledger::charge::OpenCharge;
use crate::money::Amount;

/// A charge that a payment names, with how much of the payment it is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Named {
    /// The charge.
    pub charge: ChargeId,
    /// How much. What it wants, as far as the payment reaches, if absent.
    pub amount: Option<Amount>,
}

/// What a payment pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// How much of it goes to which charge, each above zero, no charge twice.
    pub parts: Vec<(ChargeId, Amount)>,
    /// What no charge takes.
    pub rest: Amount,
}

/// Why a payment cannot be distributed as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The named charge at this place is not one of the customer's, or was named before, or has nothing open.
    NotOpen(usize),
    /// The named charge at this place wants only so much.
    MoreThanWanted(usize, Amount),
    /// The named charges are given more than the payment.
    MoreThanPaid(Amount),
}

/// Distributes `amount` over `open`, which is in the order in which payments go: to the named charges, or
/// else from the first on.
pub fn distribute(amount: Amount, open: &[OpenCharge], named: &[Named]) -> Result<Distribution, Refusal> {
    let mut rest = amount;
    let mut parts = Vec::new();
    let mut give = |charge: &OpenCharge, wanted: Amount, rest: &mut Amount| {
        let part = wanted.min(*rest);
        if part > Amount::ZERO {
            rest.0 -= part.0;
            parts.push((charge.id, part));
        }
    };
    if named.is_empty() {
        for charge in open {
            give(charge, charge.outstanding, &mut rest);
        }
    }
    let given: Amount = named.iter().filter_map(|named| named.amount).sum();
    if given > amount {
        return Err(Refusal::MoreThanPaid(given));
    }
    for (place, name) in named.iter().enumerate() {
        let charge = open.iter().find(|charge| charge.id == name.charge).ok_or(Refusal::NotOpen(place))?;
        if named[..place].iter().any(|earlier| earlier.charge == name.charge) {
            return Err(Refusal::NotOpen(place));
        }
        let wanted = name.amount.unwrap_or(charge.outstanding);
        if wanted > charge.outstanding {
            return Err(Refusal::MoreThanWanted(place, charge.outstanding));
        }
        give(charge, wanted, &mut rest);
    }
    Ok(Distribution { parts, rest })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn charges(outstanding: &[i64]) -> Vec<OpenCharge> {
        let id = |place: usize| ChargeId(Uuid::from_u128(place as u128));
        let charge = |(place, amount): (usize, &i64)| OpenCharge { id: id(place), outstanding: Amount(*amount) };
        outstanding.iter().enumerate().map(charge).collect()
    }

    #[test]
    fn fourteen_deliveries_of_132_take_1500_oldest_first() {
        let open = charges(&[13_200; 14]);
        let paid = distribute(Amount(150_000), &open, &[]).unwrap();
        assert_eq!(paid.parts.len(), 12);
        assert!(paid.parts[..11].iter().all(|(_, part)| *part == Amount(13_200)));
        assert_eq!(paid.parts[11].1, Amount(4_800));
        assert_eq!(paid.rest, Amount::ZERO);
    }

    #[test]
    fn named_charges_get_what_is_named_and_no_more_than_they_want() {
        let open = charges(&[100, 200, 300]);
        let name = |place: usize, amount: Option<i64>| Named { charge: open[place].id, amount: amount.map(Amount) };
        let all = |amount, named: &[Named]| distribute(Amount(amount), &open, named);

        let paid = all(250, &[name(2, Some(50)), name(1, None)]).unwrap();
        assert_eq!(
            paid,
            Distribution { parts: vec![(open[2].id, Amount(50)), (open[1].id, Amount(200))], rest: Amount(0) }
        );
        assert_eq!(all(500, &[name(0, None)]).unwrap().rest, Amount(400));
        assert_eq!(all(500, &[name(0, Some(101))]), Err(Refusal::MoreThanWanted(0, Amount(100))));
        assert_eq!(all(50, &[name(0, Some(30)), name(1, Some(30))]), Err(Refusal::MoreThanPaid(Amount(60))));
        assert_eq!(all(50, &[name(0, None), name(0, None)]), Err(Refusal::NotOpen(1)));
        let stranger = Named { charge: ChargeId(Uuid::from_u128(99)), amount: None };
        assert_eq!(all(50, &[stranger]), Err(Refusal::NotOpen(0)));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_oldest_are_paid_first(
            amount in 1..1_000_000_i64,
            outstanding in prop::collection::vec(1..100_000_i64, 0..40),
        ) {
            let open = charges(&outstanding);
            let paid = distribute(Amount(amount), &open, &[]).unwrap();
            let sum: i64 = paid.parts.iter().map(|(_, part)| part.0).sum();
            prop_assert_eq!(sum + paid.rest.0, amount);
            // All but the last part pay their charge in full, in order, and a rest is left only when all are paid.
            for (place, (id, part)) in paid.parts.iter().enumerate() {
                prop_assert_eq!(*id, open[place].id);
                prop_assert!(part.0 > 0 && part.0 <= outstanding[place]);
                prop_assert!(part.0 == outstanding[place] || place + 1 == paid.parts.len());
            }
            prop_assert!(paid.rest.0 == 0 || sum == outstanding.iter().sum::<i64>());
        }
    }
}
