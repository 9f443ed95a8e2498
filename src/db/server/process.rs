//! The server process: starting it, waiting until it answers, and noticing its end.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};
use tokio_postgres::{Client, NoTls, error::SqlState};

use super::{POLL, SUPERUSER, ServerError, discover::Installation, folder::Folder};

/// Nothing listens on it: it is only a part of the socket's file name.
pub(super) const PORT: &str = "5432";
/// How long a server may take until its socket is there.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a server may take to recover from a crash. It begins anew after each interruption, so
/// impatience would only make it worse.
const RECOVERY_TIMEOUT: Duration = Duration::from_mins(10);
/// After how long to say that there is something to wait for.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a new server may be refused because remains of a killed one still have the memory.
const REMAINS_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Settings of every built-in server, which [`Options::settings`] may override.
const SETTINGS: &[&str] = &[
    "max_connections=100",
    "shared_buffers=128MB",
    // Short queries are the rule here, and compiling them takes longer than running them.
    "jit=off",
    "log_checkpoints=off",
    "log_line_prefix=%m [%p] %q%u@%d ",
    // Some distributions turn the collector on, which would take the log away from postgres.log.
    "logging_collector=off",
    "log_destination=stderr",
    "cluster_name=daybook",
];

/// Connects to the server of this folder, starting it if there is none.
///
/// One loop for all that can be found: a running server, one that is still starting or stopping,
/// none, or the remains of a crash. A server started here is left in `child`.
pub(super) async fn bring_up(
    folder: &Folder,
    installation: &Installation,
    socket_dir: &Path,
    settings: &[String],
    child: &mut Option<Child>,
) -> Result<Client, ServerError> {
    let begun = Instant::now();
    let mut told = false;
    loop {
        let (state, limit) = match connect(socket_dir, SUPERUSER).await {
            Answer::Ready(client) => return Ok(client),
            Answer::Refused(reason) => {
                return Err(ServerError(format!(
                    "the built-in PostgreSQL refuses its superuser: {reason}; \
                     is {}/pg_hba.conf as initdb made it?",
                    folder.cluster().display()
                )));
            }
            Answer::Starting => ("does not take connections yet", RECOVERY_TIMEOUT),
            Answer::Silent => ("does not answer on its socket", SILENCE_TIMEOUT),
        };
        if let Some(running) = child {
            if let Some(status) = exit_status(running)? {
                *child = None;
                let said = folder.log_tail();
                // The processes of a killed server notice its death within moments, and log that too.
                let in_use = said.contains("shared memory block");
                if !in_use || begun.elapsed() > REMAINS_TIMEOUT {
                    return Err(ServerError(format!(
                        "the built-in PostgreSQL did not start ({status}). The end of {}:\n{said}",
                        folder.log().display()
                    )));
                }
            }
        } else if folder.postmaster().is_none() {
            *child = Some(launch(folder, installation, socket_dir, settings)?);
        }
        if !told && begun.elapsed() > PATIENCE {
            told = true;
            tracing::info!("the built-in PostgreSQL {state}; waiting");
        }
        if begun.elapsed() > limit {
            return Err(ServerError(format!(
                "the built-in PostgreSQL {state} after {} s: try again later, or stop it with \
                 `{}/pg_ctl stop -D {}` as its user. The end of {}:\n{}",
                limit.as_secs(),
                installation.bin_dir.display(),
                folder.cluster().display(),
                folder.log().display(),
                folder.log_tail()
            )));
        }
        sleep(POLL).await;
    }
}

/// Starts the server process, and does not wait until it answers.
fn launch(
    folder: &Folder,
    installation: &Installation,
    socket_dir: &Path,
    settings: &[String],
) -> Result<Child, ServerError> {
    folder.remove_foreign_locks(socket_dir)?;
    let log = folder.open_log()?;
    let log_copy = log.try_clone().map_err(|error| ServerError::io("open", &folder.log(), &error))?;

    let program = installation.bin_dir.join("postgres");
    let mut command = Command::new(&program);
    command.arg("-D").arg(folder.cluster());
    for setting in SETTINGS.iter().copied().chain(settings.iter().map(String::as_str)) {
        command.args(["-c", setting]);
    }
    // What the rest of this module relies on comes last, where nothing overrides it.
    let mut sockets = OsString::from("unix_socket_directories=\"");
    sockets.push(socket_dir);
    sockets.push("\"");
    command
        .args(["-c", "listen_addresses="])
        .args(["-c", &format!("port={PORT}")])
        .args(["-c", "unix_socket_permissions=0700"])
        .arg("-c")
        .arg(sockets)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(log_copy)
        .process_group(0);
    folder.run_as_owner(&mut command);
    command.spawn().map_err(|error| folder.cannot_run(&program, &error))
}

/// Waits for the server to end, so that it leaves no zombie, and reports an end nobody asked for.
pub(super) async fn reap(mut child: Child, leaving: Arc<AtomicBool>, log: PathBuf) {
    let status = child.wait().await;
    if leaving.load(Ordering::Relaxed) {
        return;
    }
    let log = log.display();
    match status {
        // Such as at the end of a systemd service, where every process gets the signal.
        Ok(status) if status.success() => {
            tracing::warn!("the built-in PostgreSQL was stopped by someone else; see {log}");
        }
        Ok(status) => {
            tracing::error!("the built-in PostgreSQL died ({status}): restart Daybook; see {log}");
        }
        Err(error) => tracing::error!("lost track of the built-in PostgreSQL: {error}; see {log}"),
    }
}

fn exit_status(child: &mut Child) -> Result<Option<ExitStatus>, ServerError> {
    child.try_wait().map_err(|error| ServerError(format!("lost track of the built-in PostgreSQL: {error}")))
}

/// What an attempt to connect found.
pub(super) enum Answer {
    Ready(Client),
    /// A server is there but does not take anyone yet, or no longer does.
    Starting,
    /// Nobody listens on the socket.
    Silent,
    Refused(String),
}

/// Connects as the superuser.
pub(super) async fn connect(socket_dir: &Path, database: &str) -> Answer {
    let mut config = tokio_postgres::Config::new();
    config.host_path(socket_dir).user(SUPERUSER).dbname(database).application_name("daybook start");
    match timeout(CONNECT_TIMEOUT, config.connect(NoTls)).await {
        Ok(Ok((client, connection))) => {
            // Errors of the connection reach whoever uses the client.
            tokio::spawn(async move { drop(connection.await) });
            Answer::Ready(client)
        }
        Ok(Err(error)) => match error.code() {
            Some(&SqlState::CANNOT_CONNECT_NOW | &SqlState::TOO_MANY_CONNECTIONS) => Answer::Starting,
            Some(_) => Answer::Refused(describe(&error)),
            None => Answer::Silent,
        },
        Err(_) => Answer::Starting,
    }
}

/// What the server said, where tokio-postgres itself only says "db error".
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |it| it.message().to_owned())
}
