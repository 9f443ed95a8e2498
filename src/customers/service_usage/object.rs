//! The GraphQL object `ServiceUsage`.

use async_graphql::Object;
use chrono::{DateTime, Utc};

use super::model::ServiceUsage;

/// How much of what they subscribed to a customer uses, by the last report of a router or a script.
#[Object(serial)]
impl ServiceUsage {
    /// How many percent of what they may: 0 to 100.
    async fn percent(&self) -> i32 {
        self.percent
    }

    /// With how many devices.
    async fn devices(&self) -> i32 {
        self.devices
    }

    /// When it was reported.
    async fn reported_at(&self) -> DateTime<Utc> {
        self.reported_at
    }
}
