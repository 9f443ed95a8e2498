//! `daybook exec`.

use std::env;
use std::process::{ExitCode, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use super::{Database, Failure};
use crate::config::Config;

/// Runs a command with the data base's address in its environment; its exit code.
pub async fn exec(config: &Config, command: &[String], create_db: bool) -> Result<ExitCode, Failure> {
    let database = Database::open_as(config, create_db).await?;
    let [program, arguments @ ..] = command else { return Err("no command".into()) };
    let mut child = Command::new(program);
    child.args(arguments).env("DATABASE_URL", &database.url);
    if let Some(server) = &database.server {
        let rest = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([server.bin_dir().to_owned()].into_iter().chain(env::split_paths(&rest)))?;
        child
            .env("PATH", path)
            .env("PGHOST", server.socket_dir())
            .env("PGUSER", "daybook")
            .env("PGDATABASE", "daybook");
    }
    let status = run(child).await;
    database.close().await?;
    let status = status.map_err(|error| format!("cannot run {program}: {error}"))?;
    Ok(ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)))
}

/// Runs the command to its end. Ctrl-C is for the command, which the terminal tells as well (psql cancels a query by
/// it), and SIGTERM is passed on: this process stays, to leave the data base in order.
async fn run(mut command: Command) -> std::io::Result<ExitStatus> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut child = command.spawn()?;
    let id = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    loop {
        tokio::select! {
            status = child.wait() => return status,
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {
                if let Some(id) = id {
                    // It may have ended this moment.
                    kill_process(id, Signal::TERM).ok();
                }
            }
        }
    }
}
