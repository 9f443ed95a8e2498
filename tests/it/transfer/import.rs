//! What an import does: all of a file or nothing, again without doing it twice, in batches.

use daybook::auth::Viewer;
use daybook::db::{Mode, Scope, Transaction};
use daybook::graphql::Write;
use daybook::transfer::Kind;
use daybook::transfer::import::{self, Progress, Sheet};
use serde_json::json;
use std::io::Cursor;
use std::sync::Mutex;

use crate::books::{assert_in_order, raw, state, value};
use crate::harness::{Daybook, text};
use crate::process::{self, Data, output};

pub const CUSTOMERS: &str = "code,name,email,phone,tags,joined_on\n\
    A,Asha,asha@x.example,+12125550123,north;daily,2026-01-01\n\
    B,Ben,,,,2026-01-02\n";
pub const CONTACTS: &str = "customer_code,name,role,is_primary\nA,Amir,BILLING,\nA,Anu,OWNER,true\nB,Bea,OPS,\n";
pub const RECORDS: &str = "customer_code,occurred_on,product,quantity,unit,unit_price,shift,external_ref\n\
    A,2026-01-02,Milk,2,l,55,MORNING,r1\nA,2026-01-01,Milk,2,l,50,EVENING,r2\nB,2026-01-01,Milk,1,l,60,,r3\n";
pub const SALES: &str = "customer_code,occurred_on,items,amount,reference,lines\n\
    B,2026-01-03,2,25.50,T-1,\nB,2026-01-03,2,25.50,T-1,\n\
    A,2026-01-04,,7,,\"[{\"\"product\"\": \"\"Tea\"\", \"\"quantity\"\": \"\"2\"\", \"\"unit_price\"\": \"\"3.5\"\"}]\"\n";
pub const PAYMENTS: &str = "customer_code,amount,method,received_at,reference,allow_credit,external_ref\n\
    A,150,CASH,2026-01-05,,,p1\nB,500,upi,2026-01-05T10:00:00Z,U-7,true,p2\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_every_kind_is_booked_once_however_often_it_comes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let files = [
        ("customers", CUSTOMERS, 2),
        ("contacts", CONTACTS, 3),
        ("records", RECORDS, 3),
        ("sales", SALES, 3),
        ("payments", PAYMENTS, 2),
    ];
    for (kind, file, rows) in files {
        assert_eq!(owner.imported(kind, file).await, (rows, 0, Vec::new()), "{kind}");
    }
    let query = "{ customers(sort: NAME_ASC) { nodes { code tags balance { amount } lastPaymentAt
        contacts { nodes { name isPrimary } } charges(first: 9) { nodes { occurredOn outstanding { amount } } } } } }";
    let asha = json!({ "code": "A", "tags": ["north", "daily"], "balance": { "amount": "67.00" },
        "lastPaymentAt": "2026-01-05T12:00:00+00:00",
        "contacts": { "nodes": [{ "name": "Amir", "isPrimary": false }, { "name": "Anu", "isPrimary": true }] },
        // The oldest is paid first, whatever the order of the file.
        "charges": { "nodes": [{ "occurredOn": "2026-01-04", "outstanding": { "amount": "7.00" } },
            { "occurredOn": "2026-01-02", "outstanding": { "amount": "60.00" } },
            { "occurredOn": "2026-01-01", "outstanding": { "amount": "0.00" } }] } });
    let found = owner.run(query, json!({})).await;
    assert_eq!(found["customers"]["nodes"][0], asha);
    assert_eq!(found["customers"]["nodes"][1]["balance"]["amount"], "-389.00");
    assert_in_order(&daybook, &owner).await;

    let before = state(&raw).await;
    for (kind, file, rows) in files {
        assert_eq!(owner.imported(kind, file).await, (0, rows, Vec::new()), "{kind}");
    }
    assert_eq!(state(&raw).await, before);
    // More of the same: the equal sale that is one too many, and credit pays it.
    let more = format!("{SALES}B,2026-01-03,2,25.50,T-1,\n");
    assert_eq!(owner.imported("sales", &more).await, (1, 3, Vec::new()));
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_is_named_by_line_and_column_and_nothing_is_kept() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    owner.imported("customers", CUSTOMERS).await;
    owner.imported("records", RECORDS).await;
    let archived = owner.customer("Gone").await;
    owner.change(crate::books::ARCHIVE, json!({ "id": archived })).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    for (kind, header, rows, problems) in [
        (
            "customers",
            "code,name,email,type,joined_on,metadata",
            // The code A is there, so that nothing else matters of it.
            "C,,,,,\n,Cid,,,,\nD,Dan,no,KING,31.1.2026,[]\nE,Eve,ASHA@x.example,,,\nF,Fay,f@x.example,,,\nF,Fox,F@x.example,,,\nA,Asha,f@x.example,,,",
            &["2 name", "3 code", "4 email", "4 type", "4 joined_on", "4 metadata", "5 email", "7 code", "7 email"][..],
        ),
        (
            "contacts",
            "customer_code,name,phone,is_primary",
            "Z,Zoe,,\nA,Amy,12,maybe\nA,Ann,,true\nA,Abe,,true\nA,Ann,,",
            &["2 customer_code", "3 phone", "3 is_primary", "5 is_primary", "6 -"],
        ),
        (
            "records",
            "customer_code,occurred_on,product,quantity,unit_price,shift,external_ref",
            "A,2026-01-01,Milk,0,1,,\nA,,Milk,1.0001,1,NIGHT,\nZ,2026-01-01,Milk,1,1,,\nA,2026-01-01,Milk,1,1,,x\nA,2026-01-02,Milk,1,1,,x\nA,2026-01-02,Milk,7,1,,r1\nC-000001,2026-01-02,Milk,7,1,,\nA,2026-01-02",
            &[
                "2 quantity",
                "3 occurred_on",
                "3 quantity",
                "3 shift",
                "4 customer_code",
                "6 external_ref",
                "7 external_ref",
                "8 customer_code",
                "9 -",
            ],
        ),
        (
            "sales",
            "customer_code,occurred_on,amount,items,lines",
            "A,2026-01-01,1.001,,\nA,2026-01-01,5,-1,\nA,2026-01-01,5,1,{}\nA,2026-01-01,5,1,\"[{\"\"product\"\":\"\"x\"\",\"\"quantity\"\":\"\"1\"\",\"\"unit_price\"\":\"\"4\"\"}]\"",
            &["2 amount", "3 items", "4 lines", "5 amount"],
        ),
        (
            "payments",
            "customer_code,amount,method,received_at,allow_credit",
            "A,0,CASH,2026-01-01,\nA,1,BARTER,2026-01-01,\nA,1,CASH,9999-01-01,\nA,1,CASH,yesterday,perhaps",
            &["2 amount", "3 method", "4 received_at", "5 received_at", "5 allow_credit"],
        ),
        // Only booking tells: 210 is outstanding.
        (
            "payments",
            "customer_code,amount,method,received_at",
            "A,200,CASH,2026-01-01\nA,11,CASH,2026-01-02\nA,10,CASH,2026-01-03\nB,61,CASH,2026-01-03",
            &["3 amount", "5 amount"],
        ),
    ] {
        let (created, _, found) = owner.imported(kind, &format!("{header}\n{rows}\n")).await;
        let mut found: Vec<&str> = found.iter().map(String::as_str).collect();
        let mut expected = problems.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!((created, found), (0, expected), "{kind}");
        assert_eq!(state(&raw).await, before, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_far_down_is_named_and_leaves_nothing_and_without_it_all_is_booked() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("dairy").await;
    owner.imported("customers", CUSTOMERS).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let file = |last: &str| {
        let row = |row: i64| {
            let (code, day) = (if row % 2 == 0 { "A" } else { "B" }, row % 28 + 1);
            format!("{code},2026-01-{day:02},Milk,1.5,l,2,,row {row}\n")
        };
        let rows: String = (0..6_500).map(row).collect();
        format!("customer_code,occurred_on,product,quantity,unit,unit_price,shift,external_ref\n{rows}{last}")
    };
    let before = state(&raw).await;
    assert_eq!(
        owner.imported("records", &file("A,2026-02-30,Milk,1,l,2,,\n")).await,
        (0, 0, vec!["6502 occurred_on".into()])
    );
    assert_eq!(
        owner.imported("records", &file("Z,2026-02-03,Milk,1,l,2,,\n")).await,
        (0, 0, vec!["6502 customer_code".into()])
    );
    assert_eq!(state(&raw).await, before);

    let lines = owner.import("records", file("A,2026-02-03,Milk,1,l,2,,\n")).await;
    let result = &lines.last().unwrap()["result"];
    assert_eq!((&result["created"], text(&result["outstanding"])), (&json!(6_501), "19502.00"));
    assert!(lines.len() > 2, "nobody is told how far it is: {lines:?}");
    assert_eq!(value(&raw, "SELECT count(*) FROM records").await, "6501");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_sent_twice_at_once_is_booked_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    owner.imported("customers", CUSTOMERS).await;
    let (one, other) = tokio::join!(owner.imported("records", RECORDS), owner.imported("records", RECORDS));
    let mut counts = [(one.0, one.1), (other.0, other.1)];
    counts.sort_unstable();
    assert_eq!(counts, [(0, 3), (3, 0)]);
    assert_in_order(&daybook, &owner).await;
}

/// How many statements an import takes, and how far it said that it was.
async fn statements(daybook: &Daybook, slug: &str, kind: Kind, file: &str) -> (usize, Vec<Progress>) {
    let system = Transaction::begin(&daybook.app.pool, Scope::System, Mode::Read).await.unwrap();
    let viewer = Viewer::owner_of(&system, slug).await.unwrap().unwrap();
    system.commit().await.unwrap();
    let write = Write::begin(&daybook.app, viewer, Mode::Job).await.unwrap();
    let sheet = Sheet::open(Cursor::new(file.as_bytes().to_vec()), kind.columns()).unwrap();
    let told = Mutex::new(Vec::new());
    let outcome = import::import(&write, kind, sheet, |progress| told.lock().unwrap().push(progress)).await.unwrap();
    assert!(outcome.problems.is_empty(), "{}", outcome.problems.report("f", outcome.rows));
    let count = write.statements().count();
    write.commit().await.unwrap();
    (count, told.into_inner().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_depend_on_batches_and_not_on_rows() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for (kind, header, row) in [
        (Kind::Customers, "code,name,email", "c-N,Name N,n-N@x.example"),
        (Kind::Contacts, "customer_code,name", "c-few-1,Name N"),
        (Kind::Records, "customer_code,occurred_on,product,quantity,unit_price", "c-few-1,2026-01-01,N,1,2"),
        (Kind::Sales, "customer_code,occurred_on,amount,reference", "c-few-2,2026-01-01,2,N"),
        (Kind::Payments, "customer_code,amount,method,received_at,reference", "c-few-1,0.01,CASH,2026-01-02,N"),
    ] {
        let file = |name: &str, rows: usize| {
            let rows: String = (0..rows).map(|n| row.replace('N', &format!("{name}-{n}")) + "\n").collect();
            format!("{header}\n{rows}")
        };
        let (few, _) = statements(&daybook, "shop", kind, &file("few", 10)).await;
        let (many, told) = statements(&daybook, "shop", kind, &file("many", 900)).await;
        assert_eq!(few, many, "{kind:?}");
        assert_eq!(told, [Progress::Read(900), Progress::Booked(900)], "{kind:?}");
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_reads_a_file_tells_what_is_wrong_and_writes_what_it_can_read_again() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.csv");
    let run = async |arguments: &[&str]| {
        let mut command = process::daybook(&Data::Database(&daybook.database));
        command.args(arguments).args(["--business", "shop"]);
        output(command).await
    };
    let file = path.to_str().unwrap();
    std::fs::write(&path, "code,name,email\nA,Asha,no\n").unwrap();
    let (code, out, _) = run(&["import", "customers", file]).await;
    assert_eq!(code, Some(1));
    assert!(out.starts_with(&format!("{file}:2: email: ")) && out.contains("1 of 1 rows are wrong"), "{out}");
    std::fs::write(&path, CUSTOMERS).unwrap();
    let (code, out, err) = run(&["import", "customers", file, "--dry-run"]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(out.starts_with("2 customers: 2 new, 0 already there\n") && out.contains("nothing was changed"), "{out}");
    let (_, out, _) = run(&["import", "customers", file]).await;
    assert_eq!(out, "2 customers: 2 new, 0 already there\noutstanding now: 0.00 USD\n");
    let (code, exported, err) = run(&["export", "customers"]).await;
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(exported, owner.export("customers").await);
    std::fs::write(&path, exported).unwrap();
    let (_, out, _) = run(&["import", "customers", file]).await;
    assert_eq!(out, "2 customers: 0 new, 2 already there\noutstanding now: 0.00 USD\n");
    let (code, _, err) = run(&["import", "sales", file]).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("there is no column `code`"), "{err}");
}
