//! Attacks, and what another client notices of them.

mod list;
mod shots;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::figures::{Times, millis, table};
use super::http::{Connection, post};
use super::world::{HOME, World};

const READ: &str = "query ($id: ID!) { customer(id: $id) { name balance { amount } } }";
/// How often the other client reads.
const EVERY: Duration = Duration::from_millis(4);
/// How often a second others do what they do.
const OTHERS: u32 = 100;
/// Clients that read at once to warm up: more than Daybook has connections.
const WARM: usize = 32;
/// What an attack has stirred up settles before the next.
const BREATH: Duration = Duration::from_millis(500);

/// What an attacker does again and again.
pub struct Attack {
    name: &'static str,
    /// How often a second.
    rate: u32,
    shot: Arc<dyn Shot>,
    /// What others do [`OTHERS`] times a second, also in quiet.
    others: Option<Arc<dyn Shot>>,
}

/// One try; what was answered.
pub trait Shot: Send + Sync {
    fn fire(&self, number: usize) -> futures_util::future::BoxFuture<'_, String>;
}

/// What was answered, and how often.
type Answers = BTreeMap<String, usize>;

/// What one attack did in all rounds.
#[derive(Default)]
struct Measured {
    /// What the second client saw, quiet and attacked, round by round.
    rounds: Vec<(Times, Times)>,
    attacking: Vec<JoinHandle<JoinSet<String>>>,
}

impl Measured {
    fn ratio(round: &(Times, Times), permille: usize) -> f64 {
        round.1.permille(permille).as_secs_f64() / round.0.permille(permille).as_secs_f64()
    }

    /// The round whose ratio is in the middle: what else the machine does disturbs some of them, and not all.
    fn median(&mut self) -> &(Times, Times) {
        self.rounds.sort_by(|one, other| Self::ratio(one, 990).total_cmp(&Self::ratio(other, 990)));
        &self.rounds[self.rounds.len() / 2]
    }

    /// The slowest are answered only when the server has lost its patience with them.
    async fn answers(&mut self) -> Answers {
        let mut answers = Answers::new();
        for attacking in self.attacking.drain(..) {
            let mut shots = attacking.await.unwrap();
            while let Some(answer) = shots.join_next().await {
                *answers.entry(answer.unwrap()).or_default() += 1;
            }
        }
        answers
    }
}

pub async fn measure(world: &World, seconds: u64, rounds: usize, name: &str) {
    eprintln!("load: attacks");
    let victim = world.open("victim").await;
    let customer = world.customer(&victim, "Ann").await;
    let attacker = world.open("attacker").await;
    let read = post(Some(&victim.token), READ, &json!({ "id": customer }));
    let mut second = Connection::open(HOME, world.address).await.unwrap();
    let window = Duration::from_secs(seconds);
    // To warm up. What runs at once has connections to PostgreSQL of its own, of which each is slow at first.
    let warm = (0..WARM).map(|_| async {
        let mut connection = Connection::open(HOME, world.address).await.unwrap();
        quiet_read(&mut connection, &read, window / 3).await
    });
    join_all(warm).await;

    let there = far_away();
    let attacks: Vec<_> =
        list::attacks(world, attacker).await.into_iter().filter(|attack| attack.name.contains(name)).collect();
    let mut measured: Vec<_> = attacks.iter().map(|_| Measured::default()).collect();
    for round in 1..=rounds {
        for (attack, measured) in attacks.iter().zip(&mut measured) {
            eprintln!("load: round {round} of {rounds}: {}", attack.name);
            let begin_others =
                || attack.others.clone().map(|others| tokio::spawn(fire(others, OTHERS, window, JoinSet::new())));
            let others = begin_others();
            let before = quiet_read(&mut second, &read, window).await;
            if let Some(others) = others {
                others.await.unwrap().join_all().await;
            }
            let others = begin_others();
            measured.attacking.push(there.spawn(fire(Arc::clone(&attack.shot), attack.rate, window, JoinSet::new())));
            let during = quiet_read(&mut second, &read, window).await;
            if let Some(others) = others {
                others.await.unwrap().join_all().await;
            }
            sleep(BREATH).await;
            measured.rounds.push((before, during));
        }
    }
    let mut rows = Vec::new();
    for (attack, measured) in attacks.iter().zip(&mut measured) {
        let answers = measured.answers().await;
        let answered: Vec<_> = answers.iter().map(|(answer, count)| format!("{answer} ×{count}")).collect();
        let median = measured.median();
        rows.push(vec![
            attack.name.to_owned(),
            format!("{}/s", attack.rate),
            answered.join(", "),
            millis(median.0.permille(990)),
            millis(median.1.permille(990)),
            format!("{:.2}", Measured::ratio(median, 990)),
            format!("{:.2}", Measured::ratio(median, 500)),
        ]);
    }
    there.shutdown_background();
    let head = ["attack", "rate", "answered", "p99 quiet", "p99 attacked", "p99 ratio (goal ≤ 2)", "p50 ratio"];
    table(&format!("Attacks, and what a second client notices: the median of {rounds} rounds"), &head, &rows);
    let quiet = Times::gather(measured.into_iter().flat_map(|one| one.rounds).map(|(before, _)| before));
    println!(
        "\nThe second client over all quiet times: p50 {}, p99 {}",
        millis(quiet.permille(500)),
        millis(quiet.permille(990))
    );
}

/// Where attackers run. They are on another machine in earnest: on this one they take no time that somebody else wants.
fn far_away() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().on_thread_start(|| {
        rustix::process::nice(10).ok();
    });
    builder.build().unwrap()
}

/// The second client: reads at its own pace.
async fn quiet_read(connection: &mut Connection, request: &[u8], duration: Duration) -> Times {
    let (mut times, end) = (Times::default(), Instant::now() + duration);
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while Instant::now() < end {
        ticks.tick().await;
        let begin = Instant::now();
        let response = connection.send(request).await.unwrap();
        times.add(begin.elapsed());
        assert!(response.body.starts_with(b"{\"data\":{\"customer\":{"), "{}", String::from_utf8_lossy(&response.body));
    }
    Times::gather([times])
}

/// The attacker: at a steady rate, whether or not what came before is answered. What is still going on.
async fn fire(shot: Arc<dyn Shot>, rate: u32, duration: Duration, mut shots: JoinSet<String>) -> JoinSet<String> {
    let end = Instant::now() + duration;
    let mut ticks = interval(Duration::from_secs(1) / rate);
    let mut number = 0;
    while Instant::now() < end {
        ticks.tick().await;
        let shot = Arc::clone(&shot);
        shots.spawn(async move { shot.fire(number).await });
        number += 1;
    }
    shots
}
