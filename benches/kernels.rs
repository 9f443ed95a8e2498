//! The pure parts that run for every payment and every amount of an answer.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use daybook::id::ChargeId;
use daybook::ledger::allocation::distribute;
use daybook::ledger::charge::OpenCharge;
use daybook::money::Amount;
use daybook::text::PhoneNumber;
use uuid::Uuid;

fn kernels(criterion: &mut Criterion) {
    let open: Vec<OpenCharge> = (0..1_000)
        .map(|number| OpenCharge { id: ChargeId(Uuid::from_u128(number)), outstanding: Amount(13_200) })
        .collect();
    criterion.bench_function("distribute a payment over 1,000 charges", |bench| {
        bench.iter(|| distribute(black_box(Amount(13_200_000)), black_box(&open), &[]));
    });
    let rupees = "INR".parse().unwrap();
    criterion.bench_function("format an amount", |bench| {
        bench.iter(|| black_box(Amount(12_345_600)).format(rupees, "en-IN").unwrap());
    });
    let kenya = "KE".parse().unwrap();
    criterion.bench_function("read a phone number", |bench| {
        bench.iter(|| PhoneNumber::parse(black_box("0712 345 678"), Some(kenya)).unwrap());
    });
}

criterion_group!(benches, kernels);
criterion_main!(benches);
