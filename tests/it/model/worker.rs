//! Someone who does one thing after another with customers whom others know as well.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::customer::{Customer, Kind};
use crate::books::{
    ADJUST, ARCHIVE, CREATE_RECORDS, DELETE_RECORD, Dice, MARK_PAID, MARK_UNPAID, RECORD, REFUND, RESTORE, REVERSE,
    SALE, UPDATE_RECORD, VOID, balance, decimal, refusals,
};
use crate::harness::{Client, PAY, text};

/// The customers whom all workers of a sequence know.
pub type Known = Vec<Arc<Mutex<Customer>>>;

pub struct Worker {
    pub client: Client,
    pub dice: Dice,
    pub customers: Known,
    pub name: String,
}

const DONE: [&str; 0] = [];

impl Worker {
    pub async fn work(mut self, steps: usize) {
        for step in 0..steps {
            // Half of the requests have a key, and some of those come again.
            let key = self.dice.percent(50).then(|| format!("{}-{step}", self.name));
            if self.dice.percent(6) {
                self.records(key).await;
                continue;
            }
            let customer = Arc::clone(self.dice.pick(&self.customers));
            // Held for the whole step, so that the model knows what comes first.
            let mut customer = customer.lock().await;
            let customer = &mut *customer;
            match self.dice.between(1, 100) {
                1..=18 => self.record(customer, key).await,
                19..=30 => self.sale(customer, key).await,
                31..=52 => self.pay(customer, key).await,
                53..=60 => self.update(customer, key).await,
                61..=65 => self.delete(customer, key).await,
                66..=71 => self.void(customer, key).await,
                72..=77 => self.reverse(customer, key).await,
                78..=84 => self.refund(customer, key).await,
                85..=89 => self.adjust(customer, key).await,
                90..=93 => self.mark_paid(customer, key).await,
                94..=96 => self.mark_unpaid(customer, key).await,
                _ => self.archive_or_restore(customer).await,
            }
            assert_eq!(customer.entries, customer.balance(), "the model is wrong");
            assert_eq!(balance(&self.client, &customer.id).await, decimal(customer.balance()), "{}", customer.id);
        }
    }

    /// The payload of a mutation, which sometimes is sent again if it has a key.
    async fn send(&mut self, mutation: &str, variables: Value, key: Option<&String>) -> Value {
        let first = self.client.attempt(mutation, variables.clone()).await;
        if key.is_some() && refusals(&first).is_empty() && self.dice.percent(40) {
            assert_eq!(self.client.attempt(mutation, variables.clone()).await, first, "{variables}");
        }
        first
    }

    /// Quantity and unit price as text, and what they come to: thousandths, and millionths of a dollar.
    fn goods(&mut self) -> (String, String, i64) {
        let (quantity, price) = (self.dice.between(1, 5_000), self.dice.between(0, 60_000_000));
        let texts = (
            format!("{}.{:03}", quantity / 1_000, quantity % 1_000),
            format!("{}.{:06}", price / 1_000_000, price % 1_000_000),
        );
        (texts.0, texts.1, (quantity * price + 5_000_000) / 10_000_000)
    }

    async fn record(&mut self, customer: &mut Customer, key: Option<String>) {
        let ((quantity, price, amount), day) = (self.goods(), self.dice.between(1, 28));
        let input = json!({
            "customerId": customer.id, "occurredOn": format!("2026-01-{day:02}"), "product": "Milk",
            "quantity": quantity, "unitPrice": price, "idempotencyKey": key,
        });
        let payload = self.send(RECORD, json!({ "input": input }), key.as_ref()).await;
        if customer.archived {
            assert_eq!(refusals(&payload), ["ARCHIVED customerId"]);
            return;
        }
        assert_eq!(refusals(&payload), DONE, "{payload}");
        let place = customer.charge(text(&payload["record"]["id"]).to_owned(), Kind::Record, day, amount, 0);
        customer.settle(place);
        assert_eq!(payload["record"]["amount"]["amount"], decimal(amount));
        assert_eq!(payload["record"]["paid"]["amount"], decimal(customer.paid(place)));
    }

    /// The same day for some or all customers, in one mutation.
    async fn records(&mut self, key: Option<String>) {
        // In order, so that workers do not wait for each other in a circle.
        let wanted: Vec<_> = self.customers.clone().into_iter().filter(|_| self.dice.percent(70)).collect();
        let mut customers = Vec::new();
        for customer in &wanted {
            customers.push(customer.lock().await);
        }
        if customers.is_empty() {
            return;
        }
        let ((quantity, price, amount), day) = (self.goods(), self.dice.between(1, 28));
        let rows: Vec<_> = customers.iter().map(|customer| json!({ "customerId": customer.id })).collect();
        let input = json!({
            "occurredOn": format!("2026-01-{day:02}"), "product": "Milk", "quantity": quantity, "unitPrice": price,
            "records": rows, "idempotencyKey": key,
        });
        let payload = self.send(CREATE_RECORDS, json!({ "input": input }), key.as_ref()).await;
        let archived: Vec<_> = (0..customers.len()).filter(|place| customers[*place].archived).collect();
        if !archived.is_empty() {
            let expected: Vec<_> =
                archived.iter().map(|place| format!("ARCHIVED records.{place}.customerId")).collect();
            assert_eq!(refusals(&payload), expected);
            return;
        }
        assert_eq!(refusals(&payload), DONE, "{payload}");
        for (customer, record) in customers.iter_mut().zip(payload["records"].as_array().unwrap()) {
            let place = customer.charge(text(&record["id"]).to_owned(), Kind::Record, day, amount, 0);
            customer.settle(place);
            assert_eq!(record["paid"]["amount"], decimal(customer.paid(place)));
        }
    }

    async fn sale(&mut self, customer: &mut Customer, key: Option<String>) {
        let (amount, day, items) = (self.dice.between(0, 9_999), self.dice.between(1, 28), self.dice.between(0, 9));
        let spot = self.dice.percent(40).then(|| self.dice.percent(50).then(|| self.dice.between(1, 10_500)));
        let payment = spot.map(|part| json!({ "method": "CARD", "amount": part.map(decimal) }));
        let input = json!({
            "customerId": customer.id, "occurredOn": format!("2026-01-{day:02}"), "amount": decimal(amount),
            "items": items, "payment": payment, "idempotencyKey": key,
        });
        let payload = self.send(SALE, json!({ "input": input }), key.as_ref()).await;
        let spot = spot.map(|part| part.unwrap_or(amount));
        if spot.is_some_and(|part| part > amount) {
            assert_eq!(refusals(&payload), ["OVERPAYMENT payment.amount"]);
            return;
        }
        if customer.archived {
            assert_eq!(refusals(&payload), ["ARCHIVED customerId"]);
            return;
        }
        assert_eq!(refusals(&payload), DONE, "{payload}");
        let sale = &payload["sale"];
        let place = customer.charge(text(&sale["id"]).to_owned(), Kind::Sale, day, amount, items);
        if let Some(part) = spot.filter(|part| *part > 0) {
            // It is the first that pays the sale.
            let id = text(&sale["allocations"][0]["payment"]["id"]).to_owned();
            customer.pay(id, part, None, &[(place, part)]);
        }
        customer.settle(place);
        assert_eq!(sale["paid"]["amount"], decimal(customer.paid(place)), "{input}");
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
        let received = self.dice.between(1, 86_399);
        let charges: Vec<_> = named
            .iter()
            .map(|(place, given)| json!({ "chargeId": customer.charges[*place].id, "amount": given.map(decimal) }))
            .collect();
        let input = json!({
            "customerId": customer.id, "amount": decimal(amount), "method": "CASH", "charges": charges,
            "allowCredit": credit, "idempotencyKey": key,
            "receivedAt": format!("2026-02-01T{:02}:{:02}:{:02}Z", received / 3_600, received / 60 % 60, received % 60),
        });
        let payload = self.send(PAY, json!({ "input": input }), key.as_ref()).await;
        match customer.distribute(amount, &named, credit) {
            Err(refusal) => assert_eq!(refusals(&payload), [refusal], "{input}"),
            Ok(parts) => {
                assert_eq!(refusals(&payload), DONE, "{input}");
                let id = text(&payload["payment"]["id"]).to_owned();
                let place = customer.pay(id, amount, Some(received), &parts);
                let expected: Vec<_> =
                    parts.iter().map(|(place, part)| (customer.charges[*place].id.clone(), decimal(*part))).collect();
                assert_eq!(allocations(&payload["payment"]), expected, "{input}");
                assert_eq!(payload["payment"]["unallocated"]["amount"], decimal(customer.left(place)), "{input}");
            }
        }
    }

    /// Any charge of the customer, if there is one.
    fn any(&mut self, customer: &Customer) -> Option<usize> {
        let all: Vec<usize> = (0..customer.charges.len()).collect();
        (!all.is_empty()).then(|| *self.dice.pick(&all))
    }

    /// Any payment of the customer, if there is one.
    fn any_payment(&mut self, customer: &Customer) -> Option<usize> {
        let all: Vec<usize> = (0..customer.payments.len()).collect();
        (!all.is_empty()).then(|| *self.dice.pick(&all))
    }

    async fn update(&mut self, customer: &mut Customer, key: Option<String>) {
        let Some(place) = self.any(customer) else { return };
        let ((quantity, price, amount), day) = (self.goods(), self.dice.between(1, 28));
        let charge = customer.charges[place].clone();
        let input = json!({
            "quantity": quantity, "unitPrice": price, "occurredOn": format!("2026-01-{day:02}"), "idempotencyKey": key,
        });
        let payload = self.send(UPDATE_RECORD, json!({ "id": charge.id, "input": input }), key.as_ref()).await;
        let refusal = match customer.fixed(place) {
            Some(refusal) => Some(refusal),
            None if charge.kind != Kind::Record => Some("NOT_FOUND id"),
            None if amount < customer.paid(place) => Some("BELOW_PAID input"),
            None if amount > charge.amount && customer.archived => Some("ARCHIVED customerId"),
            None => None,
        };
        assert_eq!(refusals(&payload), refusal.as_slice(), "{input}");
        if refusal.is_none() {
            customer.entries += amount - charge.amount;
            customer.charges[place].amount = amount;
            customer.charges[place].day = day;
        }
    }

    async fn delete(&mut self, customer: &mut Customer, key: Option<String>) {
        let Some(place) = self.any(customer) else { return };
        let variables = json!({ "id": customer.charges[place].id, "key": key });
        let payload = self.send(DELETE_RECORD, variables, key.as_ref()).await;
        let refusal = match customer.fixed(place) {
            Some(refusal) => Some(refusal),
            None if customer.charges[place].kind != Kind::Record => Some("NOT_FOUND id"),
            None if customer.paid(place) > 0 => Some("BELOW_PAID id"),
            None => None,
        };
        assert_eq!(refusals(&payload), refusal.as_slice());
        if refusal.is_none() {
            customer.void(place, true);
        }
    }

    async fn void(&mut self, customer: &mut Customer, key: Option<String>) {
        let Some(place) = self.any(customer) else { return };
        let input = json!({ "reason": "x", "idempotencyKey": key });
        let variables = json!({ "id": customer.charges[place].id, "input": input });
        let payload = self.send(VOID, variables, key.as_ref()).await;
        let refusal = customer.fixed(place);
        assert_eq!(refusals(&payload), refusal.as_slice());
        if refusal.is_none() {
            customer.void(place, false);
        }
    }

    async fn reverse(&mut self, customer: &mut Customer, key: Option<String>) {
        let Some(place) = self.any_payment(customer) else { return };
        let input = json!({ "reason": "x", "idempotencyKey": key });
        let variables = json!({ "id": customer.payments[place].id, "input": input });
        let payload = self.send(REVERSE, variables, key.as_ref()).await;
        let refusal = customer.payments[place].reversed.then_some("REVERSED id");
        assert_eq!(refusals(&payload), refusal.as_slice());
        if refusal.is_none() {
            customer.reverse(place);
        }
    }

    async fn refund(&mut self, customer: &mut Customer, key: Option<String>) {
        let Some(place) = self.any_payment(customer) else { return };
        let payment = customer.payments[place].clone();
        let wanted = self.dice.percent(80).then(|| self.dice.between(1, payment.amount * 3 / 4 + 1));
        let input = json!({ "reason": "x", "amount": wanted.map(decimal), "idempotencyKey": key });
        let payload = self.send(REFUND, json!({ "id": payment.id, "input": input }), key.as_ref()).await;
        let remains = customer.remains(place);
        let amount = wanted.unwrap_or(remains);
        let refusal = match () {
            () if payment.reversed => Some("REVERSED id"),
            () if payment.credit => Some("INVALID id"),
            () if amount > remains || amount == 0 => Some("OVERPAYMENT amount"),
            () => None,
        };
        assert_eq!(refusals(&payload), refusal.as_slice(), "{input}");
        if refusal.is_none() {
            customer.refund(place, amount);
            let mut expected: Vec<_> = customer
                .parts
                .iter()
                .filter(|part| part.0 == place)
                .map(|part| (customer.charges[part.1].id.clone(), decimal(part.2)))
                .collect();
            let mut found = allocations(&payload["payment"]);
            (expected.sort(), found.sort());
            assert_eq!(found, expected, "{input}");
        }
    }

    async fn adjust(&mut self, customer: &mut Customer, key: Option<String>) {
        let (amount, day) = (self.dice.between(-3_000, 3_000), self.dice.between(1, 28));
        let kind = if self.dice.percent(30) { "FEE" } else { "ADJUSTMENT" };
        let input = json!({
            "customerId": customer.id, "kind": kind, "amount": decimal(amount), "reason": "x",
            "occurredOn": format!("2026-01-{day:02}"), "idempotencyKey": key,
        });
        let payload = self.send(ADJUST, json!({ "input": input }), key.as_ref()).await;
        let refusal = match () {
            () if amount == 0 || amount < 0 && kind == "FEE" => Some("INVALID amount"),
            () if amount > 0 && customer.archived => Some("ARCHIVED customerId"),
            () => None,
        };
        assert_eq!(refusals(&payload), refusal.as_slice(), "{input}");
        if refusal.is_some() {
            return;
        }
        if amount > 0 {
            let id = text(&payload["adjustment"]["id"]).to_owned();
            let place = customer.charge(id, Kind::Adjustment, day, amount, 0);
            customer.settle(place);
        } else {
            let parts = customer.distribute(-amount, &[], true).unwrap();
            let place = customer.pay(text(&payload["credit"]["id"]).to_owned(), -amount, None, &parts);
            customer.payments[place].credit = true;
        }
    }

    /// What to mark: some records by ids, a day or the month; and the places of what is meant.
    fn which(&mut self, customer: &Customer) -> (Value, Vec<usize>) {
        let records = customer.records();
        match self.dice.between(1, 3) {
            1 if !records.is_empty() => {
                let mut places: Vec<usize> = records.into_iter().filter(|_| self.dice.percent(40)).collect();
                if places.is_empty() {
                    places.push(customer.records()[0]);
                }
                let ids: Vec<_> = places.iter().map(|place| customer.charges[*place].id.clone()).collect();
                (json!({ "recordIds": ids }), places)
            }
            2 => {
                let day = self.dice.between(1, 28);
                let of_day = records.into_iter().filter(|place| customer.charges[*place].day == day).collect();
                (json!({ "day": format!("2026-01-{day:02}") }), of_day)
            }
            _ => (json!({ "month": "2026-01" }), records),
        }
    }

    async fn mark_paid(&mut self, customer: &mut Customer, key: Option<String>) {
        let (mut input, places) = self.which(customer);
        input["customerId"] = json!(customer.id);
        input["idempotencyKey"] = json!(key);
        let payload = self.send(MARK_PAID, json!({ "input": input }), key.as_ref()).await;
        assert_eq!(refusals(&payload), DONE, "{input}");
        let open = places.into_iter().filter(|place| customer.wants(*place) > 0);
        let parts: Vec<_> = open.map(|place| (place, customer.wants(place))).collect();
        let payment = &payload["payment"];
        assert_eq!(payment.is_null(), parts.is_empty(), "{input}");
        if !parts.is_empty() {
            let amount = parts.iter().map(|(_, part)| part).sum();
            assert_eq!(payment["amount"]["amount"], decimal(amount), "{input}");
            customer.pay(text(&payment["id"]).to_owned(), amount, None, &parts);
        }
    }

    async fn mark_unpaid(&mut self, customer: &mut Customer, key: Option<String>) {
        let (mut input, places) = self.which(customer);
        input["customerId"] = json!(customer.id);
        input["idempotencyKey"] = json!(key);
        let payload = self.send(MARK_UNPAID, json!({ "input": input }), key.as_ref()).await;
        assert_eq!(refusals(&payload), DONE, "{input}");
        customer.release(&places);
    }

    async fn archive_or_restore(&mut self, customer: &mut Customer) {
        // Rather restored, or little could be charged.
        let archive = self.dice.percent(35);
        self.client.change(if archive { ARCHIVE } else { RESTORE }, json!({ "id": customer.id })).await;
        customer.archived = archive;
    }
}

/// What a payment gave to which charge.
fn allocations(payment: &Value) -> Vec<(String, String)> {
    let part = |part: &Value| (text(&part["charge"]["id"]).to_owned(), text(&part["amount"]["amount"]).to_owned());
    payment["allocations"].as_array().unwrap().iter().map(part).collect()
}
