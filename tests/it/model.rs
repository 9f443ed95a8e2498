//! Random histories, through the API, against a model of the ledger that is simple enough to be seen right.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::books::{ARCHIVE, Dice, RECORD, RESTORE, SALE, assert_in_order, balance, decimal, refusals};
use crate::harness::{Client, Daybook, text};

/// What a customer is charged, in the order of booking. Amounts are in cents.
struct Charge {
    id: String,
    day: i64,
    amount: i64,
    paid: i64,
}

/// What a customer paid, in the order of booking.
struct Credit {
    received: i64,
    left: i64,
}

/// A customer, as they should be.
struct Customer {
    id: String,
    archived: bool,
    charges: Vec<Charge>,
    credits: Vec<Credit>,
    entries: i64,
}

impl Customer {
    /// The places of charges that want something, in the order in which they are paid.
    fn open(&self) -> Vec<usize> {
        let mut open: Vec<usize> =
            (0..self.charges.len()).filter(|place| self.charges[*place].paid < self.charges[*place].amount).collect();
        open.sort_by_key(|place| (self.charges[*place].day, *place));
        open
    }

    fn wants(&self, place: usize) -> i64 {
        self.charges[place].amount - self.charges[place].paid
    }

    fn balance(&self) -> i64 {
        let wanted: i64 = (0..self.charges.len()).map(|place| self.wants(place)).sum();
        wanted - self.credits.iter().map(|credit| credit.left).sum::<i64>()
    }

    /// Books a charge, and lets credit pay it, what was received first in front.
    fn charge(&mut self, id: String, day: i64, amount: i64) {
        let mut paid = 0;
        self.credits.sort_by_key(|credit| credit.received);
        for credit in &mut self.credits {
            let part = credit.left.min(amount - paid);
            credit.left -= part;
            paid += part;
        }
        self.entries += amount;
        self.charges.push(Charge { id, day, amount, paid });
    }

    /// What a payment gives to which charge, or the code and field of its refusal.
    fn distribute(
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
}

/// Someone who does one thing after another with customers whom others know as well.
struct Worker {
    client: Client,
    dice: Dice,
    customers: Arc<Mutex<Vec<Arc<Mutex<Customer>>>>>,
    name: usize,
    steps: usize,
}

impl Worker {
    async fn work(mut self) {
        for step in 0..self.steps {
            let known = self.customers.lock().await.clone();
            if known.is_empty() || (known.len() < 40 && self.dice.percent(8)) {
                let id = self.client.customer("Someone").await;
                let new = Customer { id, archived: false, charges: Vec::new(), credits: Vec::new(), entries: 0 };
                self.customers.lock().await.push(Arc::new(Mutex::new(new)));
                continue;
            }
            let customer = Arc::clone(self.dice.pick(&known));
            // Held for the whole step, so that the model knows what comes first.
            let mut customer = customer.lock().await;
            // Half of the requests have a key, and some of those come again.
            let key = self.dice.percent(50).then(|| format!("{}-{step}", self.name));
            match self.dice.between(1, 100) {
                1..=30 => self.record(&mut customer, key).await,
                31..=50 => self.sale(&mut customer, key).await,
                51..=93 => self.pay(&mut customer, key).await,
                _ => self.archive_or_restore(&mut customer).await,
            }
            assert_eq!(customer.entries, customer.balance(), "the model is wrong");
            assert_eq!(balance(&self.client, &customer.id).await, decimal(customer.balance()), "{}", customer.id);
        }
    }

    /// The payload of a mutation, which sometimes is sent again with its key.
    async fn send(&mut self, mutation: &str, input: Value) -> Value {
        let first = self.client.attempt(mutation, json!({ "input": input })).await;
        if !input["idempotencyKey"].is_null() && refusals(&first).is_empty() && self.dice.percent(40) {
            assert_eq!(self.client.attempt(mutation, json!({ "input": input })).await, first, "{input}");
        }
        first
    }

    async fn record(&mut self, customer: &mut Customer, key: Option<String>) {
        // Thousandths, and millionths of a dollar.
        let (quantity, price) = (self.dice.between(1, 5_000), self.dice.between(0, 60_000_000));
        let day = self.dice.between(1, 28);
        let input = json!({
            "customerId": customer.id, "occurredOn": format!("2026-01-{day:02}"), "product": "Milk",
            "quantity": format!("{}.{:03}", quantity / 1_000, quantity % 1_000),
            "unitPrice": format!("{}.{:06}", price / 1_000_000, price % 1_000_000), "idempotencyKey": key,
        });
        let payload = self.send(RECORD, input).await;
        self.charged(customer, &payload, "record", day, (quantity * price + 5_000_000) / 10_000_000);
    }

    async fn sale(&mut self, customer: &mut Customer, key: Option<String>) {
        let (amount, day) = (self.dice.between(0, 9_999), self.dice.between(1, 28));
        let input = json!({
            "customerId": customer.id, "occurredOn": format!("2026-01-{day:02}"), "amount": decimal(amount),
            "idempotencyKey": key,
        });
        let payload = self.send(SALE, input).await;
        self.charged(customer, &payload, "sale", day, amount);
    }

    fn charged(&self, customer: &mut Customer, payload: &Value, field: &str, day: i64, amount: i64) {
        if customer.archived {
            assert_eq!(refusals(payload), ["ARCHIVED customerId"]);
            return;
        }
        assert_eq!(refusals(payload), [""; 0], "{payload}");
        let charge = &payload[field];
        customer.charge(text(&charge["id"]).to_owned(), day, amount);
        let paid = customer.charges.last().map(|charge| charge.paid);
        assert_eq!(charge["amount"]["amount"], decimal(amount));
        assert_eq!(charge["paid"]["amount"].as_str(), paid.map(decimal).as_deref());
    }

    async fn pay(&mut self, customer: &mut Customer, key: Option<String>) {
        let owed: i64 = customer.open().iter().map(|place| customer.wants(*place)).sum();
        let amount = match self.dice.between(1, 4) {
            1 if owed > 0 => owed,
            2 => self.dice.between(1, owed + 2_000),
            _ => self.dice.between(1, 5_000),
        };
        let mut named = Vec::new();
        if !customer.charges.is_empty() && self.dice.percent(35) {
            for _ in 0..self.dice.between(1, 3) {
                // Rather one that is open, but any may be named.
                let open = customer.open();
                let all: Vec<usize> = (0..customer.charges.len()).collect();
                let any = open.is_empty() || self.dice.percent(10);
                let place = *self.dice.pick(if any { &all } else { &open });
                let given =
                    self.dice.percent(50).then(|| self.dice.between(1, customer.wants(place).max(1) * 11 / 10 + 1));
                named.push((place, given));
            }
        }
        let credit = self.dice.percent(30);
        let received = self.dice.between(1, 100_000);
        let charges: Vec<_> = named
            .iter()
            .map(|(place, given)| json!({ "chargeId": customer.charges[*place].id, "amount": given.map(decimal) }))
            .collect();
        let input = json!({
            "customerId": customer.id, "amount": decimal(amount), "method": "CASH", "charges": charges,
            "allowCredit": credit, "idempotencyKey": key,
            "receivedAt": format!("2026-02-01T{:02}:{:02}:{:02}Z", received / 3_600 % 24, received / 60 % 60, received % 60),
        });
        let payload = self.send(crate::harness::PAY, input.clone()).await;
        match customer.distribute(amount, &named, credit) {
            Err(refusal) => assert_eq!(refusals(&payload), [refusal], "{input}"),
            Ok(parts) => {
                assert_eq!(refusals(&payload), [""; 0], "{input}");
                let expected: Vec<_> = parts
                    .iter()
                    .map(|(place, part)| {
                        let charge = &mut customer.charges[*place];
                        charge.paid += part;
                        (charge.id.clone(), decimal(*part))
                    })
                    .collect();
                let part =
                    |part: &Value| (text(&part["charge"]["id"]).to_owned(), text(&part["amount"]["amount"]).to_owned());
                let found: Vec<_> = payload["payment"]["allocations"].as_array().unwrap().iter().map(part).collect();
                assert_eq!(found, expected, "{input}");
                let left = amount - parts.iter().map(|(_, part)| part).sum::<i64>();
                assert_eq!(payload["payment"]["unallocated"]["amount"], decimal(left), "{input}");
                customer.credits.push(Credit { received: received % 86_400, left });
                customer.entries -= amount;
            }
        }
    }

    async fn archive_or_restore(&mut self, customer: &mut Customer) {
        let archive = self.dice.percent(50);
        self.client.change(if archive { ARCHIVE } else { RESTORE }, json!({ "id": customer.id })).await;
        customer.archived = archive;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_by_many_at_once_comes_out_as_the_model_says() {
    let daybook = Daybook::start().await;
    let mut dice = Dice::throw();
    for history in 0..3 {
        let owner = daybook.owner(&format!("shop-{history}")).await;
        let customers = Arc::default();
        let mut workers = JoinSet::new();
        for name in 0..6 {
            let worker =
                Worker { client: owner.clone(), dice: dice.fork(), customers: Arc::clone(&customers), name, steps: 40 };
            workers.spawn(worker.work());
        }
        while let Some(worked) = workers.join_next().await {
            worked.unwrap();
        }
        for customer in customers.lock().await.iter() {
            let customer = customer.lock().await;
            let query = "query ($id: ID!) { customer(id: $id) { status balance { amount }
                charges(first: 100) { totalCount nodes { id paid { amount } outstanding { amount } status } } } }";
            let found = owner.run(query, json!({ "id": customer.id })).await["customer"].take();
            assert_eq!(found["balance"]["amount"], decimal(customer.balance()));
            assert_eq!(found["status"] == "ARCHIVED", customer.archived);
            let mut expected: Vec<_> = customer.charges.iter().enumerate().collect();
            expected.sort_by_key(|(place, charge)| std::cmp::Reverse((charge.day, *place)));
            let expected = expected.iter().map(|(place, charge)| {
                let status = match (charge.paid, customer.wants(*place)) {
                    (_, 0) => "PAID",
                    (0, _) => "UNPAID",
                    _ => "PARTIAL",
                };
                let money = |amount: i64| json!({ "amount": decimal(amount) });
                json!({ "id": charge.id, "paid": money(charge.paid), "outstanding": money(customer.wants(*place)), "status": status })
            });
            assert_eq!(found["charges"]["totalCount"], customer.charges.len());
            assert_eq!(found["charges"]["nodes"], Value::from_iter(expected.take(100)), "{}", customer.id);
        }
        assert_in_order(&daybook, &owner).await;
    }
}
