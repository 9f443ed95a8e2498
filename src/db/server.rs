//! The built-in PostgreSQL, for a Daybook that was given no `DATABASE_URL`.
//!
//! A private server lives in Daybook's data folder:
//!
//! | Path           | What it is                                                          |
//! |----------------|---------------------------------------------------------------------|
//! | `postgres/`    | the database files, made once by `initdb`                           |
//! | `postgres.log` | what the server says; the file before it is `postgres.log.1`        |
//! | `run/`         | the Unix socket, in a folder only the server's user (and root) enter |
//! | `start.lock`   | held while a process starts, joins or stops the server              |
//! | `users.lock`   | shared by every process that uses the server                        |
//!
//! # Lifecycle
//!
//! Several Daybook processes may work with one data folder: `serve`, and beside it an `import`.
//! The first one starts PostgreSQL, the others join it, and whoever leaves last stops it. Two
//! `flock` locks arrange that, because the system drops them even after a `kill -9`:
//!
//! 1. [`Server::start`] takes `start.lock` alone, so that joining, starting and stopping never
//!    overlap, and then a share of `users.lock`, which it keeps while it uses the server.
//! 2. If a server answers on the socket, it is used, whoever started it, be it a process that has
//!    since been killed. Otherwise one is started, after `initdb` on the very first start.
//! 3. [`Server::stop`] takes `start.lock` again, gives up its share of `users.lock` and tries to
//!    have that lock alone. It is the last user if it can, and then the server is stopped. Nobody
//!    can come in between: joining needs `start.lock`.
//!
//! The server runs in a process group of its own, so that Ctrl-C in a terminal reaches Daybook
//! alone, which can then finish its work before it stops the database. PostgreSQL refuses to run
//! as root; for root the server runs as the owner of the data folder if that is someone else, and
//! otherwise as the user `postgres` (or `nobody`), who then owns `postgres/` and `run/`.
//!
//! # Who may connect
//!
//! The server has no network port. Whoever can enter the socket's folder (mode 0700) is trusted
//! as any role, which is no more than they could do with the database files themselves.

mod discover;
mod folder;
mod initdb;
mod process;

use std::{
    env, fmt,
    fmt::Write as _,
    fs::File,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::process::{Signal, kill_process};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_postgres::{Client, SimpleQueryMessage};

use self::{folder::Folder, process::describe};

/// Name of the application's role and of its database.
const ROLE: &str = "daybook";
/// Name of the superuser that `initdb` makes.
const SUPERUSER: &str = "postgres";
/// Lets conditions on what is searched be looked up in indexes. Under row-level security PostgreSQL takes only operators
/// for that which it knows to tell nothing of the rows that they look at. These tell nothing, not even by failing, but
/// only a superuser can say so.
const LEAKPROOF: &str = "DO $$
    BEGIN
        IF NOT (SELECT proleakproof FROM pg_proc WHERE oid = 'textlike(text, text)'::regprocedure) THEN
            ALTER FUNCTION textlike(text, text) LEAKPROOF;
            ALTER FUNCTION arraycontains(anyarray, anyarray) LEAKPROOF;
            ALTER FUNCTION jsonb_contains(jsonb, jsonb) LEAKPROOF;
        END IF;
    END
    $$";
/// The same of the operator of an extension, which the application's role makes and owns.
const LEAKPROOF_SIMILARITY: &str = "SET ROLE daybook;
    CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gin;
    RESET ROLE;
    DO $$
    BEGIN
        IF NOT (SELECT proleakproof FROM pg_proc WHERE oid = 'similarity_op(text, text)'::regprocedure) THEN
            ALTER FUNCTION similarity_op(text, text) LEAKPROOF;
        END IF;
    END
    $$";
/// How often a server that starts or stops is looked at.
const POLL: Duration = Duration::from_millis(10);
/// How long a server may take to write everything to disk and end.
const STOP_TIMEOUT: Duration = Duration::from_mins(1);

/// What the built-in server is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Daybook's data folder, made if it is missing. See [`default_data_dir`].
    pub data_dir: PathBuf,
    /// More PostgreSQL settings, each `name=value`. They have no effect on a server that another
    /// process has already started.
    pub settings: Vec<String>,
    /// Whether the application's role must be allowed to create databases, as test runs do. It
    /// keeps that right afterwards.
    pub create_db: bool,
}

/// A share in the built-in server. Give it back with [`Server::stop`].
///
/// A dropped share leaves the server running: dropping can neither wait nor fail, and the next
/// process that uses the data folder joins that server and stops it in the end.
#[derive(Debug)]
pub struct Server {
    folder: Folder,
    bin_dir: PathBuf,
    socket_dir: PathBuf,
    /// `users.lock`, held shared.
    users: File,
    /// Waits for the server to end, if this process is its parent.
    reaper: Option<JoinHandle<()>>,
    /// Set once the end of the server is no surprise any more.
    leaving: Arc<AtomicBool>,
}

impl Server {
    /// Starts the built-in server, or joins the one that runs in this data folder.
    ///
    /// # Errors
    ///
    /// When no suitable PostgreSQL is installed, when the data folder cannot be used, or when the
    /// server does not come up. The message says what to do.
    pub async fn start(options: Options) -> Result<Self, ServerError> {
        if let Some(wrong) = options.settings.iter().find(|it| !it.contains('=')) {
            return Err(ServerError(format!("`{wrong}` is no PostgreSQL setting: write it as name=value")));
        }
        let folder = Folder::open(&options.data_dir)?;
        let start_lock = folder.lock_start().await?;
        let installation = discover::find(folder.major_version()?).await?;
        let users = folder.share()?;
        folder.initialise(&installation.bin_dir).await?;
        let socket_dir = folder.socket_dir()?;

        let mut child = None;
        let connected = process::bring_up(&folder, &installation, &socket_dir, &options.settings, &mut child).await;
        let leaving = Arc::new(AtomicBool::new(false));
        let reaper = child.map(|child| tokio::spawn(process::reap(child, Arc::clone(&leaving), folder.log())));
        let mut server = Self { folder, bin_dir: installation.bin_dir, socket_dir, users, reaper, leaving };
        let prepared = match connected {
            Ok(client) => server.prepare(client, options.create_db).await,
            Err(error) => Err(error),
        };
        if let Err(error) = prepared {
            // The first failure is the one worth reading, so that of leaving is not reported.
            let _ = server.leave(start_lock).await;
            return Err(error);
        }
        Ok(server)
    }

    /// Connection URL of the application's role, such as
    /// `postgres://daybook@/daybook?host=%2Fvar%2Flib%2Fdaybook%2Frun`.
    #[must_use]
    pub fn url(&self) -> String {
        let host = percent_encode(self.socket_dir.as_os_str().as_bytes());
        format!("postgres://{ROLE}@/{ROLE}?host={host}")
    }

    /// Folder of the server's Unix socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Folder of the PostgreSQL programs that belong to this server, such as `pg_dump`.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// Gives up this share, and stops the server if no other process uses it.
    ///
    /// Open connections are cut off, so close what still has work to do first.
    ///
    /// # Errors
    ///
    /// When the server does not end in time; it keeps running then.
    pub async fn stop(mut self) -> Result<(), ServerError> {
        // From here on other users may stop the server, as soon as they are the last.
        self.leaving.store(true, Ordering::Relaxed);
        let start_lock = self.folder.lock_start().await?;
        self.leave(start_lock).await
    }

    /// Stops the server if no one else uses it. Whoever calls this holds `start.lock`.
    async fn leave(&mut self, start_lock: File) -> Result<(), ServerError> {
        self.leaving.store(true, Ordering::Relaxed);
        // Unlocked by name, not by closing: a program being started at this very moment may still
        // have a copy of the open file.
        self.users.unlock().map_err(|error| ServerError::io("give up", &self.folder.users_lock(), &error))?;
        let alone = self.folder.nobody_uses_it()?;
        if alone && let Some(pid) = self.folder.postmaster() {
            let deadline = Instant::now() + STOP_TIMEOUT;
            // SIGINT is the "fast" shutdown. An error means that the process is gone already.
            let _ = kill_process(pid, Signal::INT);
            while self.folder.postmaster() == Some(pid) {
                if Instant::now() > deadline {
                    return Err(ServerError(format!(
                        "the built-in PostgreSQL (process {pid}) has not stopped within {} s; see {}",
                        STOP_TIMEOUT.as_secs(),
                        self.folder.log().display()
                    )));
                }
                sleep(POLL).await;
            }
        }
        if alone && let Some(reaper) = self.reaper.take() {
            // It only fails when the runtime is shutting down, and then there is nothing to wait for.
            let _ = timeout(STOP_TIMEOUT, reaper).await;
        }
        drop(start_lock);
        Ok(())
    }

    /// Makes the application's role and database unless they exist.
    async fn prepare(&self, client: Client, create_db: bool) -> Result<(), ServerError> {
        let failed = |error: tokio_postgres::Error| {
            ServerError(format!(
                "cannot prepare the built-in database: {}; see {}",
                describe(&error),
                self.folder.log().display()
            ))
        };
        let found = client
            .simple_query(&format!(
                "SELECT (SELECT rolcreatedb FROM pg_roles WHERE rolname = '{ROLE}'), \
                 (SELECT true FROM pg_database WHERE datname = '{ROLE}')"
            ))
            .await
            .map_err(failed)?;
        let cell = |index: usize| {
            found.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(index),
                _ => None,
            })
        };
        let right = if create_db { " CREATEDB" } else { "" };
        let role = match cell(0) {
            None => Some(format!("CREATE ROLE {ROLE} LOGIN{right}")),
            Some("f") if create_db => Some(format!("ALTER ROLE {ROLE}{right}")),
            Some(_) => None,
        };
        let database = cell(1).is_none().then(|| format!("CREATE DATABASE {ROLE} OWNER {ROLE}"));
        // First, so that what is made of it has it too.
        if database.is_some() {
            self.tell("template1", &[LEAKPROOF]).await.map_err(failed)?;
        }
        for statement in role.iter().chain(&database) {
            client.batch_execute(statement).await.map_err(failed)?;
        }
        self.tell(ROLE, &[LEAKPROOF, LEAKPROOF_SIMILARITY]).await.map_err(failed)
    }

    /// Runs statements in a data base as the superuser.
    async fn tell(&self, database: &str, statements: &[&str]) -> Result<(), tokio_postgres::Error> {
        let process::Answer::Ready(client) = process::connect(&self.socket_dir, database).await else {
            // Searches are right without it, and slow.
            tracing::warn!(database, "searches may be slow: no connection to say which operators are safe");
            return Ok(());
        };
        for statement in statements {
            client.batch_execute(statement).await?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.leaving.store(true, Ordering::Relaxed);
    }
}

/// Where Daybook keeps its data unless told otherwise: `/var/lib/daybook` for root, and for
/// everyone else `daybook` in `$XDG_DATA_HOME`, or `~/.local/share` without it.
#[must_use]
pub fn default_data_dir() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/daybook");
    }
    env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        // The XDG specification wants relative paths to be ignored.
        .filter(|path| path.is_absolute())
        .unwrap_or_else(|| env::home_dir().unwrap_or_default().join(".local/share"))
        .join("daybook")
}

/// Why the built-in PostgreSQL cannot be used, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerError(String);

impl ServerError {
    /// "Cannot `verb` `path`: `error`".
    fn io(verb: &str, path: &Path, error: &std::io::Error) -> Self {
        Self(format!("cannot {verb} {}: {error}", path.display()))
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ServerError {}

/// Encodes everything but the characters that RFC 3986 calls unreserved.
fn percent_encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_escape_what_a_path_may_contain() {
        assert_eq!(percent_encode(b"/var/lib/day book/\xc3\xbc"), "%2Fvar%2Flib%2Fday%20book%2F%C3%BC");
    }

    #[tokio::test]
    async fn settings_need_a_value() {
        let error = Server::start(Options {
            data_dir: PathBuf::from("/nonexistent"),
            settings: vec!["fsync".to_owned()],
            create_db: false,
        })
        .await
        .unwrap_err();
        assert_eq!(error.to_string(), "`fsync` is no PostgreSQL setting: write it as name=value");
    }
}
