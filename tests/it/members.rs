//! Who belongs to a business, for colleagues who hand work to each other.

use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text};
use crate::world::World;

const MEMBERS: &str = "query ($first: Int, $after: String) { business { members(first: $first, after: $after) {
    totalCount nodes { id role user { id name } business { slug } } pageInfo { hasNextPage endCursor } } } }";

async fn members(client: &Client, variables: Value) -> Value {
    client.run(MEMBERS, variables).await["business"]["members"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_who_belongs_to_the_business_by_name_and_can_assign_tickets_to_them() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let mut staff = vec![world.owner.clone()];
    for role in ["MANAGER", "CLERK", "VIEWER"] {
        staff.push(daybook.member(&world.owner, role).await);
    }
    // Those of another business are nobody here.
    let elsewhere = World::new(&daybook, "elsewhere").await;
    daybook.member(&elsewhere.owner, "CLERK").await;
    for member in &staff {
        let listed = members(member, json!({})).await;
        assert_eq!(listed["totalCount"], 4);
        let mut found = Vec::new();
        for node in listed["nodes"].as_array().unwrap() {
            assert_eq!(node["business"]["slug"], "shop");
            found.push((text(&node["role"]), text(&node["user"]["name"]).split('-').next().unwrap()));
        }
        let expected = [
            ("CLERK", "Owner of clerk"),
            ("MANAGER", "Owner of manager"),
            ("OWNER", "Owner of shop"),
            ("VIEWER", "Owner of viewer"),
        ];
        assert_eq!(found, expected);
    }
    let nobody = members(&elsewhere.owner, json!({})).await;
    assert_eq!(nobody["totalCount"], 2);

    // Page by page, and each by their id.
    let listed = members(&staff[2], json!({})).await;
    let (mut after, mut paged) = (Value::Null, Vec::new());
    loop {
        let page = members(&staff[2], json!({ "first": 3, "after": after })).await;
        paged.extend(page["nodes"].as_array().unwrap().clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(json!(paged), listed["nodes"]);
    let node = "query ($id: ID!) { node(id: $id) { ... on Membership { role user { id } } } }";
    let assign = "mutation ($id: ID!, $to: ID!) { ticketUpdate(id: $id, input: { assigneeId: $to }) {
        ticket { assignee { id name } } userErrors { code field message } } }";
    for member in &paged {
        let found = staff[3].run(node, json!({ "id": member["id"] })).await["node"].take();
        assert_eq!(found, json!({ "role": member["role"], "user": { "id": member["user"]["id"] } }));
        assert_eq!(elsewhere.owner.run(node, json!({ "id": member["id"] })).await["node"], Value::Null);
        let to = json!({ "id": world.ids["ticket"], "to": member["user"]["id"] });
        let assigned = staff[2].change(assign, to).await["ticket"]["assignee"].take();
        assert_eq!(assigned, member["user"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_colleagues_are_for_owners_managers_and_themselves() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let list = "{ business { members { nodes { user { email } } } } }";
    let own = "{ me { user { email } } }";
    let author = "{ customers { nodes { notes { nodes { author { email } } } } } }";
    for (role, may) in [("MANAGER", true), ("CLERK", false), ("VIEWER", false)] {
        let member = daybook.member(&world.owner, role).await;
        let slug = format!("{}-{}", role.to_lowercase(), world.owner.business.to_lowercase().replace('_', "-"));
        let address = format!("{slug}@test.example");
        assert_eq!(member.run(own, json!({})).await["me"]["user"]["email"], address);
        let answer = member.send(list, json!({})).await.body;
        let emails: Vec<_> = answer["data"]["business"]["members"]["nodes"].as_array().unwrap().iter().collect();
        assert_eq!(emails.iter().filter(|node| !node["user"]["email"].is_null()).count() > 1, may, "{role}");
        let known = emails.iter().any(|node| node["user"]["email"] == json!(address));
        assert!(known, "{role}: their own");
        assert_eq!(answer.get("errors").is_none(), may, "{role}");
        let codes = member.error_codes(author, json!({})).await;
        assert_eq!(codes, if may { vec![] } else { vec!["FORBIDDEN"] }, "{role}");
    }
    // Nor have programs without the scope for it, or customers.
    let (_, key) = world.owner.api_key("Till", &["MEMBERS_READ", "BUSINESS_READ"]).await;
    let program = daybook.anyone().with_token(&key);
    assert_eq!(program.error_codes(list, json!({})).await.first().map(String::as_str), Some("FORBIDDEN"));
    let names = "{ business { members { nodes { user { name } } } } }";
    assert_eq!(program.error_codes(names, json!({})).await, Vec::<String>::new());
    assert_eq!(world.customer.error_codes(names, json!({})).await, ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_listed_of_the_business_in_which_one_acts_and_take_two_statements() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let member = daybook.member(&owner, "CLERK").await;
    let query = "{ me { memberships { business { slug members { totalCount } } } } }";
    let answer = member.send(query, json!({})).await.body;
    let shown = answer["data"]["me"]["memberships"].as_array().unwrap();
    let of = |slug: &dyn Fn(&str) -> bool| {
        let found = shown.iter().find(|member| slug(text(&member["business"]["slug"])));
        found.unwrap()["business"]["members"].clone()
    };
    assert_eq!(of(&|slug| slug == "shop"), json!({ "totalCount": 2 }));
    assert_eq!(of(&|slug| slug != "shop"), Value::Null, "they act in the shop");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");

    for role in ["MANAGER", "VIEWER"] {
        daybook.member(&owner, role).await;
    }
    let query = "query ($first: Int!) { business { members(first: $first) { nodes { user { name } } } } }";
    for first in [1, 4] {
        // The business, the page, the users on it.
        assert_eq!(owner.send(query, json!({ "first": first })).await.statements, 3, "{first}");
    }
}
