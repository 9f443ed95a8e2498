//! How much of the server one caller may take: a bucket of cost for each.
//!
//! Every operation is charged what it may cost, as `document::cost` counts it, when its document is in order and
//! before it runs; a subscription once, when it begins, for one event. The bucket holds 20 s of its refill: by default
//! 100,000, and 5,000 come back every second. What finds too little in it is refused, with `RATE_LIMITED`.
//!
//! Users have a bucket in each of their businesses, callers who are not signed in one for each address (a /64 of IPv6).
//! The buckets live in the memory of this process, at most 100,000.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use async_graphql::{Request, Value as GraphqlValue, value};
use chrono::{DateTime, SecondsFormat, Utc};

use super::document::MAX_COST;
use crate::auth::limits::Limit;
use crate::auth::{Caller, Peer, Subject};
use crate::clock::Clock;
use crate::id::{BusinessId, CustomerId, UserId};

/// How many seconds of its refill a bucket holds.
const SECONDS: u32 = 20;
/// What may come back every second. With less, the dearest operation would not find room in a bucket.
const PER_SECOND: RangeInclusive<u32> = 500..=10_000_000;

#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
const _: () = assert!(*PER_SECOND.start() * SECONDS >= MAX_COST as u32);

/// The buckets.
pub struct Budget {
    limit: Limit,
    per_second: u32,
    clock: Clock,
}

/// What came of a charge.
pub struct Charge {
    /// What the operation costs.
    cost: u64,
    /// What is left in the bucket.
    remaining: u64,
    /// When it is full again.
    full_at: DateTime<Utc>,
    /// How long to wait, if there was too little in it.
    pub wait: Option<Duration>,
}

/// Whose bucket it is.
#[derive(Hash)]
enum Payer {
    User(UserId, BusinessId),
    Customer(CustomerId, BusinessId),
    Network(Option<u128>),
}

/// Who pays for what a caller asks.
fn payer(caller: &Caller, peer: Peer) -> Payer {
    match caller.map(|identity| (identity.subject, identity.business)) {
        Ok((Subject::User(user, _), business)) => Payer::User(user, business),
        Ok((Subject::Customer(customer, _), business)) => Payer::Customer(customer, business),
        // Nobody has looked yet whether there is such a key: made-up ones would each have a bucket.
        Ok((Subject::ApiKey(_), _)) | Err(_) => Payer::Network(peer.network()),
    }
}

impl Budget {
    /// Full buckets, each of which gets so much back every second, within reason.
    pub fn new(per_second: u32, clock: &Clock) -> Self {
        let per_second = per_second.clamp(*PER_SECOND.start(), *PER_SECOND.end());
        let period = Duration::from_secs(1) / per_second;
        let capacity = NonZeroU32::new(per_second * SECONDS).unwrap_or(NonZeroU32::MAX);
        Self { limit: Limit::new((capacity, period), clock), per_second, clock: clock.clone() }
    }

    /// Charges a caller, if there is enough in their bucket.
    pub fn charge(&self, caller: &Caller, peer: Peer, cost: u64) -> Charge {
        let rate = u64::from(self.per_second);
        let capacity = rate.saturating_mul(SECONDS.into());
        let amount = u32::try_from(cost).ok().and_then(NonZeroU32::new);
        let taken = self.limit.take(payer(caller, peer), amount.unwrap_or(NonZeroU32::MIN));
        let (remaining, wait) = match taken {
            Ok(remaining) => (remaining.into(), None),
            // What is missing is what comes back meanwhile.
            Err(wait) => (cost.saturating_sub(amount_in(wait, rate)), Some(wait)),
        };
        let millis = capacity.saturating_sub(remaining).saturating_mul(1_000).div_ceil(rate);
        let full_at = self.clock.now() + Duration::from_millis(millis);
        Charge { cost, remaining, full_at, wait }
    }
}

/// What comes back in a time, rounded up.
fn amount_in(time: Duration, per_second: u64) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    micros.saturating_mul(per_second).div_ceil(1_000_000)
}

impl Charge {
    /// What `extensions.cost` of the answer says.
    pub fn report(&self) -> GraphqlValue {
        let reset = self.full_at.to_rfc3339_opts(SecondsFormat::Millis, true);
        value!({ "requested": self.cost, "remaining": self.remaining, "resetAt": reset })
    }
}

/// Whether a caller wants to know what the operation costs: `"extensions": { "cost": true }`.
pub fn wants_report(request: &Request) -> bool {
    request.extensions.get("cost") == Some(&GraphqlValue::Boolean(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::token::ANONYMOUS;
    use crate::auth::{Identity, Tokens};
    use crate::id::SessionId;

    fn user(clock: &Clock) -> (UserId, SessionId) {
        (UserId(clock.id()), SessionId(clock.id()))
    }

    #[test]
    fn a_bucket_holds_twenty_seconds_and_is_of_one_user_in_one_business_or_of_one_address() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
        let budget = Budget::new(5_000, &clock);
        let tokens = Tokens::new("0123456789abcdef0123456789abcdef").unwrap();
        let business = [BusinessId(clock.id()), BusinessId(clock.id())];
        let (ann, session) = user(&clock);
        let identity =
            |business| -> Identity { tokens.issue(Subject::User(ann, session), business, clock.now()).unwrap().1 };
        let peer = |text: &str| Peer(Some(text.parse().unwrap()));
        let home = peer("203.0.113.1");
        let take = |caller: Caller, peer, cost| {
            let charge = budget.charge(&caller, peer, cost);
            (charge.remaining, charge.wait.map(|wait| wait.as_millis()))
        };

        let here = Ok(identity(business[0]));
        for left in (0..10).rev() {
            assert_eq!(take(here, home, 10_000), (left * 10_000, None));
        }
        assert_eq!(take(here, home, 1_000), (0, Some(200)));
        assert_eq!(take(here, peer("203.0.113.2"), 5), (0, Some(1)));
        assert_eq!(take(Ok(identity(business[1])), home, 1), (99_999, None));
        assert_eq!(take(Err(ANONYMOUS), home, 1), (99_999, None));
        assert_eq!(take(Err(ANONYMOUS), home, 1), (99_998, None));
        assert_eq!(take(Err(ANONYMOUS), peer("2001:db8::1"), 1), (99_999, None));
        assert_eq!(take(Err(ANONYMOUS), peer("2001:db8::2"), 1), (99_998, None));

        clock.set(clock.now() + chrono::Duration::milliseconds(100));
        assert_eq!(take(here, home, 1_000), (500, Some(100)));
        assert_eq!(take(here, home, 500), (0, None));
        clock.set(clock.now() + chrono::Duration::seconds(60));
        assert_eq!(take(here, home, 1), (99_999, None));
    }
}
