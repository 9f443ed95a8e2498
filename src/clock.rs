//! Time and new ids come from a [`Clock`] that is passed in, so that tests and demos can set it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;
use uuid::{ContextV7, Timestamp, Uuid};

/// Tells the time and makes ids.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The time of the machine.
    #[default]
    System,
    /// A time that stands still until it is set, in microseconds since 1970.
    Manual(Arc<AtomicI64>),
}

/// The counter that keeps the ids of one process in order within a millisecond.
static IDS: Mutex<ContextV7> = Mutex::new(ContextV7::new());

impl Clock {
    /// A clock that stands still at `time`.
    pub fn manual(time: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(time.timestamp_micros())))
    }

    /// Sets a manual clock; the machine's cannot be set.
    pub fn set(&self, time: DateTime<Utc>) {
        if let Self::Manual(micros) = self {
            micros.store(time.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// The time now, to the microsecond, which is what PostgreSQL keeps.
    #[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Manual(micros) => {
                Utc.timestamp_micros(micros.load(Ordering::SeqCst)).single().unwrap_or(DateTime::UNIX_EPOCH)
            }
        }
    }

    /// Today's date in a business's zone.
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }

    /// A new UUIDv7, after every one that this process made before.
    pub fn id(&self) -> Uuid {
        let now = self.now();
        let context = IDS.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_process_are_in_the_order_they_were_made() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
        let ids: Vec<_> = (0..10_000).map(|_| clock.id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
