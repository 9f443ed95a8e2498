//! Counts and logs the statements of one transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// How many statements were sent; clones share the count.
#[derive(Debug, Clone, Default)]
pub struct Statements(Arc<AtomicUsize>);

impl Statements {
    /// The count so far.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            self.0.fetch_add(1, Ordering::Relaxed);
            tracing::trace!(target: "daybook::sql", "{query}");
        }
    }
}
