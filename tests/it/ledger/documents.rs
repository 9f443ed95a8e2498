//! Statements on paper: the links to them, the pages and the PDFs behind those.

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use crate::books::{REVERSE, VOID, deliver, pay_ahead};
use crate::harness::{Client, Daybook, text};
use crate::paper;
use crate::world::NUMBER;

const LINK: &str = "query ($id: ID!, $month: Month, $from: Date, $to: Date, $asOf: DateTime, $format: DocumentFormat) {
    customer(id: $id) { statementLink(month: $month, from: $from, to: $to, asOf: $asOf, format: $format) {
        url format expiresAt } } }";

async fn link(client: &Client, variables: Value) -> String {
    let link = client.run(LINK, variables).await["customer"]["statementLink"].take();
    text(&link["url"]).to_owned()
}

struct Page {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

async fn open(url: &str) -> Page {
    let response = reqwest::get(url).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

/// The texts between tags, joined by spaces where there are some.
fn words(html: &str) -> String {
    let (_, body) = html.split_once("<main>").unwrap();
    let parts = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    parts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

fn now() -> DateTime<Utc> {
    "2026-02-03T12:00:00Z".parse().unwrap()
}

/// A dairy in India with a customer who has a month behind them.
async fn dairy(daybook: &Daybook) -> (Client, String) {
    let owner = daybook.owner_of("dairy", "INR", "Asia/Kolkata", "IN").await;
    let create = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
        customer { id } userErrors { code field message } } }";
    let input = json!({ "name": "Ram Kumar", "code": "R/1", "billingName": "श्री राम क्षत्रिय", "whatsappPhone": NUMBER,
        "billingAddress": "12 <Main> & Sons\nกรุงเทพมหานคร น้ำดื่ม", "taxId": "GST 27AAAPA1234A1Z5" });
    let payload = owner.change(create, json!({ "input": input })).await;
    let customer = text(&payload["customer"]["id"]).to_owned();
    deliver(&owner, &customer, "2025-12-31", "1000", "60").await;
    deliver(&owner, &customer, "2026-01-05", "2.5", "60").await;
    let void = owner.sale(&customer, "2026-01-06", "50000").await;
    owner.change(VOID, json!({ "id": void, "input": { "reason": "not theirs" } })).await;
    pay_ahead(&owner, &customer, "60100", "2026-01-31T19:00:00Z").await;
    let bounced = pay_ahead(&owner, &customer, "7", "2026-01-10T10:00:00Z").await;
    owner.change(REVERSE, json!({ "id": bounced, "input": { "reason": "bounced" } })).await;
    (owner, customer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_statement_has_the_figures_and_words_of_its_month() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let (owner, customer) = dairy(&daybook).await;
    let url = link(&owner, json!({ "id": customer, "month": "2026-01", "format": "HTML" })).await;
    assert!(url.starts_with(&format!("http://{}/documents/statement/", daybook.address)), "{url}");
    let page = open(&url).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let expected = "dairy Statement श्री राम क्षत्रिय 12 &lt;Main&gt; &amp; Sons กรุงเทพมหานคร น้ำดื่ม \
        Tax ID: GST 27AAAPA1234A1Z5 Customer R/1 Period 2026-01-01 to 2026-01-31 Made on 2026-02-03 \
        Date Description Charges Payments Balance Opening balance ₹60,000.00 \
        2026-01-05 Milk, 2.5\u{a0}×\u{a0}60 ₹150.00 ₹60,150.00 \
        2026-01-06 Purchase ₹50,000.00 ₹1,10,150.00 \
        2026-01-10 Payment, cash, receipt R/1/2 ₹7.00 ₹1,10,143.00 \
        Closing balance ₹1,10,143.00 \
        Opening balance ₹60,000.00 Charged ₹50,150.00 Paid ₹7.00 Closing balance ₹1,10,143.00 \
        ₹1,10,143.00 is to be paid.";
    assert_eq!(words(page.text()), expected);
    // It is February there when the payment arrives, and what is undone is undone in February.
    let next = open(&link(&owner, json!({ "id": customer, "month": "2026-02", "format": "HTML" })).await).await;
    let expected = "Opening balance ₹1,10,143.00 \
        2026-02-01 Payment, cash, receipt R/1/1 ₹60,100.00 ₹50,043.00 \
        2026-02-03 Voided: purchase (not theirs) -₹50,000.00 ₹43.00 \
        2026-02-03 Reversed: payment, cash, receipt R/1/2 (bounced) -₹7.00 ₹50.00 \
        Closing balance ₹50.00 \
        Opening balance ₹1,10,143.00 Charged -₹50,000.00 Paid ₹60,093.00 Closing balance ₹50.00 ₹50.00 is to be paid.";
    assert!(words(next.text()).ends_with(expected), "{}", words(next.text()));
    // A link shows what is true when it is opened, unless it says as of when.
    let then = link(&owner, json!({ "id": customer, "from": "2026-02-02", "asOf": now(), "format": "HTML" })).await;
    let later = link(&owner, json!({ "id": customer, "from": "2026-02-02", "format": "HTML" })).await;
    daybook.clock.set(now() + Duration::minutes(5));
    pay_ahead(&owner, &customer, "50", "2026-02-03T12:05:00Z").await;
    let closing = async |url: &str| words(open(url).await.text()).rsplit_once("Closing balance ").unwrap().1.to_owned();
    assert_eq!(closing(&then).await, "₹50.00 ₹50.00 is to be paid.");
    assert_eq!(closing(&later).await, "₹0.00 Nothing is owed.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_has_the_words_of_every_script_and_repeats_the_headings_on_every_page() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let (owner, customer) = dairy(&daybook).await;
    for day in 1..=28 {
        let one = |product: &str| {
            json!({ "customerId": customer, "occurredOn": format!("2026-01-{day:02}"), "product": product, "quantity": "1",
                "unitPrice": "0.01" })
        };
        let products = ["भैंस का दूध", "นมสดพาสเจอร์ไรส์", "Ærlig fløde"];
        for product in products {
            owner.change(crate::books::RECORD, json!({ "input": one(product) })).await;
        }
    }
    let url = link(&owner, json!({ "id": customer, "month": "2026-01", "format": "PDF" })).await;
    let page = open(&url).await;
    assert_eq!((page.status, page.header("content-type")), (200, "application/pdf"));
    assert!(page.body.len() < 100_000, "{} bytes: the fonts are there in full", page.body.len());
    let pages = paper::pages(&page.body);
    assert!(pages.len() > 2, "{pages:?}");
    for (place, texts) in pages.iter().enumerate() {
        let has = |text: &str| assert!(texts.iter().any(|known| known == text), "{text:?} in {texts:?}");
        has("dairy · Statement");
        has(&format!("Page {} of {}", place + 1, pages.len()));
        // All but the last, which has the totals alone.
        for heading in ["Date", "Description", "Charges", "Payments", "Balance"] {
            assert!(place + 1 == pages.len() || texts.iter().any(|known| known == heading), "{heading} in {texts:?}");
        }
    }
    let texts = pages.concat();
    let count = |text: &str| texts.iter().filter(|known| known.as_str() == text).count();
    for text in
        ["dairy", "Statement", "श्री राम क्षत्रिय", "12 <Main> & Sons", "กรุงเทพมหานคร น้ำดื่ม", "Tax ID: GST 27AAAPA1234A1Z5"]
    {
        assert_eq!(count(text), 1, "{text} in {texts:?}");
    }
    for product in ["भैंस का दूध", "นมสดพาสเจอร์ไรส์", "Ærlig fløde, 1\u{a0}×\u{a0}0.01"]
    {
        assert_eq!(texts.iter().filter(|known| known.starts_with(product)).count(), 28, "{product} in {texts:?}");
    }
    // Opening and closing balance stand in the table and below it.
    assert_eq!((count("₹60,000.00"), count("₹1,10,143.84")), (2, 3), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_behind_a_link_is_for_those_who_have_it_and_for_no_cache_or_search_engine() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let (owner, customer) = dairy(&daybook).await;
    for (format, ending, policy) in [
        (json!("HTML"), "html", "default-src 'none'; style-src 'sha256-"),
        (json!("PDF"), "pdf", "default-src 'none'; object-src 'self'"),
        (Value::Null, "pdf", "default-src 'none'; object-src 'self'"),
    ] {
        let variables = json!({ "id": customer, "month": "2026-01", "format": format });
        let page = open(&link(&owner, variables).await).await;
        assert_eq!(page.status, 200, "{format}");
        assert_eq!(page.header("cache-control"), "private, no-store");
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow, noarchive");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(page.header("content-security-policy").starts_with(policy), "{format}");
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "{format}");
        let name = format!("inline; filename=\"statement-R-1-2026-01-01-2026-01-31.{ending}\"");
        assert_eq!(page.header("content-disposition"), name);
    }
    let url = link(&owner, json!({ "id": customer })).await;
    let posted = reqwest::Client::new().post(&url).send().await.unwrap();
    assert_eq!((posted.status().as_u16(), posted.headers()["allow"].to_str().unwrap()), (405, "GET, HEAD"));
    let head = reqwest::Client::new().head(&url).send().await.unwrap();
    assert_eq!(head.status().as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_altered_expired_or_of_another_server_leads_nowhere() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let (owner, customer) = dairy(&daybook).await;
    let link = owner.run(LINK, json!({ "id": customer, "month": "2026-01", "format": "HTML" })).await["customer"]
        ["statementLink"]
        .take();
    let url = text(&link["url"]);
    assert_eq!(link["expiresAt"], json!("2026-02-10T12:00:00+00:00"));
    let (path, sealed) = url.rsplit_once('/').unwrap();
    let (said, mac) = sealed.split_once('.').unwrap();
    use base64::Engine as _;
    let base = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let said_text = String::from_utf8(base.decode(said).unwrap()).unwrap();
    let other = owner.customer("Someone else").await;
    let forged = |from: &str, to: &str| {
        assert!(said_text.contains(from), "{from} in {said_text}");
        format!("{path}/{}.{mac}", base.encode(said_text.replacen(from, to, 1)))
    };
    let uuid = crate::world::uuid;
    for altered in [
        forged(&uuid(&customer), &uuid(&other)),
        forged("2026-01-01", "2025-01-01"),
        forged("\"exp\":1", "\"exp\":2"),
        forged("\"Html\"", "\"Pdf\""),
        format!("{path}/{said}"),
        format!("{path}/{said}."),
        format!("{path}/{}", &sealed[..sealed.len() - 1]),
        format!("{path}/{mac}.{said}"),
        format!("{}/invoice/{sealed}", path.rsplit_once('/').unwrap().0),
        // A token of the API is signed with the same key and is no link.
        format!("{path}/{}", owner.token.as_ref().unwrap()),
    ] {
        let page = open(&altered).await;
        assert_eq!((page.status, page.header("cache-control")), (404, "private, no-store"), "{altered}");
        assert!(page.text().contains("There is nothing here") && !page.text().contains("60,000"), "{}", page.text());
    }
    // Nor is a link a token.
    assert_eq!(owner.with_token(sealed).error_codes("{ me { role } }", json!({})).await, ["UNAUTHENTICATED"]);
    daybook.clock.set(now() + Duration::days(7) - Duration::seconds(1));
    assert_eq!(open(url).await.status, 200);
    daybook.clock.set(now() + Duration::days(7));
    let page = open(url).await;
    assert_eq!(page.status, 410);
    assert!(page.text().contains("This link has expired") && !page.text().contains("60,000"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_gets_links_to_their_own_statement_only() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let (owner, customer) = dairy(&daybook).await;
    let other = owner.customer("Someone else").await;
    let (_, token) = owner.share_link(&customer).await;
    let viewer = daybook.anyone().as_customer(&token, NUMBER).await;
    let url = link(&viewer, json!({ "id": customer, "format": "HTML" })).await;
    assert!(words(open(&url).await.text()).contains("श्री राम क्षत्रिय"));
    assert_eq!(viewer.run(LINK, json!({ "id": other })).await["customer"], Value::Null);
    let stranger = daybook.owner("elsewhere").await;
    assert_eq!(stranger.run(LINK, json!({ "id": customer })).await["customer"], Value::Null);
    let (_, key) = owner.api_key("names", &["CUSTOMERS_READ"]).await;
    let program = daybook.anyone().with_token(&key);
    assert_eq!(program.error_codes(LINK, json!({ "id": customer })).await, ["FORBIDDEN"]);
    for (variables, code) in [
        (json!({ "id": customer, "month": "2026-01", "to": "2026-01-31" }), "BAD_USER_INPUT"),
        (json!({ "id": customer, "from": "2026-01-02", "to": "2026-01-01" }), "BAD_USER_INPUT"),
    ] {
        assert_eq!(owner.error_codes(LINK, variables).await, [code]);
    }
    // Of a customer who is gone, nothing is left.
    let url = link(&owner, json!({ "id": other })).await;
    let delete = "mutation ($id: ID!) { customerDelete(id: $id) { userErrors { code field message } } }";
    owner.change(delete, json!({ "id": other })).await;
    assert_eq!(open(&url).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_opens_too_many_documents_has_to_wait() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let (owner, customer) = dairy(&daybook).await;
    let url = link(&owner, json!({ "id": customer, "format": "HTML" })).await;
    let mut opened = 0;
    let refused = loop {
        let page = open(&url).await;
        if page.status != 200 {
            break page;
        }
        opened += 1;
    };
    // The bucket of an address holds 100,000, less what the tests asked for without signing in.
    assert!((90..=100).contains(&opened), "{opened}");
    assert_eq!(refused.status, 429);
    daybook.clock.set(now() + Duration::seconds(1));
    assert_eq!(open(&url).await.status, 200);
}
