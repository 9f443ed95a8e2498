//! The machine, and what the driver needs of it.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::world;

/// A socket is a file: as many as the system lets this process have.
pub fn raise_limit_of_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        eprintln!("load: the limit of open files stays what it is: {error}");
    }
}

/// Prints what the figures depend on.
pub async fn describe(database_url: &str) {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let memory = memory.trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / (1 << 20);
    let database = world::database(database_url).await;
    let settings = database.query_one(
        "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'),
            current_setting('shared_buffers')",
        &[],
    );
    let settings = settings.await.unwrap();
    let text = |place: usize| settings.get::<_, String>(place);
    println!("- {} · {cores} cores · {memory} GiB", field(&read("/proc/cpuinfo"), "model name"));
    println!(
        "- load when it began (1, 5, 15 min): {}",
        read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
    );
    println!("- PostgreSQL {}: fsync {}, synchronous_commit {}, shared_buffers {}", text(0), text(1), text(2), text(3));
    println!("- client, Daybook and PostgreSQL on this one machine");
}

/// What a process holds in memory, in bytes.
pub fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process of the server");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}
