//! The real binary, in processes of its own, and data folders for its built-in PostgreSQL.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::harness::{Database, PATIENCE};

/// A data folder that the server's user can reach. Removed in the end, with a server that was left in it.
pub struct Folder(pub PathBuf);

impl Folder {
    /// One that does not exist yet.
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("daybook-test-{}-{count}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    /// The process in `postmaster.pid`.
    pub fn postmaster(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.0.join("postgres/postmaster.pid")).ok()?;
        Pid::from_raw(text.lines().next()?.parse().ok()?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(pid) = self.postmaster() {
            let _ = kill_process(pid, Signal::QUIT);
            let begin = std::time::Instant::now();
            while is_there(pid) && begin.elapsed() < PATIENCE {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether there is such a process, or what is left of one that nobody has waited for.
pub fn is_there(pid: Pid) -> bool {
    test_kill_process(pid).is_ok()
}

/// Where the settings of a process come from, and nothing else of the environment.
pub enum Data<'a> {
    /// A data base of the run's server.
    Database(&'a Database),
    /// The built-in PostgreSQL.
    Folder(&'a Folder),
}

/// `daybook` with a data base, in a folder without a `daybook.toml`.
pub fn daybook(data: &Data) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    command.env_clear().envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "HOME"));
    command.env("DAYBOOK_LOG", "warn").current_dir("/").kill_on_drop(true).stdin(Stdio::null());
    match data {
        Data::Database(database) => command
            .env("DATABASE_URL", &database.url)
            .env("DAYBOOK_SIGNING_KEY", "a signing key for tests, of no worth"),
        Data::Folder(folder) => command.env("DAYBOOK_DATA_DIR", &folder.0),
    };
    command
}

/// What a command that ends by itself said: its exit code, its output and its complaints.
pub async fn output(mut command: Command) -> (Option<i32>, String, String) {
    let ended = timeout(PATIENCE, command.output()).await.expect("the command ends");
    let Output { status, stdout, stderr } = ended.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// A running `daybook serve`, killed with this value.
pub struct Serve {
    child: Child,
    pub address: SocketAddr,
}

impl Serve {
    /// Starts it on a free port.
    pub async fn start(data: &Data<'_>) -> Self {
        let mut command = daybook(data);
        command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, rest)) = line.split_once("http://") {
                    return rest.split('/').next().unwrap().parse().unwrap();
                }
            }
            panic!("the server ended before it served");
        });
        Self { address: address.await.expect("the server starts in time"), child }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().unwrap().try_into().unwrap()).unwrap()
    }

    /// Ends it without a chance to do anything about it.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to stop, and waits for that.
    pub async fn terminate(mut self, signal: Signal) -> ExitStatus {
        kill_process(self.pid(), signal).unwrap();
        timeout(PATIENCE, self.child.wait()).await.expect("the server stops").unwrap()
    }
}

/// Whether a data folder has what `path` names.
pub fn has(folder: &Folder, path: impl AsRef<Path>) -> bool {
    folder.0.join(path).exists()
}
