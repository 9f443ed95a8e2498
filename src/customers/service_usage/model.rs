//! A report of usage and its checks.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tables::service_usages;
use crate::error::{Result, UserErrorCode};
use crate::id::CustomerId;
use crate::text::Checks;

/// The most reports of one mutation.
const MAX_REPORTS: usize = 500;
const MAX_DEVICES: i32 = 1_000_000;

/// How much a customer uses, by the last report.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = service_usages)]
pub struct ServiceUsage {
    /// The customer.
    pub id: CustomerId,
    /// So many percent of what they may.
    pub percent: i32,
    /// With so many devices.
    pub devices: i32,
    /// When that was reported.
    pub reported_at: DateTime<Utc>,
}

/// How much a customer uses.
#[derive(Debug, Clone, InputObject)]
pub struct ServiceUsageUpdateInput {
    /// Who, by id. Give this or `code`.
    pub customer_id: Option<CustomerId>,
    /// Who, by code.
    pub code: Option<String>,
    /// How many percent of what they may: 0 to 100.
    pub percent: i32,
    /// With how many devices: 0 to 1,000,000.
    pub devices: i32,
}

/// How much many customers use.
#[derive(Debug, Clone, InputObject)]
pub struct ServiceUsagesUpdateInput {
    /// At least one, at most 500; each customer once.
    pub reports: Vec<ServiceUsageUpdateInput>,
}

impl ServiceUsagesUpdateInput {
    /// An error for each report that is wrong, or if there are none or too many.
    pub fn check(&self) -> Result<()> {
        let mut checks = Checks::default();
        let count = self.reports.len();
        if count == 0 {
            checks.add(UserErrorCode::Required, "reports", "reports must have at least one");
        }
        if count > MAX_REPORTS {
            let message =
                format!("{count} reports; at most {MAX_REPORTS} are allowed at once: send the rest after them");
            checks.add(UserErrorCode::TooLong, "reports", message);
        } else {
            for (place, report) in self.reports.iter().enumerate() {
                report.check(&format!("reports.{place}."), &mut checks);
            }
        }
        checks.finish()
    }
}

impl ServiceUsageUpdateInput {
    /// What is wrong with it goes to `checks`; the names of its fields come after `before`.
    pub fn check(&self, before: &str, checks: &mut Checks) {
        match (self.customer_id, &self.code) {
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) => {
                let message = "say who: give customerId or code";
                checks.add(UserErrorCode::Required, &format!("{before}customerId"), message);
            }
            (Some(_), Some(_)) => {
                let message = "give customerId or code, and not both";
                checks.add(UserErrorCode::Invalid, &format!("{before}code"), message);
            }
        }
        for (field, value, most) in [("percent", self.percent, 100), ("devices", self.devices, MAX_DEVICES)] {
            if !(0..=most).contains(&value) {
                let message = format!("{field} is {value}; it must be from 0 to {most}");
                checks.add(UserErrorCode::Invalid, &format!("{before}{field}"), message);
            }
        }
    }
}
