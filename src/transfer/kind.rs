//! What the rows of a file are.

use async_graphql::Enum;
use clap::ValueEnum;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, EnumIter, EnumString, IntoStaticStr, ValueEnum)]
#[graphql(name = "ImportKind")]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// Who buys on account.
    Customers,
    /// Whom to talk to at a customer's.
    Contacts,
    /// Deliveries.
    Records,
    /// Purchases at the till.
    Sales,
    /// What was received.
    Payments,
}

/// A column of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub name: &'static str,
    /// Whether a file that is imported must have it.
    pub required: bool,
}

const fn required(name: &'static str) -> Column {
    Column { name, required: true }
}

const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

impl Kind {
    /// The columns, in the order in which an export has them.
    pub fn columns(self) -> &'static [Column] {
        const CUSTOMERS: &[Column] = &[
            required("code"),
            required("name"),
            optional("email"),
            optional("phone"),
            optional("whatsapp_phone"),
            optional("address"),
            optional("type"),
            optional("status"),
            optional("joined_on"),
            optional("member_since"),
            optional("tags"),
            optional("billing_name"),
            optional("billing_address"),
            optional("tax_id"),
            optional("metadata"),
            // Told by exports, left out by imports.
            optional("archived_at"),
        ];
        const CONTACTS: &[Column] = &[
            required("customer_code"),
            required("name"),
            optional("email"),
            optional("phone"),
            optional("role"),
            optional("is_primary"),
        ];
        const RECORDS: &[Column] = &[
            required("customer_code"),
            required("occurred_on"),
            required("product"),
            required("quantity"),
            optional("unit"),
            required("unit_price"),
            optional("shift"),
            optional("external_ref"),
        ];
        const SALES: &[Column] = &[
            required("customer_code"),
            required("occurred_on"),
            optional("items"),
            required("amount"),
            optional("reference"),
            optional("lines"),
            optional("external_ref"),
        ];
        const PAYMENTS: &[Column] = &[
            required("customer_code"),
            required("amount"),
            required("method"),
            required("received_at"),
            optional("reference"),
            optional("allow_credit"),
            optional("external_ref"),
        ];
        match self {
            Self::Customers => CUSTOMERS,
            Self::Contacts => CONTACTS,
            Self::Records => RECORDS,
            Self::Sales => SALES,
            Self::Payments => PAYMENTS,
        }
    }

    /// What they are called, in commands and addresses too.
    pub fn noun(self) -> &'static str {
        self.into()
    }
}
