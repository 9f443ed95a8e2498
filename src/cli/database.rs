//! The data base of a command.

use super::Failure;
use crate::app::App;
use crate::auth::Tokens;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::migrate::{self, Migrated};
use crate::db::server::{Options, Server};

/// The user's own PostgreSQL, or the built-in one for as long as this is open.
pub struct Database {
    /// Where it is.
    pub url: String,
    /// The built-in one.
    pub server: Option<Server>,
}

impl Database {
    /// Starts or joins the built-in PostgreSQL, unless the user has their own.
    pub async fn open(config: &Config) -> Result<Self, Failure> {
        Self::open_as(config, false).await
    }

    /// Like [`Database::open`]; `create_db` lets its role make data bases of its own.
    pub async fn open_as(config: &Config, create_db: bool) -> Result<Self, Failure> {
        if let Some(url) = &config.database_url {
            return Ok(Self { url: url.clone(), server: None });
        }
        let options =
            Options { data_dir: config.data_dir.clone(), settings: config.postgres_settings.clone(), create_db };
        let server = Server::start(options).await?;
        Ok(Self { url: server.url(), server: Some(server) })
    }

    /// Migrates, or reverts all migrations; what was done.
    pub async fn migrate(&self, revert: bool) -> Result<String, Failure> {
        if revert {
            migrate::revert(&self.url).await?;
            return Ok("all migrations are undone".into());
        }
        Ok(match migrate::migrate(&self.url).await? {
            Migrated { applied: 0 } => "the data base is up to date".into(),
            Migrated { applied } => format!("{applied} migrations ran"),
        })
    }

    /// The parts of Daybook on this data base, brought up to date.
    pub async fn app(&self, config: &Config) -> Result<App, Failure> {
        migrate::migrate(&self.url).await?;
        let tokens = match &config.signing_key {
            Some(key) => Tokens::new(key)?,
            None => {
                std::fs::create_dir_all(&config.data_dir)?;
                Tokens::from_data_dir(&config.data_dir)?
            }
        };
        Ok(App::new(&self.url, config.max_connections, tokens, Clock::System)?)
    }

    /// Leaves the built-in PostgreSQL, which stops if nobody else uses it.
    pub async fn close(self) -> Result<(), Failure> {
        if let Some(server) = self.server {
            server.stop().await?;
        }
        Ok(())
    }
}
