//! The data folder of the built-in PostgreSQL: its files, their owner and its locks.

use std::{
    fmt,
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{ErrorKind, Read, Seek, SeekFrom},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown},
    },
    path::{Path, PathBuf},
    process::Command as BlockingCommand,
    time::Duration,
};

use rustix::{
    fs::OFlags,
    process::{Pid, getegid, geteuid, test_kill_process},
};
use tokio::time::sleep;

use super::{ServerError, initdb::server_account, process::PORT};

/// How often a lock that another process holds is tried again.
const LOCK_POLL: Duration = Duration::from_millis(10);
/// After how many attempts to say that there is something to wait for.
const LOCK_PATIENCE: u32 = 200;
/// The log is set aside at a start once it is larger than this.
const LOG_LIMIT: u64 = 10 * 1024 * 1024;
/// How much of the end of the log an error message quotes.
const LOG_TAIL: u64 = 8 << 10;
/// What a socket's path may be long on macOS; Linux allows four bytes more.
const SOCKET_PATH_LIMIT: usize = 103;

/// A data folder that exists, and the user that its server runs as.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) root: PathBuf,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Whether this process is root, so that the server must run as someone else.
    pub(super) as_root: bool,
}

impl Folder {
    /// Opens the folder, after making it if it is missing.
    pub(super) fn open(path: &Path) -> Result<Self, ServerError> {
        let as_root = geteuid().is_root();
        if !path.exists() {
            let mode = if as_root { 0o755 } else { 0o700 };
            DirBuilder::new()
                .recursive(true)
                .mode(mode)
                .create(path)
                // The umask may have taken from the mode what the server's user needs.
                .and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode)))
                .map_err(|error| ServerError::io("make the data folder", path, &error))?;
        }
        // PostgreSQL changes its working directory, so a relative path would lead it astray.
        let root = fs::canonicalize(path).map_err(|error| ServerError::io("use the data folder", path, &error))?;
        let (uid, gid) = if as_root { server_account(&root)? } else { (geteuid().as_raw(), getegid().as_raw()) };
        Ok(Self { root, uid, gid, as_root })
    }

    /// PostgreSQL's own data folder.
    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("postgres")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(super) fn users_lock(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    /// Waits until no other process starts or stops the server, and keeps it so.
    pub(super) async fn lock_start(&self) -> Result<File, ServerError> {
        let path = self.root.join("start.lock");
        let file = self.open_file(&path)?;
        // Trying again and again, where `File::lock` would block the thread.
        let mut waits = 0_u32;
        while !has_lock(file.try_lock(), &path)? {
            waits += 1;
            if waits == LOCK_PATIENCE {
                tracing::info!("waiting for another Daybook, which has {} locked", path.display());
            }
            sleep(LOCK_POLL).await;
        }
        Ok(file)
    }

    /// Counts this process among the users of the server. Needs `start.lock`.
    pub(super) fn share(&self) -> Result<File, ServerError> {
        let path = self.users_lock();
        let file = self.open_file(&path)?;
        if has_lock(file.try_lock_shared(), &path)? {
            return Ok(file);
        }
        Err(ServerError(format!("{} is locked by a process that is no Daybook", path.display())))
    }

    /// Whether no process shares the server. Needs `start.lock`, or the answer is outdated.
    pub(super) fn nobody_uses_it(&self) -> Result<bool, ServerError> {
        let path = self.users_lock();
        let file = self.open_file(&path)?;
        let alone = has_lock(file.try_lock(), &path)?;
        if alone {
            // By name, as in `Server::leave`: left to the closing, it could outlive `start.lock`.
            file.unlock().map_err(|error| ServerError::io("unlock", &path, &error))?;
        }
        Ok(alone)
    }

    /// Opens or makes a file that only the server's user and root may use.
    ///
    /// Where the folder belongs to an ordinary user and root works in it for once, that user must
    /// be able to go on afterwards. Such a user could have put a link to anywhere in the file's
    /// place, which is why links are not followed.
    fn open_file(&self, path: &Path) -> Result<File, ServerError> {
        let opened = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
            .and_then(|file| {
                if self.as_root {
                    fchown(&file, Some(self.uid), Some(self.gid))?;
                }
                Ok(file)
            });
        opened.map_err(|error| {
            let mut message = ServerError::io("open", path, &error);
            if error.kind() == ErrorKind::PermissionDenied {
                message.0.push_str(
                    ": the data folder belongs to another user; run Daybook as that user, or \
                     choose another data folder",
                );
            }
            message
        })
    }

    /// Makes a folder that only the server's user and root may enter, or checks that it is one.
    pub(super) fn private_dir(&self, path: &Path) -> Result<(), ServerError> {
        if let Err(error) = DirBuilder::new().mode(0o700).create(path)
            && error.kind() != ErrorKind::AlreadyExists
        {
            return Err(ServerError::io("make", path, &error));
        }
        let unfit = |reason: &dyn fmt::Display| {
            ServerError(format!(
                "{} must be a folder that belongs to uid {}, but {reason}: remove it",
                path.display(),
                self.uid
            ))
        };
        // All else happens to the opened folder, so that nobody can put another in its place.
        let dir = OpenOptions::new()
            .read(true)
            .custom_flags((OFlags::NOFOLLOW | OFlags::DIRECTORY).bits().cast_signed())
            .open(path)
            .map_err(|error| unfit(&error))?;
        let failed = |error| ServerError::io("protect", path, &error);
        let mut owner = dir.metadata().map_err(failed)?.uid();
        if self.as_root && owner == 0 {
            fchown(&dir, Some(self.uid), Some(self.gid)).map_err(failed)?;
            owner = self.uid;
        }
        if owner != self.uid {
            return Err(unfit(&format_args!("belongs to uid {owner}")));
        }
        dir.set_permissions(Permissions::from_mode(0o700)).map_err(failed)
    }

    /// The socket's folder, ready for use: `run`, unless a socket there could not be addressed.
    pub(super) fn socket_dir(&self) -> Result<PathBuf, ServerError> {
        let dir = socket_dir_for(&self.root);
        self.private_dir(&dir)?;
        Ok(dir)
    }

    /// The process of the server that has the database files open, if one does.
    ///
    /// `postmaster.pid` alone proves nothing: after a crash it stays, and its number may by now
    /// belong to any other process.
    pub(super) fn postmaster(&self) -> Option<Pid> {
        let pid = recorded_pid(&self.pid_file())?;
        runs_on(pid, &self.cluster()).then_some(pid)
    }

    fn pid_file(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }

    /// Removes PostgreSQL's own lock files if the process in them now is something else.
    ///
    /// PostgreSQL sees for itself when that process is gone, but mistakes any other process of its
    /// user, and even a zombie that nobody has waited for, for a server, and refuses to start.
    /// Should there be a server after all, then PostgreSQL still notices by the shared memory.
    pub(super) fn remove_foreign_locks(&self, socket_dir: &Path) -> Result<(), ServerError> {
        let of_socket = socket_dir.join(format!("{}.lock", socket_name()));
        for path in [self.pid_file(), of_socket] {
            if let Some(pid) = recorded_pid(&path)
                && test_kill_process(pid).is_ok()
                && !runs_on(pid, &self.cluster())
            {
                fs::remove_file(&path).map_err(|error| ServerError::io("remove", &path, &error))?;
            }
        }
        Ok(())
    }

    /// Opens the log for a new server, after setting a large one aside.
    pub(super) fn open_log(&self) -> Result<File, ServerError> {
        let path = self.log();
        if fs::symlink_metadata(&path).is_ok_and(|it| it.len() > LOG_LIMIT) {
            fs::rename(&path, path.with_extension("log.1"))
                .map_err(|error| ServerError::io("rename", &path, &error))?;
        }
        self.open_file(&path)
    }

    /// The last lines of the log.
    pub(super) fn log_tail(&self) -> String {
        let mut bytes = Vec::new();
        let read = File::open(self.log()).and_then(|mut log| {
            let start = log.metadata()?.len().saturating_sub(LOG_TAIL);
            log.seek(SeekFrom::Start(start))?;
            log.read_to_end(&mut bytes)?;
            Ok(start > 0)
        });
        let text = String::from_utf8_lossy(&bytes);
        match (read, text.split_once('\n')) {
            // The cut is somewhere in the first line.
            (Ok(true), Some((_, rest))) => rest.to_owned(),
            _ => text.into_owned(),
        }
    }
}

fn has_lock(attempt: Result<(), TryLockError>, path: &Path) -> Result<bool, ServerError> {
    match attempt {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(ServerError::io("lock", path, &error)),
    }
}

fn socket_name() -> String {
    format!(".s.PGSQL.{PORT}")
}

fn socket_dir_for(root: &Path) -> PathBuf {
    let near = root.join("run");
    let socket = near.join(socket_name());
    // Comma and quote have a meaning of their own in a list of hosts or of socket folders.
    let plain = near.to_str().is_some_and(|it| !it.contains([',', '"']));
    if plain && socket.as_os_str().len() <= SOCKET_PATH_LIMIT {
        return near;
    }
    PathBuf::from(format!("/tmp/daybook-{:016x}", fnv1a(root.as_os_str().as_bytes())))
}

/// A hash that is the same in every build, so that all of them find the same socket.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The process that one of PostgreSQL's lock files names in its first line.
fn recorded_pid(lock_file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(lock_file).ok()?;
    let number = text.lines().next()?.trim().parse().ok()?;
    // PostgreSQL writes a negative number in its single-user mode.
    if number > 0 { Pid::from_raw(number) } else { None }
}

/// Whether that process is a server which was started on these database files.
fn runs_on(pid: Pid, cluster: &Path) -> bool {
    let cluster = cluster.as_os_str().as_bytes();
    // Unlike the rest of /proc/<pid>, the command line may be read by anyone.
    if Path::new("/proc/self/cmdline").exists() {
        return fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|it| it.split(|byte| *byte == 0).any(|argument| argument == cluster));
    }
    BlockingCommand::new("ps").args(["-ww", "-o", "args=", "-p", &pid.to_string()]).output().is_ok_and(|it| {
        let needle = [b"-D ", cluster, b" "].concat();
        it.stdout.windows(needle.len()).any(|part| part == needle)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_live_near_the_data_unless_that_is_too_far() {
        let near = |root: &str| socket_dir_for(Path::new(root)) == Path::new(root).join("run");
        assert!(near("/var/lib/daybook"));
        // 103 bytes: the folder, `/run` and `/.s.PGSQL.5432`.
        assert!(near(&format!("/{}", "x".repeat(84))));
        assert!(!near(&format!("/{}", "x".repeat(85))));
        assert!(!near("/data,base"));
        assert!(!near("/data\"base"));
        let far = socket_dir_for(Path::new(&format!("/{}", "x".repeat(200))));
        assert_eq!(far.as_os_str().len(), "/tmp/daybook-".len() + 16);
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn other_processes_are_no_server() {
        assert!(!runs_on(rustix::process::getpid(), Path::new("/var/lib/daybook/postgres")));
    }
}
