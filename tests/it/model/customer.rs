//! What a customer should owe, in whole cents.

use serde_json::{Value, json};

use crate::books::decimal;

/// What a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Record,
    Sale,
    Adjustment,
}

/// A charge, in the order of booking.
#[derive(Debug, Clone)]
pub struct Charge {
    pub id: String,
    pub kind: Kind,
    pub day: i64,
    pub amount: i64,
    pub items: i64,
    pub void: bool,
    pub deleted: bool,
}

/// A payment or a credit, in the order of booking.
#[derive(Debug, Clone)]
pub struct Payment {
    pub id: String,
    pub credit: bool,
    /// What comes first is used first.
    pub received: i64,
    pub amount: i64,
    pub refunded: i64,
    pub reversed: bool,
}

/// A customer, as they should be.
#[derive(Debug, Default)]
pub struct Customer {
    pub id: String,
    pub archived: bool,
    pub charges: Vec<Charge>,
    pub payments: Vec<Payment>,
    /// Of which payment how much went to which charge, oldest first.
    pub parts: Vec<(usize, usize, i64)>,
    /// The sum of the account.
    pub entries: i64,
}

impl Customer {
    pub fn new(id: String) -> Self {
        Self { id, ..Self::default() }
    }

    pub fn paid(&self, charge: usize) -> i64 {
        self.parts.iter().filter(|part| part.1 == charge).map(|part| part.2).sum()
    }

    pub fn wants(&self, charge: usize) -> i64 {
        if self.charges[charge].void { 0 } else { self.charges[charge].amount - self.paid(charge) }
    }

    /// What remains of a payment, used or not.
    pub fn remains(&self, payment: usize) -> i64 {
        let payment = &self.payments[payment];
        if payment.reversed { 0 } else { payment.amount - payment.refunded }
    }

    /// What no charge has taken of a payment.
    pub fn left(&self, payment: usize) -> i64 {
        let used: i64 = self.parts.iter().filter(|part| part.0 == payment).map(|part| part.2).sum();
        self.remains(payment) - used
    }

    pub fn balance(&self) -> i64 {
        let wanted: i64 = (0..self.charges.len()).map(|charge| self.wants(charge)).sum();
        wanted - (0..self.payments.len()).map(|payment| self.left(payment)).sum::<i64>()
    }

    /// The places of charges that want something, in the order in which they are paid.
    pub fn open(&self) -> Vec<usize> {
        let mut open: Vec<usize> = (0..self.charges.len()).filter(|charge| self.wants(*charge) > 0).collect();
        open.sort_by_key(|charge| (self.charges[*charge].day, *charge));
        open
    }

    /// The places of records that are owed or paid.
    pub fn records(&self) -> Vec<usize> {
        let live = |charge: &usize| self.charges[*charge].kind == Kind::Record && !self.charges[*charge].void;
        let mut records: Vec<usize> = (0..self.charges.len()).filter(live).collect();
        records.sort_by_key(|charge| (self.charges[*charge].day, *charge));
        records
    }

    /// Books a charge; credit pays it, what was received first in front. Its place.
    pub fn charge(&mut self, id: String, kind: Kind, day: i64, amount: i64, items: i64) -> usize {
        self.entries += amount;
        self.charges.push(Charge { id, kind, day, amount, items, void: false, deleted: false });
        self.charges.len() - 1
    }

    /// Lets credit pay a charge, what was received first in front.
    pub fn settle(&mut self, charge: usize) {
        let mut credits: Vec<usize> = (0..self.payments.len()).filter(|payment| self.left(*payment) > 0).collect();
        credits.sort_by_key(|payment| (self.payments[*payment].received, *payment));
        for payment in credits {
            let part = self.left(payment).min(self.wants(charge));
            if part > 0 {
                self.parts.push((payment, charge, part));
            }
        }
    }

    /// Books a payment of these parts. What is received now comes after all that was received before.
    pub fn pay(&mut self, id: String, amount: i64, received: Option<i64>, parts: &[(usize, i64)]) -> usize {
        let place = self.payments.len();
        let received = received.unwrap_or_else(|| 1_000_000 + i64::try_from(place).unwrap());
        self.entries -= amount;
        self.payments.push(Payment { id, credit: false, received, amount, refunded: 0, reversed: false });
        self.parts.extend(parts.iter().map(|(charge, part)| (place, *charge, *part)));
        place
    }

    /// What a payment gives to which charge, or the code and field of its refusal.
    pub fn distribute(
        &self,
        amount: i64,
        named: &[(usize, Option<i64>)],
        credit: bool,
    ) -> Result<Vec<(usize, i64)>, String> {
        if named.iter().filter_map(|(_, given)| *given).sum::<i64>() > amount {
            return Err("INVALID charges".into());
        }
        let oldest: Vec<_> = self.open().into_iter().map(|place| (place, None)).collect();
        let (mut rest, mut parts) = (amount, Vec::new());
        for (at, (place, given)) in (if named.is_empty() { &oldest } else { named }).iter().enumerate() {
            if self.wants(*place) == 0 || named[..at.min(named.len())].iter().any(|(earlier, _)| earlier == place) {
                return Err(format!("NOT_FOUND charges.{at}.chargeId"));
            }
            if given.is_some_and(|given| given > self.wants(*place)) {
                return Err(format!("OVERPAYMENT charges.{at}.amount"));
            }
            let part = given.unwrap_or(self.wants(*place)).min(rest);
            rest -= part;
            if part > 0 {
                parts.push((*place, part));
            }
        }
        if rest > 0 && !credit { Err("OVERPAYMENT amount".into()) } else { Ok(parts) }
    }

    /// Why a charge cannot be changed, if it cannot.
    pub fn fixed(&self, charge: usize) -> Option<&'static str> {
        match &self.charges[charge] {
            Charge { deleted: true, .. } => Some("NOT_FOUND id"),
            Charge { void: true, .. } => Some("VOID id"),
            _ => None,
        }
    }

    /// Makes credit of what is paid of charges.
    pub fn release(&mut self, charges: &[usize]) {
        self.parts.retain(|part| !charges.contains(&part.1));
    }

    pub fn void(&mut self, charge: usize, delete: bool) {
        self.release(&[charge]);
        self.entries -= self.charges[charge].amount;
        self.charges[charge].void = true;
        self.charges[charge].deleted = delete;
    }

    pub fn reverse(&mut self, payment: usize) {
        self.entries += self.remains(payment);
        self.parts.retain(|part| part.0 != payment);
        self.payments[payment].reversed = true;
    }

    /// Gives back what is left first, then what was paid last.
    pub fn refund(&mut self, payment: usize, amount: i64) {
        let mut wanted = amount - self.left(payment).min(amount);
        self.entries += amount;
        self.payments[payment].refunded += amount;
        for part in self.parts.iter_mut().rev().filter(|part| part.0 == payment) {
            let taken = wanted.min(part.2);
            part.2 -= taken;
            wanted -= taken;
        }
        self.parts.retain(|part| part.2 > 0);
    }

    /// The purchase history, as the API shows it.
    pub fn history(&self) -> Value {
        let sales: Vec<_> = self.charges.iter().filter(|charge| charge.kind == Kind::Sale && !charge.void).collect();
        let money = |amount: i64| json!({ "amount": decimal(amount) });
        let day = |day: Option<i64>| day.map(|day| format!("2026-01-{day:02}"));
        let charged: i64 = self.charges.iter().filter(|charge| !charge.void).map(|charge| charge.amount).sum();
        let given = self.payments.iter().filter(|payment| payment.credit && !payment.reversed);
        json!({
            "purchases": sales.len(), "spent": money(sales.iter().map(|sale| sale.amount).sum()),
            "items": sales.iter().map(|sale| sale.items).sum::<i64>(),
            "firstOn": day(sales.iter().map(|sale| sale.day).min()),
            "lastOn": day(sales.iter().map(|sale| sale.day).max()),
            "lifetimeValue": money(charged - given.map(|credit| credit.amount).sum::<i64>()),
        })
    }

    /// What all records come to, and what is paid of them.
    pub fn calendar(&self) -> (i64, i64) {
        let records = self.records();
        let amount = records.iter().map(|record| self.charges[*record].amount).sum();
        (amount, records.iter().map(|record| self.paid(*record)).sum())
    }
}
