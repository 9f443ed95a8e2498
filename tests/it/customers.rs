//! Customers, through the API.

use serde_json::json;

use crate::harness::Daybook;

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_without_a_code_gets_the_next_one() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for code in ["C-000001", "C-000002"] {
        let id = owner.customer("Someone").await;
        let data = owner.run("query ($id: ID!) { customer(id: $id) { code } }", json!({ "id": id })).await;
        assert_eq!(data["customer"]["code"], code);
    }
}
