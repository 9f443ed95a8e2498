//! A business with one of everything in it.

use std::collections::BTreeMap;

use daybook::db::Scope;
use daybook::id::{BusinessId, UserId, decode};
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text, values};
use crate::introspection::{AFTER, Operation, Root, Schema};

/// A business, its owner, and the ids of what it has.
pub struct World {
    pub owner: Client,
    /// By what they are: `customer`, `note` and so on.
    pub ids: BTreeMap<&'static str, String>,
    /// What all texts in it have in them, and nothing else anywhere has.
    pub mark: String,
    /// A program with an API key that has every scope.
    pub program: Client,
    /// Its customer, signed in by share link.
    pub customer: Client,
}

/// The WhatsApp number of every world's customer.
pub const NUMBER: &str = "+12125550123";

impl World {
    pub async fn new(daybook: &Daybook, slug: &str) -> Self {
        let owner = daybook.owner(slug).await;
        let mark = format!("mark-of-{slug}");
        let made = async |field: &str, object: &str, input: Value| {
            let name = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
            let query = format!(
                "mutation ($input: {name}!) {{ {field}(input: $input) {{ {object} {{ id }} userErrors {{ code field message }} }} }}"
            );
            text(&owner.change(&query, json!({ "input": input })).await[object]["id"]).to_owned()
        };
        let customer = json!({ "name": mark, "email": format!("{mark}@x.example"), "tags": [mark], "whatsappPhone": NUMBER,
                "phone": "+12125550125", "address": mark, "billingName": mark, "billingAddress": mark, "taxId": mark });
        let customer = made("customerCreate", "customer", customer).await;
        let of = |mut input: Value| {
            input["customerId"] = json!(customer);
            input
        };
        let contact = made(
            "contactCreate",
            "contact",
            of(json!({ "name": mark, "email": "contact@x.example", "phone": "+12125550124" })),
        )
        .await;
        let note = made("noteCreate", "note", of(json!({ "kind": "ISSUE", "content": mark }))).await;
        let prefer = "mutation ($id: ID!, $input: PreferenceUpdateInput!) {
            preferenceUpdate(customerId: $id, input: $input) { userErrors { code field message } } }";
        let preferred = json!({ "favouriteProducts": [mark], "paymentMethod": "CASH", "bestTime": mark,
            "doNotContact": true, "doNotContactReason": mark });
        owner.change(prefer, json!({ "id": customer, "input": preferred })).await;
        let report = "mutation ($input: ServiceUsageUpdateInput!) { serviceUsageUpdate(input: $input) {
            userErrors { code field message } } }";
        let used = json!({ "customerId": customer, "percent": 40, "devices": 2 });
        owner.change(report, json!({ "input": used })).await;
        let segment = json!({ "name": mark, "search": mark, "filter": { "tags": [mark] } });
        let segment = made("segmentCreate", "segment", segment).await;
        let me = owner.run("{ me { user { id } } }", json!({})).await["me"]["user"]["id"].take();
        let ticket =
            made("ticketCreate", "ticket", of(json!({ "subject": mark, "content": mark, "assigneeId": me }))).await;
        let record = json!({ "product": mark, "quantity": "2", "unit": "l", "unitPrice": "50", "shift": "MORNING", "occurredOn": "2026-01-01", "idempotencyKey": mark });
        let record = made("recordCreate", "record", of(record)).await;
        let lines = json!([{ "product": mark, "quantity": "2", "unitPrice": "35" }]);
        let sale = made(
            "saleCreate",
            "sale",
            of(json!({ "amount": "70", "reference": mark, "occurredOn": "2026-01-02", "lines": lines })),
        )
        .await;
        let method = json!({ "method": "CASH", "label": mark });
        let method = made("paymentMethodCreate", "paymentMethod", of(method)).await;
        let paid = json!({ "amount": "10", "method": "CASH", "paymentMethodId": method, "reference": mark,
            "charges": [{ "chargeId": sale }] });
        let payment = made("paymentRecord", "payment", of(paid)).await;
        let fee = json!({ "kind": "FEE", "amount": "1", "reason": mark, "occurredOn": "2026-01-03" });
        let adjustment = made("adjustmentCreate", "adjustment", of(fee)).await;

        let plan = json!({ "code": mark, "name": mark, "description": mark, "price": "29", "interval": "MONTH",
            "features": [mark], "attributes": { "mark": mark } });
        let plan = made("planCreate", "plan", plan).await;

        let subscribed = json!({ "planId": plan });
        let subscription = made("subscriptionCreate", "subscription", of(subscribed)).await;

        let week = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
        let daily = json!({ "product": mark, "quantity": "1", "unit": "l", "unitPrice": "50", "weekdays": week });
        let standing_order = made("standingOrderCreate", "standingOrder", of(daily)).await;

        let line = json!([{ "description": mark, "unitPrice": "50", "taxRate": "10" }]);
        let invoice = made("invoiceCreate", "invoice", of(json!({ "lines": line, "memo": mark }))).await;
        let finalize = "mutation ($id: ID!) { invoiceFinalize(id: $id) {
            invoice { charge { id } } userErrors { code field message } } }";
        let owed = owner.change(finalize, json!({ "id": invoice })).await["invoice"]["charge"]["id"].take();
        let credited = json!({ "invoiceId": invoice, "amount": "5", "reason": mark });
        let credit_note = made("creditNoteCreate", "creditNote", credited).await;

        let (api_key, secret) = owner.api_key(&mark, &scopes(&owner).await).await;
        let program = daybook.anyone().with_token(&secret);
        let (share_link, link) = owner.share_link(&customer).await;
        let signed_in = daybook.anyone().as_customer(&link, NUMBER).await;

        let query = "query ($id: ID!) { me { user { id } memberships { id } }
            payment(id: $id) { allocations { id } } tickets { nodes { messages { nodes { id } } } } plans { nodes { prices { nodes { id } } } }
            events(first: 100) { nodes { id kind } } }";
        let complete = |data: &Value| data["events"].to_string().contains("CUSTOMER_SIGNED_IN");
        let read = owner.log(query, json!({ "id": payment }), complete).await;
        let id = |value: &Value| text(value).to_owned();
        let ids = BTreeMap::from([
            ("business", owner.business.clone()),
            ("user", id(&read["me"]["user"]["id"])),
            ("membership", id(&read["me"]["memberships"][0]["id"])),
            ("customer", customer),
            ("apiKey", api_key),
            ("shareLink", share_link),
            ("contact", contact),
            ("note", note),
            ("segment", segment),
            ("ticket", ticket),
            ("ticketMessage", id(&read["tickets"]["nodes"][0]["messages"]["nodes"][0]["id"])),
            ("record", record),
            ("charge", sale.clone()),
            ("sale", sale),
            ("payment", payment),
            ("adjustment", adjustment),
            ("paymentMethod", method),
            ("plan", plan),
            ("planPrice", id(&read["plans"]["nodes"][0]["prices"]["nodes"][0]["id"])),
            ("subscription", subscription),
            ("standingOrder", standing_order),
            ("invoice", invoice),
            ("invoiceCharge", id(&owed)),
            ("creditNote", credit_note),
            ("allocation", id(&read["payment"]["allocations"][0]["id"])),
            ("event", id(&read["events"]["nodes"][0]["id"])),
        ]);
        Self { owner, ids, mark, program, customer: signed_in }
    }

    pub fn business(&self) -> BusinessId {
        self.ids["business"].parse().unwrap()
    }

    pub fn user(&self) -> UserId {
        self.ids["user"].parse().unwrap()
    }

    /// Its id for a path that [`Schema::ids`] found: `customerArchive.id` and `saleCreate.input.customerId` are
    /// a customer's. Panics where that is not clear, so that whoever adds such a field says what it takes.
    pub fn id(&self, path: &str) -> String {
        let (root, rest) = path.split_once('.').unwrap();
        let last = rest.rsplit('.').next().unwrap();
        let noun = match last {
            "id" | "ids" if rest == last => {
                let root = root.strip_suffix("Preview").unwrap_or(root);
                let verbs = [
                    "DunningHold",
                    "Unskip",
                    "Skip",
                    "End",
                    "DunningRelease",
                    "PriceChange",
                    "Finalize",
                    "MarkUncollectible",
                    "Archive",
                    "Restore",
                    "Update",
                    "Delete",
                    "Erase",
                    "Void",
                    "Reverse",
                    "Refund",
                    "Revoke",
                    "Change",
                    "Pause",
                    "Resume",
                    "Cancel",
                ];
                verbs.iter().find_map(|verb| root.strip_suffix(verb)).unwrap_or(root)
            }
            _ => last.strip_suffix("Ids").or(last.strip_suffix("Id")).unwrap_or(last),
        };
        let noun = match noun {
            "charges" => "charge",
            "customers" => "customer",
            "assignee" => "user",
            noun => noun,
        };
        let noun = if noun == "node" || noun == "nodes" { "customer" } else { noun };
        let found = self.ids.get(noun);
        found.unwrap_or_else(|| panic!("say in tests/it/world.rs whose id `{path}` takes")).clone()
    }

    /// Its id of an object that is a `Node`.
    pub fn id_of(&self, object: &str) -> &str {
        let kind = match object {
            "SavedPaymentMethod" => "paymentMethod",
            "PlanSubscription" => "subscription",
            other => other,
        };
        let found = self.ids.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind));
        found.unwrap_or_else(|| panic!("the world has no {object}")).1
    }

    /// A call of a root field that is about this business alone.
    pub fn call(&self, schema: &Schema, root: &Root) -> Operation {
        schema.call(root, |path| {
            // A payment names its charges or leaves that to Daybook; both is more than a call needs.
            // Nor does it need who takes care of a ticket, or a segment: that is not for everyone to ask.
            let staffs = ["ticketCreate.input.assigneeId", "tickets.filter.assigneeId", "customers.segmentId"];
            let more = path.contains(".charges.") || staffs.contains(&path);
            (!more && !path.ends_with(AFTER)).then(|| json!(self.id(path)))
        })
    }

    /// Every row of the business in every table, as text.
    pub async fn rows(&self, daybook: &Daybook) -> Vec<String> {
        let transaction = daybook.scope(Scope::Business(self.business(), None)).await;
        let mut rows = Vec::new();
        for table in tenant_tables(daybook).await {
            let query = format!("SELECT '{table} ' || to_jsonb(t)::text AS value FROM {table} t ORDER BY 1");
            rows.extend(values(&transaction, &query).await);
        }
        rows
    }

    /// Whether an answer has anything of this business in it, but for ids that an error repeats.
    pub fn shows_in(&self, answer: &Value) -> bool {
        let mut data = answer["data"].clone();
        blank_messages(&mut data);
        let written = data.to_string();
        written.contains(&self.mark) || self.ids.values().any(|id| written.contains(id.as_str()))
    }
}

/// All scopes that a key of theirs can have.
pub async fn scopes(owner: &Client) -> Vec<String> {
    let data = owner.run("{ me { permissions } }", json!({})).await;
    let all = data["me"]["permissions"].as_array().unwrap().iter().map(|scope| text(scope).to_owned());
    all.filter(|scope| scope != "API_KEYS").collect()
}

/// Takes out of an answer what repeats ids that were asked for.
pub fn blank_messages(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("message");
            fields.values_mut().for_each(blank_messages);
        }
        Value::Array(items) => items.iter_mut().for_each(blank_messages),
        _ => {}
    }
}

/// Every table of Daybook's.
pub async fn tables(daybook: &Daybook) -> Vec<String> {
    let transaction = daybook.scope(Scope::System).await;
    let query = "SELECT c.relname::text AS value FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '__diesel_schema_migrations'
        ORDER BY 1";
    values(&transaction, query).await
}

/// Those whose rows belong to one business.
pub async fn tenant_tables(daybook: &Daybook) -> Vec<String> {
    let transaction = daybook.scope(Scope::System).await;
    let query = "SELECT c.relname::text AS value FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'business_id'
        ORDER BY 1";
    values(&transaction, query).await
}

/// The UUID in an id, as PostgreSQL writes it.
pub fn uuid(id: &str) -> String {
    decode(id).unwrap().1.to_string()
}
