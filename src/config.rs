//! Settings: each from its flag, or else its environment variable, or else `daybook.toml`.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Deserialize;

use crate::db::server;
use crate::graphql::{Introspection, Policy, Trusted, TrustedError};
use crate::http::{Origin, Surroundings};

/// The file that is read if it is there and `--config` names no other.
const DEFAULT_FILE: &str = "daybook.toml";

/// What every command takes. In the file the names are the same, without the two hyphens.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Folder of the built-in PostgreSQL and the signing key [default: /var/lib/daybook for root, else
    /// $XDG_DATA_HOME/daybook]
    #[arg(long, env = "DAYBOOK_DATA_DIR", global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// A PostgreSQL of your own, 15 or later, instead of the built-in one: postgres://user@host/name. Its role
    /// must own the data base and be no superuser
    #[arg(long, env = "DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "DAYBOOK_LISTEN", global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// Address under which browsers reach this server, such as https://books.example: links that customers are sent
    /// begin with it [default: http:// and the address that it listens on]
    #[allow(rustdoc::bare_urls, reason = "the command line shows it as it stands")]
    #[arg(long, env = "DAYBOOK_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<Origin>,

    /// What to log: error, warn, info, debug, trace, also by target, such as info,daybook::sql=trace
    /// [default: info]
    #[arg(long, env = "DAYBOOK_LOG", global = true, value_name = "LEVELS")]
    pub log: Option<String>,

    /// Connections to PostgreSQL that this process holds at most [default: 20]
    #[arg(long, env = "DAYBOOK_MAX_CONNECTIONS", global = true, value_name = "N")]
    pub max_connections: Option<usize>,

    /// Key that signs access tokens, at least 32 characters [default: made at random and kept in the data
    /// folder]. Nodes that serve the same data base need the same
    #[arg(long, env = "DAYBOOK_SIGNING_KEY", global = true, value_name = "KEY", hide_env_values = true)]
    pub signing_key: Option<String>,

    /// Another site whose pages may call the API, such as https://shop.example; may be given several times.
    /// Pages of all others are refused
    #[allow(rustdoc::bare_urls, reason = "the command line shows it as it stands")]
    #[arg(
        long = "allow-origin",
        env = "DAYBOOK_ALLOW_ORIGINS",
        global = true,
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    pub allow_origins: Vec<Origin>,

    /// Address of a reverse proxy whose X-Forwarded-For says who calls; may be given several times
    #[arg(
        long = "trusted-proxy",
        env = "DAYBOOK_TRUSTED_PROXIES",
        global = true,
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpAddr>,

    /// How much cost of operations each caller may spend every second, after the first 20 s worth of it; at least 500
    /// [default: 5000]
    #[arg(long, env = "DAYBOOK_COST_PER_SECOND", global = true, value_name = "N")]
    pub cost_per_second: Option<u32>,

    /// Who may read the schema through the API [default: signed-in; everyone for `serve --demo`]
    #[arg(long, env = "DAYBOOK_INTROSPECTION", global = true, value_name = "WHO")]
    pub introspection: Option<Introspection>,

    /// File with the only operations that run, as JSON: {"id": "document"}, as relay-compiler and graphql-codegen write
    /// it. Clients send the id as documentId, or as the hash of a persisted query. The playground is off then
    #[arg(long, env = "DAYBOOK_TRUSTED_DOCUMENTS", global = true, value_name = "FILE")]
    pub trusted_documents: Option<PathBuf>,

    /// A setting of the built-in PostgreSQL, such as shared_buffers=1GB; may be given several times
    #[arg(
        long = "postgres-setting",
        env = "DAYBOOK_POSTGRES_SETTINGS",
        global = true,
        value_name = "NAME=VALUE",
        value_delimiter = ','
    )]
    pub postgres_settings: Vec<String>,

    /// File with settings [default: daybook.toml, if it is there]
    #[arg(long, env = "DAYBOOK_CONFIG", global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
}

/// The settings, settled.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the built-in PostgreSQL and the signing key.
    pub data_dir: PathBuf,
    /// A PostgreSQL of the user's own.
    pub database_url: Option<String>,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address under which browsers reach this server, if that is said.
    pub public_url: Option<Origin>,
    /// What to log.
    pub log: String,
    /// Connections to PostgreSQL at most.
    pub max_connections: usize,
    /// Key that signs access tokens.
    pub signing_key: Option<String>,
    /// Sites that may call, and proxies that are believed.
    pub surroundings: Surroundings,
    /// How much cost of operations each caller may spend every second.
    pub cost_per_second: u32,
    /// Who may read the schema, if that is said.
    pub introspection: Option<Introspection>,
    /// File with the only operations that run.
    pub trusted_documents: Option<PathBuf>,
    /// Settings of the built-in PostgreSQL.
    pub postgres_settings: Vec<String>,
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// The file says something that is not understood.
    #[error("{0}: {1}")]
    Parse(PathBuf, Box<toml::de::Error>),
}

impl Settings {
    /// Settles them: what is not given comes from the file, and else from the defaults.
    pub fn settle(self) -> Result<Config, ConfigError> {
        let file = match &self.config {
            Some(path) => read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
            None => Self::default(),
        };
        let postgres_settings =
            if self.postgres_settings.is_empty() { file.postgres_settings } else { self.postgres_settings };
        let surroundings = Surroundings {
            origins: if self.allow_origins.is_empty() { file.allow_origins } else { self.allow_origins },
            proxies: if self.trusted_proxies.is_empty() { file.trusted_proxies } else { self.trusted_proxies },
        };
        Ok(Config {
            data_dir: self.data_dir.or(file.data_dir).unwrap_or_else(server::default_data_dir),
            database_url: self.database_url.or(file.database_url),
            listen: self.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: self.public_url.or(file.public_url),
            log: self.log.or(file.log).unwrap_or_else(|| "info".into()),
            max_connections: self.max_connections.or(file.max_connections).unwrap_or(20).clamp(1, 1_000),
            signing_key: self.signing_key.or(file.signing_key),
            surroundings,
            cost_per_second: self.cost_per_second.or(file.cost_per_second).unwrap_or(Policy::default().cost_per_second),
            introspection: self.introspection.or(file.introspection),
            trusted_documents: self.trusted_documents.or(file.trusted_documents),
            postgres_settings,
        })
    }
}

impl Config {
    /// What links that people are sent begin with, where the server listens on an address.
    pub fn public_url(&self, listening: SocketAddr) -> String {
        match &self.public_url {
            Some(origin) => origin.as_str().to_owned(),
            // Whoever listens on every address can be found on this machine at least.
            None if listening.ip().is_unspecified() => format!("http://localhost:{}", listening.port()),
            None => format!("http://{listening}"),
        }
    }

    /// What callers may do, with the documents that the settings name.
    pub async fn policy(&self, demo: bool) -> Result<Policy, TrustedError> {
        let trusted = match &self.trusted_documents {
            Some(file) => Some(Arc::new(Trusted::load(file).await?)),
            None => None,
        };
        // The demo's password is known to everyone, and so may its schema be.
        let usual = if demo { Introspection::Everyone } else { Introspection::default() };
        let introspection = self.introspection.unwrap_or(usual);
        Ok(Policy { cost_per_second: self.cost_per_second, introspection, trusted })
    }
}

fn read(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read(path.to_owned(), error))?;
    toml::from_str(&text).map_err(|error| ConfigError::Parse(path.to_owned(), Box::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_beats_the_file_and_the_file_beats_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("some.toml");
        std::fs::write(
            &file,
            "listen = \"127.0.0.1:9000\"\nlog = \"warn\"\npostgres-settings = [\"fsync=off\"]\n\
             allow-origins = [\"https://shop.example\"]\ntrusted-proxies = [\"10.0.0.1\"]\n\
             introspection = \"nobody\"\npublic-url = \"https://Books.example/\"\n",
        )
        .unwrap();
        let settings = Settings { config: Some(file.clone()), log: Some("debug".into()), ..Default::default() };
        let config = settings.settle().unwrap();
        assert_eq!((config.listen.port(), config.log.as_str(), config.max_connections), (9000, "debug", 20));
        assert_eq!(config.introspection, Some(Introspection::Nobody));
        assert_eq!(config.public_url(config.listen), "https://books.example");
        assert_eq!(config.postgres_settings, ["fsync=off"]);
        assert_eq!(config.surroundings.origins, ["https://shop.example".parse().unwrap()]);
        assert_eq!(config.surroundings.proxies, [IpAddr::from([10, 0, 0, 1])]);

        std::fs::write(&file, "listne = \"127.0.0.1:9000\"\n").unwrap();
        let settings = Settings { config: Some(file), ..Default::default() };
        assert!(settings.settle().unwrap_err().to_string().contains("listne"));
    }

    #[test]
    fn links_begin_with_where_the_server_listens_unless_it_is_told_better() {
        let config = Settings::default().settle().unwrap();
        for (listening, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("[::1]:80", "http://[::1]:80"),
            ("0.0.0.0:8080", "http://localhost:8080"),
            ("[::]:8080", "http://localhost:8080"),
        ] {
            assert_eq!(config.public_url(listening.parse().unwrap()), url);
        }
    }
}
