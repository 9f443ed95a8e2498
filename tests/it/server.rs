//! The built-in PostgreSQL for real: as root and as another user, alone and shared, after crashes.
//!
//! Other users of a data folder are other processes: `daybook exec` with a shell that stays until it is told to go.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use daybook::db::server::{Options, Server, ServerError};
use rustix::process::{Signal, geteuid, getpgid, getpgrp, kill_process};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::harness::until;
use crate::process::{Folder, has, is_there};

async fn start(folder: &Folder) -> Result<Server, ServerError> {
    start_with(folder, &[], false).await
}

async fn start_with(folder: &Folder, settings: &[&str], create_db: bool) -> Result<Server, ServerError> {
    let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
    Server::start(Options { data_dir: folder.0.clone(), settings, create_db }).await
}

/// Starts, and stops again.
async fn start_and_stop(folder: &Folder) {
    start(folder).await.unwrap().stop().await.unwrap();
}

/// What is said when it cannot start.
async fn refusal(folder: &Folder) -> String {
    start(folder).await.unwrap_err().to_string()
}

/// The first column of what a query finds.
async fn query(server: &Server, sql: &str) -> Vec<String> {
    try_query(server, sql).await.unwrap()
}

async fn try_query(server: &Server, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&server.url(), NoTls).await?;
    tokio::spawn(connection);
    let found = client.simple_query(sql).await?;
    let cell = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    };
    Ok(found.iter().filter_map(cell).collect())
}

fn is_running(folder: &Folder) -> bool {
    folder.postmaster().is_some_and(is_there)
}

/// Another process that has joined or started the server.
struct Helper(Child);

impl Helper {
    fn spawn(folder: &Folder) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
        command.args(["exec", "sh", "-c", "echo ready; read line"]).current_dir("/").stdin(Stdio::piped());
        command.env_remove("DATABASE_URL").env("DAYBOOK_DATA_DIR", &folder.0).env("DAYBOOK_LOG", "warn");
        Self(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Waits until it has the server.
    fn ready(mut self) -> Self {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the helper got no server");
        self
    }

    fn finish(mut self) {
        writeln!(self.0.stdin.take().unwrap(), "go").unwrap();
        assert!(self.0.wait().unwrap().success());
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn it_starts_stops_and_starts_again_with_what_was_kept() {
    let folder = Folder::new("again");
    let server = start(&folder).await.unwrap();
    for (sql, expected) in [
        ("SELECT current_user", "daybook"),
        ("SELECT current_database()", "daybook"),
        ("SHOW listen_addresses", ""),
        ("SHOW server_encoding", "UTF8"),
        ("SELECT upper('é')", "É"),
        ("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user", "f"),
    ] {
        assert_eq!(query(&server, sql).await, [expected], "{sql}");
    }
    query(&server, "CREATE TABLE kept AS SELECT 7 AS n").await;
    assert!(server.bin_dir().join("pg_dump").exists());
    assert_eq!(fs::metadata(server.socket_dir()).unwrap().mode() & 0o777, 0o700);
    // Ctrl-C in a terminal goes to the whole group, and must not reach the server.
    let postmaster = folder.postmaster().unwrap();
    assert_ne!(getpgid(Some(postmaster)).unwrap(), getpgrp());
    server.stop().await.unwrap();
    assert_eq!(folder.postmaster(), None);
    assert!(!is_there(postmaster), "a zombie is left");

    let server = start_with(&folder, &["work_mem=7MB"], true).await.unwrap();
    assert_eq!(query(&server, "SELECT n FROM kept").await, ["7"]);
    assert_eq!(query(&server, "SHOW work_mem").await, ["7MB"]);
    query(&server, "CREATE DATABASE more").await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_leaves_last_stops_it() {
    let folder = Folder::new("last");
    let first = start(&folder).await.unwrap();
    let postmaster = folder.postmaster().unwrap();
    let (second, third) = (Helper::spawn(&folder).ready(), Helper::spawn(&folder).ready());
    // Its child goes on living without it.
    first.stop().await.unwrap();
    assert!(is_running(&folder));
    second.finish();
    assert!(is_running(&folder));
    third.finish();
    assert_eq!(folder.postmaster(), None);
    until("nothing is left of it", async || !is_there(postmaster)).await;
}

#[tokio::test]
async fn one_process_may_hold_several_shares_and_drop_one() {
    let folder = Folder::new("shares");
    let first = start(&folder).await.unwrap();
    let second = start(&folder).await.unwrap();
    first.stop().await.unwrap();
    query(&second, "SELECT 1").await;
    // Dropping cannot wait, and leaves the server to the next.
    let orphan = folder.postmaster();
    drop(second);
    let third = start(&folder).await.unwrap();
    assert_eq!(folder.postmaster(), orphan);
    third.stop().await.unwrap();
    assert_eq!(folder.postmaster(), None);
}

#[tokio::test]
async fn a_server_whose_user_was_killed_is_joined_and_stopped() {
    let folder = Folder::new("killed");
    Helper::spawn(&folder).ready().kill();
    let orphan = folder.postmaster().unwrap();
    assert!(is_there(orphan));
    let server = start(&folder).await.unwrap();
    assert_eq!(folder.postmaster(), Some(orphan));
    query(&server, "SELECT 1").await;
    server.stop().await.unwrap();
    until("the server is gone", async || !is_there(orphan)).await;
}

#[tokio::test]
async fn a_server_that_died_leaves_no_zombie_and_recovers_at_once() {
    let folder = Folder::new("crashed");
    let server = start(&folder).await.unwrap();
    query(&server, "CREATE TABLE kept AS SELECT 7 AS n").await;
    let postmaster = folder.postmaster().unwrap();
    kill_process(postmaster, Signal::KILL).unwrap();
    until("nothing is left of it", async || !is_there(postmaster)).await;
    assert!(try_query(&server, "SELECT 1").await.is_err());
    server.stop().await.unwrap();
    // While the rest of the old server may still hold its memory.
    let server = start(&folder).await.unwrap();
    assert_eq!(query(&server, "SELECT n FROM kept").await, ["7"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn processes_that_start_together_share_one_server_and_come_and_go_at_will() {
    let folder = Folder::new("together");
    let helpers: Vec<Helper> = (0..4).map(|_| Helper::spawn(&folder)).collect();
    let helpers: Vec<Helper> = helpers.into_iter().map(Helper::ready).collect();
    for helper in helpers {
        assert!(is_running(&folder));
        helper.finish();
    }
    assert_eq!(folder.postmaster(), None);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..3 {
                    Helper::spawn(&folder).ready().finish();
                }
            });
        }
    });
    assert_eq!(folder.postmaster(), None);
}

#[tokio::test]
async fn a_stale_pid_file_does_not_matter_whoever_has_its_number_now() {
    let folder = Folder::new("stale");
    start_and_stop(&folder).await;
    let owner = fs::metadata(folder.0.join("postgres")).unwrap().uid();
    let mut sleeper = Command::new("sleep").arg("100").uid(owner).current_dir("/").spawn().unwrap();
    // Nobody, this very process, and a stranger of the server's own user, which is the one that PostgreSQL itself
    // takes for a server.
    for pid in [999_999_999, std::process::id(), sleeper.id()] {
        for name in ["postgres/postmaster.pid", "run/.s.PGSQL.5432.lock"] {
            let file = folder.0.join(name);
            let rest = "1\n5432\n/nowhere\n\n 1 1\nready   \n";
            fs::write(&file, format!("{pid}\n{}\n{rest}", folder.0.display())).unwrap();
            chown(&file, Some(owner), None).unwrap();
        }
        let server = start(&folder).await.unwrap();
        query(&server, "SELECT 1").await;
        server.stop().await.unwrap();
    }
    assert!(sleeper.try_wait().unwrap().is_none(), "the stranger was harmed");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

#[tokio::test]
async fn being_killed_during_initdb_costs_nothing() {
    let folder = Folder::new("initdb");
    let helper = Helper::spawn(&folder);
    let unfinished = async || {
        let entries = fs::read_dir(&folder.0).into_iter().flatten().flatten();
        let of_initdb = |entry: fs::DirEntry| {
            entry.file_name().to_string_lossy().starts_with("postgres.new-") && entry.path().join("global").exists()
        };
        entries.into_iter().any(of_initdb)
    };
    until("initdb is at work", unfinished).await;
    helper.kill();
    assert!(!has(&folder, "postgres"));
    // Remains of an earlier one, which nothing writes to any more.
    fs::create_dir_all(folder.0.join("postgres.new-1/base")).unwrap();
    start_and_stop(&folder).await;
    assert!(!has(&folder, "postgres.new-1"));
}

#[tokio::test]
async fn a_path_may_have_blanks_and_accents_and_a_long_one_gets_a_short_socket() {
    let folder = Folder::new("my dätá 100%");
    let server = start(&folder).await.unwrap();
    assert!(server.socket_dir().starts_with(&folder.0));
    query(&server, "SELECT 1").await;
    server.stop().await.unwrap();

    let long = Folder(folder.0.join("x".repeat(60)).join("y ü,\"".repeat(10)));
    let server = start(&long).await.unwrap();
    let socket_dir = server.socket_dir().to_owned();
    assert!(socket_dir.starts_with("/tmp"), "{socket_dir:?}");
    query(&server, "SELECT 1").await;
    server.stop().await.unwrap();
    // Someone else's folder in that place is not trusted, nor is a link.
    if geteuid().is_root() {
        chown(&socket_dir, Some(12_345), None).unwrap();
        let said = refusal(&long).await;
        assert!(said.contains("belongs to uid 12345"), "{said}");
    }
    fs::remove_dir(&socket_dir).unwrap();
    std::os::unix::fs::symlink("/tmp", &socket_dir).unwrap();
    let said = refusal(&long).await;
    fs::remove_file(&socket_dir).unwrap();
    assert!(said.contains("must be a folder"), "{said}");
}

#[tokio::test]
async fn a_server_that_cannot_be_used_says_why_and_is_not_left_behind() {
    let folder = Folder::new("refusing");
    let said = start_with(&folder, &["no_such_thing=1"], false).await.unwrap_err().to_string();
    assert!(said.contains("unrecognized configuration parameter \"no_such_thing\""), "{said}");
    start_and_stop(&folder).await;

    let rules = folder.0.join("postgres/pg_hba.conf");
    let right = fs::read(&rules).unwrap();
    fs::write(&rules, "local all all reject\n").unwrap();
    let said = refusal(&folder).await;
    assert!(said.contains("pg_hba.conf"), "{said}");
    assert_eq!(folder.postmaster(), None);
    fs::write(&rules, right).unwrap();

    // Its log is set aside once it is large.
    let log = folder.0.join("postgres.log");
    fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(11 << 20).unwrap();
    start_and_stop(&folder).await;
    assert!(fs::metadata(&log).unwrap().len() < 1 << 20);
    assert_eq!(fs::metadata(folder.0.join("postgres.log.1")).unwrap().len(), 11 << 20);
}

#[tokio::test]
async fn files_of_another_version_or_of_someone_else_are_not_touched() {
    for (file, text, expected) in
        [("PG_VERSION", "11\n", "made by PostgreSQL 11"), ("letter.txt", "dear", "move it away")]
    {
        let folder = Folder::new("foreign");
        fs::create_dir_all(folder.0.join("postgres")).unwrap();
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.0.join("postgres").join(file), text).unwrap();
        let said = refusal(&folder).await;
        assert!(said.contains(expected), "{said}");
        assert_eq!(fs::read_to_string(folder.0.join("postgres").join(file)).unwrap(), text);
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_explained() {
    let outer = Folder::new("closed");
    fs::DirBuilder::new().mode(0o700).create(&outer.0).unwrap();
    let inner = Folder(outer.0.join("inner"));
    if geteuid().is_root() {
        let said = refusal(&inner).await;
        assert!(said.contains(&format!("chmod o+x {}`", outer.0.display())), "{said}");
        // Doing as told helps.
        fs::set_permissions(&outer.0, fs::Permissions::from_mode(0o711)).unwrap();
        start_and_stop(&inner).await;
    } else {
        fs::set_permissions(&outer.0, fs::Permissions::from_mode(0o500)).unwrap();
        let said = refusal(&inner).await;
        fs::set_permissions(&outer.0, fs::Permissions::from_mode(0o700)).unwrap();
        assert!(said.contains("Permission denied"), "{said}");
    }
}

/// As with a folder of the host that is mounted into a container, or one that root works in for once: there is
/// nothing in it afterwards that its owner cannot open.
#[tokio::test]
async fn root_runs_it_as_the_owner_of_the_folder_with_a_name_or_without() {
    if !geteuid().is_root() {
        return;
    }
    let id = Command::new("id").args(["-u", "nobody"]).output().unwrap().stdout;
    let nobody: u32 = String::from_utf8(id).unwrap().trim().parse().unwrap();
    for (owner, group) in [(nobody, None), (12_345, Some(12_345))] {
        let folder = Folder::new("owner");
        fs::create_dir(&folder.0).unwrap();
        chown(&folder.0, Some(owner), group).unwrap();
        let server = start(&folder).await.unwrap();
        query(&server, "SELECT 1").await;
        server.stop().await.unwrap();
        if owner == nobody {
            for entry in fs::read_dir(&folder.0).unwrap().flatten() {
                assert_eq!(entry.metadata().unwrap().uid(), nobody, "{:?}", entry.path());
            }
        }
    }
}
