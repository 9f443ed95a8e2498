//! Making the database files, as the user who then owns them.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::Path,
    process::{Command as BlockingCommand, Stdio, id as own_pid},
};

use tokio::process::Command;

use super::{SUPERUSER, ServerError, folder::Folder};

/// Starts the name of the folder that `initdb` works in, until it is complete.
const UNFINISHED: &str = "postgres.new-";

impl Folder {
    /// The major version that the database files were made by, if there are any.
    pub(super) fn major_version(&self) -> Result<Option<u32>, ServerError> {
        let path = self.cluster().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map(Some).map_err(|_| {
                ServerError(format!(
                    "{} does not hold a version of PostgreSQL: restore a backup of that folder",
                    path.display()
                ))
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ServerError::io("read", &path, &error)),
        }
    }

    /// Makes the database files unless they exist.
    ///
    /// They are made in a folder beside the final one and renamed when complete, so that being
    /// killed half-way costs nothing but a new attempt.
    pub(super) async fn initialise(&self, bin_dir: &Path) -> Result<(), ServerError> {
        self.remove_unfinished()?;
        if self.major_version()?.is_some() {
            return Ok(());
        }
        // An empty folder is no obstacle; anything in it may be dear to someone.
        if let Err(error) = fs::remove_dir(self.cluster())
            && error.kind() != ErrorKind::NotFound
        {
            return Err(ServerError(format!(
                "{} is there but holds no database: move it away, or choose another data folder \
                 ({error})",
                self.cluster().display()
            )));
        }
        let fresh = self.root.join(format!("{UNFINISHED}{}", own_pid()));
        self.private_dir(&fresh)?;
        tracing::info!("making a new database in {}", self.cluster().display());
        self.initdb(bin_dir, &fresh).await?;
        fs::rename(&fresh, self.cluster())
            .map_err(|error| ServerError::io("move the new database to", &self.cluster(), &error))?;
        File::open(&self.root)
            .and_then(|root| root.sync_all())
            .map_err(|error| ServerError::io("write", &self.root, &error))
    }

    /// Removes what an `initdb` that was killed has left behind.
    fn remove_unfinished(&self) -> Result<(), ServerError> {
        let entries = fs::read_dir(&self.root).map_err(|error| ServerError::io("read", &self.root, &error))?;
        for entry in entries.flatten() {
            if entry.file_name().as_bytes().starts_with(UNFINISHED.as_bytes()) {
                // An `initdb` whose Daybook was killed may still write there; next time, then.
                if let Err(error) = fs::remove_dir_all(entry.path()) {
                    tracing::warn!("cannot remove {}: {error}", entry.path().display());
                }
            }
        }
        Ok(())
    }

    async fn initdb(&self, bin_dir: &Path, into: &Path) -> Result<(), ServerError> {
        let program = bin_dir.join("initdb");
        let mut complaint = String::new();
        // C sorts by bytes, which no update of the system's locales can ever invalidate, but
        // upper and lower case beyond ASCII need more; the names for that differ by system.
        for locale in [&["--locale=C.UTF-8"] as &[&str], &["--locale=C", "--lc-ctype=en_US.UTF-8"], &["--locale=C"]] {
            let mut command = Command::new(&program);
            command
                .arg("-D")
                .arg(into)
                .args(["-U", SUPERUSER, "-E", "UTF8", "--no-instructions"])
                .args(["--auth-local=trust", "--auth-host=reject"])
                .args(locale)
                .stdin(Stdio::null())
                .kill_on_drop(true);
            self.run_as_owner(&mut command);
            let output = command.output().await.map_err(|error| self.cannot_run(&program, &error))?;
            if output.status.success() {
                return Ok(());
            }
            complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            if !complaint.contains("locale") {
                break;
            }
        }
        Err(ServerError(format!("cannot make the database in {}; initdb says:\n{complaint}", self.root.display())))
    }

    /// Lets a PostgreSQL program run as the owner of the database files, and from a folder that
    /// this owner can enter.
    pub(super) fn run_as_owner(&self, command: &mut Command) {
        if self.as_root {
            command.uid(self.uid).gid(self.gid);
        }
        // The user's locale may be one that PostgreSQL does not know.
        command.env("LC_ALL", "C").current_dir(&self.root);
    }

    /// Explains why a program could not be run.
    pub(super) fn cannot_run(&self, program: &Path, error: &std::io::Error) -> ServerError {
        if error.kind() == ErrorKind::PermissionDenied
            && self.as_root
            && let Some(closed) = self.closed_folder()
        {
            let name = id("-un", &self.uid.to_string()).unwrap_or_else(|| self.uid.to_string());
            return ServerError(format!(
                "PostgreSQL does not run as root, so it runs as the user {name}, who cannot enter \
                 {}. Allow it with `chmod o+x {}`, or use a data folder elsewhere, such as {}",
                self.root.display(),
                closed.display(),
                super::default_data_dir().display()
            ));
        }
        ServerError::io("run", program, error)
    }

    /// The outermost folder on the way to the data that the server's user cannot enter.
    fn closed_folder(&self) -> Option<&Path> {
        let ancestors: Vec<&Path> = self.root.ancestors().collect();
        ancestors.into_iter().rev().find(|dir| {
            fs::metadata(dir).is_ok_and(|it| {
                let needed = if it.uid() == self.uid {
                    0o100
                } else if it.gid() == self.gid {
                    0o010
                } else {
                    0o001
                };
                it.mode() & needed == 0
            })
        })
    }
}

/// Uid and gid that the server of root runs as.
pub(super) fn server_account(root: &Path) -> Result<(u32, u32), ServerError> {
    let owner = |path: &Path| {
        let found = fs::symlink_metadata(path).ok()?;
        (found.uid() != 0).then(|| (found.uid(), found.gid()))
    };
    // Existing files decide. In a container the folder may belong to a number without a name,
    // which `initdb` does not accept.
    owner(&root.join("postgres"))
        .or_else(|| owner(root).filter(|(uid, _)| id("-un", &uid.to_string()).is_some()))
        .or_else(|| {
            ["postgres", "nobody"].into_iter().find_map(|name| {
                let number = |which| id(which, name)?.parse().ok();
                Some((number("-u")?, number("-g")?))
            })
        })
        .ok_or_else(|| {
            ServerError(
                "PostgreSQL does not run as root, and this system has neither a user `postgres` \
                 nor `nobody`: run Daybook as an ordinary user, or set DATABASE_URL"
                    .to_owned(),
            )
        })
}

/// Asks the system about a user; the answer may come from a directory service.
fn id(which: &str, user: &str) -> Option<String> {
    let output = BlockingCommand::new("id").args([which, user]).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !answer.is_empty()).then_some(answer)
}
