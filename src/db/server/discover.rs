//! Finds the PostgreSQL programs installed on this machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use super::ServerError;

/// The oldest major version that Daybook works with.
const OLDEST: u32 = 15;

/// Where [`find`] looks, for its error messages.
const PLACES: &str = "PATH, `pg_config --bindir`, /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, \
                      Homebrew and Postgres.app";

/// PostgreSQL's programs in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Installation {
    pub(super) bin_dir: PathBuf,
    pub(super) version: Version,
}

/// Major and minor version; of a pre-release the minor is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u32,
    minor: u32,
}

/// The newest installation, or one of exactly the major version that a data folder `wanted`.
pub(super) async fn find(wanted: Option<u32>) -> Result<Installation, ServerError> {
    let mut dirs = well_known();
    dirs.extend(pg_config().await);
    let mut found: Vec<Installation> = Vec::new();
    for bin_dir in dirs.iter().filter_map(|dir| real_bin_dir(dir)) {
        if found.iter().any(|known| known.bin_dir == bin_dir) {
            continue;
        }
        let Some(version) = version_of(&bin_dir).await else {
            continue;
        };
        let installation = Installation { bin_dir, version };
        // Every candidate costs a process, so stop at the first that fits.
        if wanted == Some(version.major) {
            return Ok(installation);
        }
        found.push(installation);
    }
    choose(found, wanted)
}

fn choose(found: Vec<Installation>, wanted: Option<u32>) -> Result<Installation, ServerError> {
    let installed = found
        .iter()
        .map(|it| format!("{} in {}", it.version.major, it.bin_dir.display()))
        .collect::<Vec<_>>()
        .join(", ");
    // `max_by_key` takes the last of several equal ones, but what was found first shall win.
    let newest = found.into_iter().rev().max_by_key(|it| it.version);
    match (wanted, newest) {
        (None, Some(newest)) if newest.version.major >= OLDEST => Ok(newest),
        (Some(major), newest) => Err(ServerError(format!(
            "the data folder was made by PostgreSQL {major}, which is not installed here \
             (found: {}; looked in {PLACES}). Install that version (`apt-get install \
             postgresql-{major}`, `brew install postgresql@{major}`), or move the data with \
             pg_upgrade, or set DATABASE_URL to another server",
            if newest.is_some() { &installed } else { "none" }
        ))),
        (None, newest) => Err(ServerError(format!(
            "no PostgreSQL {OLDEST} or newer found ({}; looked in {PLACES}). Install one \
             (`apt-get install postgresql`, `dnf install postgresql-server`, `brew install \
             postgresql`), or set DATABASE_URL to a server of your own",
            if newest.is_some() { format!("only {installed}") } else { "none at all".to_owned() }
        ))),
    }
}

/// Folders that may hold the programs, the user's own choice first.
fn well_known() -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    for (parent, prefix, bin) in [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ] {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let mut children: Vec<PathBuf> = entries
            .filter(|it| it.file_name().to_string_lossy().starts_with(prefix))
            .map(|it| it.path().join(bin))
            .collect();
        children.sort();
        dirs.append(&mut children);
    }
    dirs
}

async fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().await.ok()?;
    let dir = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(dir.trim_end()))
}

/// The folder where the programs really are: in PATH there are often only links to a few of them.
fn real_bin_dir(dir: &Path) -> Option<PathBuf> {
    let complete = |dir: &Path| ["postgres", "initdb", "pg_ctl"].iter().all(|name| dir.join(name).is_file());
    if !complete(dir) {
        return None;
    }
    let target = fs::canonicalize(dir.join("postgres")).ok()?;
    let target = target.parent()?;
    Some(if complete(target) { target } else { dir }.to_path_buf())
}

async fn version_of(bin_dir: &Path) -> Option<Version> {
    let output = Command::new(bin_dir.join("postgres")).arg("--version").output().await.ok()?;
    Version::parse(&String::from_utf8(output.stdout).ok()?)
}

impl Version {
    /// Reads `postgres (PostgreSQL) 15.14 (Debian …)`, `… 17beta1` and their like.
    fn parse(text: &str) -> Option<Self> {
        let (_, version) = text.split_once("(PostgreSQL) ")?;
        let (major, rest) = split_number(version)?;
        let minor = rest.strip_prefix('.').and_then(split_number);
        Some(Self { major, minor: minor.map_or(0, |(minor, _)| minor) })
    }
}

fn split_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation(major: u32, minor: u32) -> Installation {
        Installation { bin_dir: PathBuf::from(format!("/pg{major}.{minor}")), version: Version { major, minor } }
    }

    #[test]
    fn versions_are_read_from_any_build() {
        let parse = |text| Version::parse(text).map(|it| (it.major, it.minor));
        assert_eq!(parse("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some((15, 14)));
        assert_eq!(parse("postgres (PostgreSQL) 17.2"), Some((17, 2)));
        assert_eq!(parse("postgres (PostgreSQL) 18beta1\n"), Some((18, 0)));
        assert_eq!(parse("postgres (PostgreSQL) devel"), None);
        assert_eq!(parse("something else"), None);
    }

    #[test]
    fn the_newest_is_chosen() {
        let found = vec![installation(15, 9), installation(16, 2), installation(16, 10)];
        assert_eq!(choose(found, None), Ok(installation(16, 10)));

        let first = Installation { bin_dir: PathBuf::from("/first"), ..installation(16, 10) };
        let found = vec![first.clone(), installation(16, 10)];
        assert_eq!(choose(found, None), Ok(first));
    }

    #[test]
    fn old_ones_do_not_count() {
        let error = choose(vec![installation(13, 4)], None).unwrap_err().to_string();
        assert!(error.contains("only 13 in /pg13.4"), "{error}");
        let error = choose(Vec::new(), None).unwrap_err().to_string();
        assert!(error.contains("apt-get install postgresql"), "{error}");
        assert!(error.contains("DATABASE_URL"), "{error}");
    }

    #[test]
    fn a_data_folder_insists_on_its_version() {
        let error = choose(vec![installation(17, 1)], Some(15)).unwrap_err().to_string();
        assert!(error.contains("made by PostgreSQL 15"), "{error}");
        assert!(error.contains("found: 17 in /pg17.1"), "{error}");
    }
}
