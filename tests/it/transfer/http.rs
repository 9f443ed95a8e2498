//! Who may send and fetch files, and how.

use reqwest::Method;
use serde_json::{Value, json};

use super::import::{CUSTOMERS, RECORDS};
use crate::books::{raw, value};
use crate::harness::{Daybook, until};
use crate::world::NUMBER;

#[tokio::test(flavor = "multi_thread")]
async fn files_are_refused_by_these_rules() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (manager, clerk) = (daybook.member(&owner, "MANAGER").await, daybook.member(&owner, "CLERK").await);
    let viewer = daybook.member(&owner, "VIEWER").await;
    let create = "mutation { customerCreate(input: { name: \"Ann\", whatsappPhone: \"+12125550123\" }) {
        customer { id } userErrors { code field message } } }";
    let ann = owner.change(create, json!({})).await["customer"]["id"].as_str().unwrap().to_owned();
    let (_, link) = owner.share_link(&ann).await;
    let customer = daybook.anyone().as_customer(&link, NUMBER).await;
    let key = daybook.anyone().with_token(&owner.api_key("key", &["CUSTOMERS_READ", "LEDGER_READ"]).await.1);
    let importer = ["CUSTOMERS_READ", "LEDGER_READ", "DATA_IMPORT"];
    let importer = daybook.anyone().with_token(&owner.api_key("importer", &importer).await.1);
    let anyone = daybook.anyone();
    let (get, post) = (Method::GET, Method::POST);
    let (csv, preflight) = (("content-type", "text/csv"), ("graphql-require-preflight", "1"));
    let all = [csv, preflight];
    for (client, method, path, headers, status) in [
        (&manager, &post, "/import/customers", &all[..], 200),
        (&importer, &post, "/import/customers", &all, 200),
        (&manager, &post, "/import/customers?dryRun=true", &all, 200),
        (&manager, &get, "/export/customers.csv", &[], 200),
        (&anyone, &post, "/import/customers", &all, 401),
        (&clerk, &post, "/import/customers", &all, 403),
        (&viewer, &post, "/import/customers", &all, 403),
        (&customer, &post, "/import/customers", &all, 403),
        (&key, &post, "/import/customers", &all, 403),
        (&owner, &post, "/import/customers", &[csv], 400),
        (&owner, &post, "/import/customers", &[preflight], 415),
        (&owner, &post, "/import/customers", &[preflight, ("content-type", "text/plain")], 415),
        (&owner, &post, "/import/invoices", &all, 404),
        (&owner, &post, "/import/customers?dryrun=true", &all, 400),
        (&owner, &post, "/import/customers?dryRun=yes", &all, 400),
        (&owner, &post, "/import/customers", &[csv, preflight, ("origin", "https://evil.example")], 403),
        (&owner, &get, "/import/customers", &all, 405),
        (&manager, &get, "/export/business.jsonl", &[], 200),
        (&anyone, &get, "/export/business.jsonl", &[], 401),
        (&clerk, &get, "/export/business.jsonl", &[], 403),
        (&customer, &get, "/export/business.jsonl", &[], 403),
        (&owner, &get, "/export/business.csv", &[], 404),
        (&owner, &post, "/import/business", &all, 404),
        (&anyone, &get, "/export/customers.csv", &[], 401),
        (&clerk, &get, "/export/customers.csv", &[], 403),
        (&viewer, &get, "/export/payments.csv", &[], 403),
        (&customer, &get, "/export/customers.csv", &[], 403),
        (&importer, &get, "/export/customers.csv", &[], 403),
        (&owner, &get, "/export/customers", &[], 404),
        (&owner, &get, "/export/invoices.csv", &[], 404),
        (&owner, &post, "/export/customers.csv", &[], 405),
    ] {
        let mut request = client.request(method.clone(), path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(CUSTOMERS).send().await.unwrap();
        let (found, said) = (response.status().as_u16(), response.text().await.unwrap());
        assert_eq!(found, status, "{method} {path} {headers:?}: {said}");
        if status >= 400 {
            let said: Value = serde_json::from_str(&said).unwrap();
            assert!(said["errors"][0]["extensions"]["code"].is_string(), "{said}");
        }
    }
    let count = "{ customers { totalCount } }";
    assert_eq!(owner.run(count, json!({})).await["customers"]["totalCount"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_is_refused_and_so_is_one_without_a_header() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let send = async |body: Vec<u8>| {
        let request = owner.request(Method::POST, "/import/customers").header("content-type", "text/csv");
        let response = request.header("graphql-require-preflight", "1").body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, said) = send(vec![b'a'; (50 << 20) + 1]).await;
    assert!(status == 413 && said.contains("larger than 52428800 bytes"), "{status} {said}");
    let (status, said) = send(b"nmae\nAnn\n".to_vec()).await;
    assert!(status == 400 && said.contains("there is no column `nmae`"), "{status} {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_nobody_reads_any_more_ends() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    // More than all buffers on the way take.
    let wide = "x".repeat(900);
    let rows: String = (0..20_000).map(|row| format!("c{row},Name,{wide}\n")).collect();
    assert_eq!(owner.imported("customers", &format!("code,name,address\n{rows}")).await.0, 20_000);
    let raw = raw(&daybook.database, &owner.business).await;
    let running = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()";

    let mut response = owner.request(Method::GET, "/export/customers.csv").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(response.chunk().await.unwrap().unwrap().starts_with(b"code,name,"));
    until("the export waits for its reader", async || value(&raw, running).await == "1").await;
    drop(response);
    until("the export has ended", async || value(&raw, running).await == "0").await;
    // And its place is free: as many can begin as before.
    for _ in 0..3 {
        assert!(owner.export("customers").await.len() > 18_000_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_columns_of_an_export_are_those_of_an_import() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    owner.imported("customers", CUSTOMERS).await;
    owner.imported("records", RECORDS).await;
    assert_eq!(
        owner.export("records").await,
        "customer_code,occurred_on,product,quantity,unit,unit_price,shift,external_ref\n\
         A,2026-01-01,Milk,2,l,50,EVENING,r2\nB,2026-01-01,Milk,1,l,60,,r3\nA,2026-01-02,Milk,2,l,55,MORNING,r1\n"
    );
}
