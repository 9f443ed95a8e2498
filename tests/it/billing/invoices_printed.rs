//! Invoices on paper, behind signed links.

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use super::invoices::{CREATE, FINALIZE, VOID_INVOICE};
use crate::books::pay;
use crate::harness::{Daybook, text};
use crate::paper;

const LINK: &str = "query ($id: ID, $format: DocumentFormat) { invoice(id: $id) {
    link(format: $format) { url format expiresAt } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_invoice_has_its_lines_and_figures_as_html_and_pdf_and_says_what_is_to_be_paid() {
    let now: DateTime<Utc> = "2026-02-03T12:00:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(now)).await;
    let owner = daybook.owner_of("dairy", "INR", "Asia/Kolkata", "IN").await;
    let customer = owner.customer("राम <Kumar>").await;
    let lines = json!([{ "description": "Milk & <Ghee>", "quantity": "2.5", "unitPrice": "60000", "taxRate": "5" }]);
    let input = json!({ "customerId": customer, "lines": lines, "dueOn": "2026-02-20", "memo": "Thank you" });
    let made = owner.change(CREATE, json!({ "input": input })).await["invoice"].take();
    let link = async |format: &str| {
        let data = owner.run(LINK, json!({ "id": made["id"], "format": format })).await;
        data["invoice"]["link"].clone()
    };
    assert_eq!(link("PDF").await, Value::Null);
    owner.change(FINALIZE, json!({ "id": made["id"] })).await;
    pay(&owner, &customer, "50000").await;

    let open = async |url: &str| {
        let response = reqwest::get(url).await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    };
    let html = link("HTML").await;
    let (status, body) = open(text(&html["url"])).await;
    let body = String::from_utf8(body).unwrap();
    assert_eq!(status, 200);
    let (pdf_status, pdf) = open(text(&link("PDF").await["url"])).await;
    assert_eq!(pdf_status, 200);
    let printed = paper::pages(&pdf).concat().join(" ");
    for words in ["INV-2026-000001", "राम", "2026-02-20", "₹7,500.00", "₹1,57,500.00", "Thank you"] {
        assert!(body.contains(words), "{words} in {body}");
        assert!(printed.contains(words), "{words} in {printed}");
    }
    assert!(body.contains("₹1,07,500.00 is to be paid by 2026-02-20."), "{body}");
    assert!(body.contains("Milk &amp; &lt;Ghee&gt;") && printed.contains("Milk & <Ghee>"));

    // It shows how things stand when it is opened, and only as long as it says.
    owner.change(VOID_INVOICE, json!({ "id": made["id"], "input": { "reason": "x" } })).await;
    let (_, body) = open(text(&html["url"])).await;
    assert!(String::from_utf8(body).unwrap().contains("This invoice is void: nothing of it is owed."));
    let url = text(&html["url"]).to_owned();
    let changed = format!("{}{}", &url[..url.len() - 1], if url.ends_with('A') { 'B' } else { 'A' });
    assert_eq!(open(&changed).await.0, 404);
    assert_eq!(html["expiresAt"], json!("2026-03-05T12:00:00+00:00"));
    daybook.clock.set(now + Duration::days(30));
    assert_eq!(open(&url).await.0, 410);
}
