//! Eighteen months of the real purchases of a music shop, `examples/cdnow`: what Daybook tells of them is what the files
//! come to, computed here without it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{metrics, plain};
use crate::books::{assert_in_order, decimal};
use crate::harness::{Client, Daybook, text};
use crate::process::{Data, daybook, output};

const CUSTOMERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/cdnow/customers.csv");
const SALES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/cdnow/sales.csv");
/// Peter Fader and Bruce Hardie's sample: so many customers, of whom so many bought again.
const KNOWN: [usize; 2] = [2_357, 1_152];

/// What someone bought.
#[derive(Debug, Clone, Default)]
struct Bought {
    purchases: i64,
    cents: i64,
    items: i64,
    first: String,
    last: String,
}

/// What each customer bought, by code, out of the file.
fn computed() -> BTreeMap<String, Bought> {
    let file = std::fs::read_to_string(SALES).unwrap();
    let mut lines = file.lines();
    assert_eq!(lines.next(), Some("customer_code,occurred_on,items,amount"));
    let mut bought: BTreeMap<String, Bought> = BTreeMap::new();
    for line in lines {
        let [code, day, items, amount] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (whole, cents) = amount.split_once('.').unwrap();
        assert_eq!(cents.len(), 2, "{line}");
        let of = bought.entry(code.to_owned()).or_default();
        of.purchases += 1;
        of.cents += 100 * whole.parse::<i64>().unwrap() + cents.parse::<i64>().unwrap();
        of.items += items.parse::<i64>().unwrap();
        // Days in this form compare like their text.
        if of.first.is_empty() || *day < *of.first {
            day.clone_into(&mut of.first);
        }
        if *day > *of.last {
            day.clone_into(&mut of.last);
        }
    }
    bought
}

impl Bought {
    /// The tier by the bounds that a business begins with.
    fn tier(&self) -> &'static str {
        match self.purchases {
            1 => "ONE_TIME",
            2..=4 => "OCCASIONAL",
            5..=9 => "REGULAR",
            _ => "FREQUENT",
        }
    }

    /// As the API shows it.
    fn history(&self) -> Value {
        json!({
            "purchases": self.purchases, "spent": decimal(self.cents), "items": self.items,
            "average": decimal((2 * self.cents + self.purchases) / (2 * self.purchases)),
            "firstOn": self.first, "lastOn": self.last, "isRepeat": self.purchases > 1, "frequency": self.tier(),
            "lifetimeValue": decimal(self.cents),
        })
    }
}

async fn import(daybook_in_test: &Daybook, kind: &str, file: &str) -> String {
    let mut command = daybook(&Data::Database(&daybook_in_test.database));
    command.args(["import", kind, file, "--business", "music-shop"]);
    let (code, said, complaint) = output(command).await;
    assert_eq!(code, Some(0), "{said}{complaint}");
    said
}

/// The purchase history of every customer, by code, page by page.
async fn shown(owner: &Client) -> BTreeMap<String, Value> {
    const PAGE: &str = "query ($after: String) { customers(sort: CODE_ASC, first: 100, after: $after) {
        nodes { code purchaseHistory { purchases spent { amount } items average { amount } firstOn lastOn isRepeat
            frequency lifetimeValue { amount } } }
        pageInfo { hasNextPage endCursor } } }";
    let (mut after, mut found) = (Value::Null, BTreeMap::new());
    loop {
        let page = owner.run(PAGE, json!({ "after": after })).await["customers"].take();
        for node in page["nodes"].as_array().unwrap() {
            found.insert(text(&node["code"]).to_owned(), plain(&node["purchaseHistory"]));
        }
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_2_357_real_customers_is_what_their_purchases_come_to() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("music-shop").await;
    let bought = computed();
    let repeat = bought.values().filter(|of| of.purchases > 1).count();
    assert_eq!([bought.len(), repeat], KNOWN);
    let cents: i64 = bought.values().map(|of| of.cents).sum();
    assert!(import(&daybook, "customers", CUSTOMERS).await.starts_with("2357 customers: 2357 new"));
    let said = import(&daybook, "sales", SALES).await;
    assert!(said.contains("6919 new") && said.contains(&decimal(cents)), "{said}");

    // Each of them.
    let shown = shown(&owner).await;
    assert_eq!(shown.len(), bought.len());
    for (code, of) in &bought {
        assert_eq!(shown[code], of.history(), "{code}");
    }

    // All of them together, and the fifty who are worth the most, now and as of the last day.
    let tier = |name: &str| bought.values().filter(|of| of.tier() == name).count();
    let tiers: Vec<_> = ["ONE_TIME", "OCCASIONAL", "REGULAR", "FREQUENT"].map(|name| json!(tier(name))).to_vec();
    let mut values: Vec<(&String, i64)> = bought.iter().map(|(code, of)| (code, of.cents)).collect();
    values.sort_by_key(|(code, cents)| (-cents, (*code).clone()));
    let top: Vec<_> = values[..50].iter().map(|(code, cents)| format!("{code} {}", decimal(*cents))).collect();
    let count = i64::try_from(bought.len()).unwrap();
    // The lowest that a part of them do not exceed.
    let part = |quarters: usize| decimal(values[values.len() - (values.len() * quarters).div_ceil(4).max(1)].1);
    const LOYALTY: &str = "loyalty { customers repeatCustomers repeatShare tiers { frequency count }
        lifetimeValue { customers total { amount } average { amount } lowest { amount } lowerQuartile { amount }
            median { amount } upperQuartile { amount } highest { amount } }
        topByLifetimeValue(count: 50) { customer { code } value { amount } } }";
    for as_of in [None, Some("1998-06-30")] {
        let loyalty = metrics(&owner, as_of, LOYALTY).await["loyalty"].take();
        let counts: Vec<_> = loyalty["tiers"].as_array().unwrap().iter().map(|tier| tier["count"].clone()).collect();
        assert_eq!(counts, tiers, "{as_of:?}");
        assert_eq!((&loyalty["customers"], &loyalty["repeatCustomers"]), (&json!(2_357), &json!(1_152)), "{as_of:?}");
        assert_eq!(loyalty["repeatShare"], "0.4888", "{as_of:?}");
        let expected = json!({
            "customers": count, "total": decimal(cents), "average": decimal((2 * cents + count) / (2 * count)),
            "lowest": part(0), "lowerQuartile": part(1), "median": part(2), "upperQuartile": part(3),
            "highest": part(4),
        });
        assert_eq!(plain(&loyalty["lifetimeValue"]), expected, "{as_of:?}");
        let found: Vec<_> = loyalty["topByLifetimeValue"].as_array().unwrap().iter().collect();
        let found: Vec<_> = found
            .iter()
            .map(|of| format!("{} {}", text(&of["customer"]["code"]), text(&of["value"]["amount"])))
            .collect();
        assert_eq!(found, top, "{as_of:?}");
    }
    // As of a day in between, of what was bought by then.
    let may = metrics(&owner, Some("1997-01-31"), "loyalty { customers }").await;
    let by_then = bought.values().filter(|of| *of.first <= *"1997-01-31").count();
    assert_eq!(may["loyalty"]["customers"], by_then);
    assert_in_order(&daybook, &owner).await;
}
