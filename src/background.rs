//! Work that takes a core for a while: on threads of low priority, so that what answers requests goes first.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

use rustix::process::nice;
use tokio::sync::oneshot;

use crate::error::{Error, Result};

type Job = Box<dyn FnOnce() + Send>;

/// Reading what is large.
static BODIES: Background = Background(LazyLock::new(start));
/// Hashing passwords. Apart from bodies, so that neither waits for a flood of the other.
pub static PASSWORDS: Background = Background(LazyLock::new(start));
/// Writing documents.
pub static DOCUMENTS: Background = Background(LazyLock::new(start));

/// What is longer, in bytes, takes milliseconds to read.
const LARGE: usize = 32 << 10;

/// Reads something of that length, in bytes: at once, or in the background if it is large.
pub async fn reading<T: Send + 'static>(length: usize, read: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    if length <= LARGE { Ok(read()) } else { BODIES.run(read).await }
}

/// Threads on half of the cores, and what waits for them.
#[derive(Debug)]
pub struct Background(LazyLock<Sender<Job>>);

fn start() -> Sender<Job> {
    let (jobs, waiting) = channel::<Job>();
    let waiting = Arc::new(Mutex::new(waiting));
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    for _ in 0..cores.div_ceil(2) {
        let waiting = Arc::clone(&waiting);
        thread::spawn(move || {
            // Of this thread alone, on Linux. Not the lowest, which would starve beside another busy process.
            nice(10).ok();
            loop {
                let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                // Whoever waits for one that panics is told so.
                let Ok(job) = job else { return };
                drop(catch_unwind(AssertUnwindSafe(job)));
            }
        });
    }
    jobs
}

impl Background {
    /// Does the work there, in its turn; not at all if whoever waits for it has given up before that.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let (done, answer) = oneshot::channel();
        let job = Box::new(move || {
            if !done.is_closed() {
                done.send(work()).ok();
            }
        });
        self.0.send(job).map_err(|_| Error::internal("the threads of the background are gone"))?;
        answer.await.map_err(Error::internal)
    }
}
