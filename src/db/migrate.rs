//! Migrations, built into the binary and run at start.

use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection as _, AsyncMigrationHarness, RunQueryDsl, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::Conn;
use crate::error::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!();
/// The key of the advisory lock that lets one process migrate at a time: "daybook" in ASCII.
const LOCK: i64 = 0x64_61_79_62_6f_6f_6b;

/// Why the data base cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// It was migrated by a later release.
    #[error(
        "the data base was migrated by a newer Daybook ({0} is not known to this binary): start that release, \
         or restore a backup from before it"
    )]
    Newer(String),
    /// Its role would go past row-level security.
    #[error(
        "the role {0:?} of DATABASE_URL is a superuser or has BYPASSRLS, so that row-level security would not \
         protect one business from another: connect as an ordinary role that owns the data base"
    )]
    Privileged(String),
    /// It could not be reached.
    #[error("cannot connect to PostgreSQL: {0}")]
    Connect(#[from] diesel::ConnectionError),
    /// A statement failed.
    #[error("migration failed: {0}")]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// How many steps [`migrate`] took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// Migrations that ran now.
    pub applied: usize,
}

/// Brings the data base to this binary's schema. Concurrent calls wait for each other.
pub async fn migrate(url: &str) -> Result<Migrated, MigrateError> {
    let conn = lock(url).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let known = known()?;
    let applied = harness.applied_migrations().map_err(MigrateError::Failed)?;
    if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
        return Err(MigrateError::Newer(newer.to_string()));
    }
    let applied = harness.run_pending_migrations(MIGRATIONS).map_err(MigrateError::Failed)?.len();
    Ok(Migrated { applied })
}

/// Undoes every migration. Everything is lost.
pub async fn revert(url: &str) -> Result<(), MigrateError> {
    let conn = lock(url).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    harness.revert_all_migrations(MIGRATIONS).map_err(MigrateError::Failed)?;
    Ok(())
}

/// Connects and takes the lock, which goes with the connection.
async fn lock(url: &str) -> Result<Conn, MigrateError> {
    #[derive(QueryableByName)]
    struct Role {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Bool)]
        privileged: bool,
    }

    let failed = |error: diesel::result::Error| MigrateError::Failed(Box::new(error));
    let mut conn = Conn::establish(url).await?;
    let role: Role =
        sql_query("SELECT rolname::text AS name, rolsuper OR rolbypassrls AS privileged FROM pg_roles WHERE rolname = current_user")
            .get_result(&mut conn)
            .await
            .map_err(failed)?;
    if role.privileged {
        return Err(MigrateError::Privileged(role.name));
    }
    conn.batch_execute(&format!("SET client_min_messages = warning; SELECT pg_advisory_lock({LOCK})"))
        .await
        .map_err(failed)?;
    Ok(conn)
}

fn known() -> Result<Vec<MigrationVersion<'static>>, MigrateError> {
    let migrations = MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS).map_err(MigrateError::Failed)?;
    Ok(migrations.iter().map(|migration| migration.name().version().as_owned()).collect())
}

/// An error of the migrations ends the command, so that it needs no code.
impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        Self::internal(error)
    }
}
