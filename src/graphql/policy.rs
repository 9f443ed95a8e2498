//! What the operator of a server allows its callers, beyond their permissions.

use std::sync::Arc;

use super::Trusted;

/// What callers may do. The default is for a server that strangers can reach.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How much comes back every second of the cost that a caller may spend: see [`crate::graphql`]'s budget. At least
    /// 500, so that the dearest operation finds room in a bucket.
    pub cost_per_second: u32,
    /// The only documents that run, if there are such.
    pub trusted: Option<Arc<Trusted>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { cost_per_second: 5_000, trusted: None }
    }
}
