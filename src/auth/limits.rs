//! How often credentials may be tried: by account and by address, each try of an operation counted by itself.
//!
//! | tried by | at once | then one every |
//! |---|---|---|
//! | one account or link: `signIn`, `customerSignIn`, `sessionRefresh`, `passwordChange` | 10 | 30 s |
//! | one address: `signIn`, `customerSignIn`, `sessionRefresh` | 100 | 1 s |
//!
//! Tries that succeed count as well. An address of IPv6 is its /64, which is what one customer gets. The counts
//! live in the memory of this process, at most 100,000 of each kind.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::error::{Error, Result};

/// One account: tries at once, and the seconds after which there is one more.
const ACCOUNT: (NonZeroU32, Duration) = (at_once(10), Duration::from_secs(30));
/// One address: the same.
const ADDRESS: (NonZeroU32, Duration) = (at_once(100), Duration::from_secs(1));
/// Accounts, and addresses, that are counted at the same time.
const MAX_KEYS: usize = 100_000;

const fn at_once(tries: u32) -> NonZeroU32 {
    match NonZeroU32::new(tries) {
        Some(tries) => tries,
        None => NonZeroU32::MIN,
    }
}

/// From where an operation was asked for, if that is known. In the data of each request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Peer(pub Option<IpAddr>);

impl Peer {
    /// The network of the address that one customer of a provider gets: the address itself, or the /64 of IPv6.
    pub fn network(self) -> Option<u128> {
        self.0.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            IpAddr::V6(address) => address.to_bits() >> 64 << 64,
        })
    }
}

/// The counts.
pub struct Limits {
    accounts: Limit,
    addresses: Limit,
}

impl Limits {
    /// With nothing counted.
    pub fn new(clock: &Clock) -> Self {
        Self { accounts: Limit::new(ACCOUNT, clock), addresses: Limit::new(ADDRESS, clock) }
    }

    /// Counts a try from an address; an error if there were too many. Callers whose address is not known count
    /// as one.
    pub fn address(&self, peer: Peer) -> Result<()> {
        self.addresses.count(peer.network())
    }

    /// Counts a try at an account, by what names it; an error if there were too many.
    pub fn account(&self, name: impl Hash) -> Result<()> {
        self.accounts.count(name)
    }
}

type Limiter = RateLimiter<u64, HashMapStateStore<u64>, Ticks, StateInformationMiddleware>;

/// A bucket for each key, which holds so many at once and then gets one more in every period.
pub struct Limit {
    limiter: RwLock<Limiter>,
    quota: Quota,
    ticks: Ticks,
    /// Keys are hashed with a secret of this process, so that long ones take no more memory than short ones.
    hasher: RandomState,
}

impl Limit {
    /// Buckets that hold `burst` and get one more in every `period`. All are full.
    pub fn new((burst, period): (NonZeroU32, Duration), clock: &Clock) -> Self {
        let ticks = Ticks { clock: clock.clone(), begin: Instant::now() };
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
        let limiter = RwLock::new(limiter(quota, &ticks));
        Self { limiter, quota, ticks, hasher: RandomState::new() }
    }

    fn count(&self, key: impl Hash) -> Result<()> {
        self.take(key, NonZeroU32::MIN).map(|_| ()).map_err(Error::RateLimited)
    }

    /// Takes `amount` out of the bucket of `key`, and says what is left in it. If there is not as much in it, it
    /// takes nothing, and the error says how long to wait. More than a bucket holds is as much as it holds.
    pub fn take(&self, key: impl Hash, amount: NonZeroU32) -> Result<u32, Duration> {
        self.make_room();
        let key = self.hasher.hash_one(key);
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        match limiter.check_key_n(&key, amount.min(self.quota.burst_size())) {
            Ok(Ok(state)) => Ok(state.remaining_burst_capacity()),
            Ok(Err(not_until)) => Err(not_until.wait_time_from(self.ticks.now())),
            Err(governor::InsufficientCapacity(_)) => Err(self.quota.burst_size_replenished_in()),
        }
    }

    fn make_room(&self) {
        if self.limiter.read().unwrap_or_else(PoisonError::into_inner).len() < MAX_KEYS {
            return;
        }
        let mut limiter = self.limiter.write().unwrap_or_else(PoisonError::into_inner);
        limiter.retain_recent();
        // Whoever fills it anew so soon has spent as many tries as it holds: all may begin anew.
        if limiter.len() > MAX_KEYS / 2 {
            *limiter = self::limiter(self.quota, &self.ticks);
        }
    }
}

fn limiter(quota: Quota, ticks: &Ticks) -> Limiter {
    RateLimiter::hashmap_with_clock(quota, ticks.clone()).with_middleware()
}

/// The time of the clock; where it is the machine's, one that is never set back.
#[derive(Clone)]
struct Ticks {
    clock: Clock,
    begin: Instant,
}

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match &self.clock {
            Clock::System => Nanos::from(self.begin.elapsed()),
            Clock::Manual(_) => {
                let micros = u64::try_from(self.clock.now().timestamp_micros()).unwrap_or_default();
                Nanos::from(Duration::from_micros(micros))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn wait(counted: Result<()>) -> Option<u64> {
        counted.err().and_then(|error| error.retry_after())
    }

    #[test]
    fn an_account_has_ten_tries_and_one_more_every_thirty_seconds() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
        let limits = Limits::new(&clock);
        let allowed = (0..100).filter(|_| limits.account("ann@shop.example").is_ok()).count();
        assert_eq!(allowed, 10);
        assert_eq!(wait(limits.account("ann@shop.example")), Some(30));
        assert_eq!(wait(limits.account("bob@shop.example")), None);
        clock.set(clock.now() + chrono::Duration::seconds(29));
        assert_eq!(wait(limits.account("ann@shop.example")), Some(1));
        clock.set(clock.now() + chrono::Duration::seconds(1));
        assert_eq!(wait(limits.account("ann@shop.example")), None);
        assert_eq!(wait(limits.account("ann@shop.example")), Some(30));
    }

    #[test]
    fn an_address_is_one_of_ipv4_or_a_network_of_ipv6() {
        let limits = Limits::new(&Clock::manual(DateTime::UNIX_EPOCH + chrono::Duration::days(20_000)));
        let peer = |text: &str| Peer(Some(text.parse().unwrap()));
        for _ in 0..100 {
            assert_eq!(wait(limits.address(peer("2001:db8::1"))), None);
        }
        assert_eq!(wait(limits.address(peer("2001:db8::ffff:1"))), Some(1));
        assert_eq!(wait(limits.address(peer("2001:db8:0:1::1"))), None);
        assert_eq!(wait(limits.address(peer("203.0.113.1"))), None);
        assert_eq!(wait(limits.address(Peer(None))), None);
    }

    #[test]
    fn the_memory_of_limits_is_bounded() {
        let limits = Limits::new(&Clock::System);
        for account in 0..2 * MAX_KEYS {
            assert_eq!(wait(limits.account(account)), None);
        }
        assert!(limits.accounts.limiter.read().unwrap().len() <= MAX_KEYS);
    }
}
