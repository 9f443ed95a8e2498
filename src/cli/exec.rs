//! `daybook exec`.

use std::env;
use std::process::ExitCode;

use tokio::process::Command;

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
    let status = child.status().await;
    database.close().await?;
    let status = status.map_err(|error| format!("cannot run {program}: {error}"))?;
    Ok(ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1)))
}
