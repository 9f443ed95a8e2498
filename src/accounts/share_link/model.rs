//! A share link, the checks of a new one, and the rule that locks it.

use async_graphql::InputObject;
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;

use crate::db::page::Order;
use crate::db::tables::{customer_sessions, share_links};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, CustomerId, SessionId, ShareLinkId, UserId};

/// The time in which wrong numbers count together, and for which they lock.
const WINDOW: Duration = Duration::minutes(15);
/// The most links of one customer that can be used at the same time.
pub const MAX_LINKS: i64 = 20;
/// The wrong numbers that lock.
const MAX_WRONG: usize = 5;

/// In the order in which they were made, the newest first.
pub const NEWEST_FIRST: Order =
    Order { name: "SHARE_LINKS", key: "share_links.id", key_type: "uuid", id: "share_links.id", descending: true };

/// A link that was sent to a customer, without its token.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = share_links)]
pub struct ShareLink {
    /// Where.
    pub business_id: BusinessId,
    /// Its id.
    pub id: ShareLinkId,
    /// Whose account it shows.
    pub customer_id: CustomerId,
    /// Who made it, if a user did.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the customer last came by it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Until when it can be used.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When wrong numbers were tried of late.
    pub wrong_at: Vec<Option<DateTime<Utc>>>,
    /// Until when no number is right.
    pub locked_until: Option<DateTime<Utc>>,
}

impl ShareLink {
    /// Whether it leads anywhere at `now`.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }

    /// Whether it is locked at `now`.
    pub fn is_locked(&self, now: DateTime<Utc>) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }

    /// Counts a wrong number. Whether that locks the link.
    pub fn count_wrong(&mut self, now: DateTime<Utc>) -> bool {
        self.wrong_at.retain(|at| at.is_some_and(|at| at > now - WINDOW));
        self.wrong_at.push(Some(now));
        let locks = self.wrong_at.len() >= MAX_WRONG;
        if locks {
            self.wrong_at.clear();
            self.locked_until = Some(now + WINDOW);
        }
        locks
    }
}

/// A sign-in by share link.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = customer_sessions)]
pub struct CustomerSession {
    /// Where.
    pub business_id: BusinessId,
    /// Its id.
    pub id: SessionId,
    /// Who.
    pub customer_id: CustomerId,
    /// By which link.
    pub share_link_id: ShareLinkId,
    /// The hash of the refresh token that comes next.
    pub refresh_hash: Vec<u8>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when that token can be used.
    pub expires_at: DateTime<Utc>,
    /// When it was ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A link to be made.
#[derive(Debug, Clone, InputObject)]
pub struct ShareLinkCreateInput {
    /// Whose account it shows. They sign in with their WhatsApp number, so they need one.
    pub customer_id: CustomerId,
    /// Until when it can be used. Until it is revoked if absent.
    pub expires_at: Option<DateTime<Utc>>,
}

impl ShareLinkCreateInput {
    /// The link, made at `now`.
    pub fn check(
        self,
        business: BusinessId,
        id: ShareLinkId,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<ShareLink> {
        if self.expires_at.is_some_and(|at| at <= now) {
            return Err(Error::user(UserErrorCode::Invalid, "expiresAt", "expiresAt must be in the future"));
        }
        Ok(ShareLink {
            business_id: business,
            id,
            customer_id: self.customer_id,
            created_by: by,
            created_at: now,
            last_used_at: None,
            expires_at: self.expires_at,
            revoked_at: None,
            wrong_at: Vec::new(),
            locked_until: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn five_wrong_numbers_within_fifteen_minutes_lock_for_fifteen() {
        let begin = DateTime::UNIX_EPOCH + Duration::days(20_000);
        let input = ShareLinkCreateInput { customer_id: CustomerId(Uuid::nil()), expires_at: None };
        let link = input.check(BusinessId(Uuid::nil()), ShareLinkId(Uuid::nil()), None, begin).unwrap();
        let at = |minutes| begin + Duration::minutes(minutes);

        let mut tried = link.clone();
        assert_eq!([0, 1, 2, 3, 4].map(|minute| tried.count_wrong(at(minute))), [false, false, false, false, true]);
        assert!(tried.is_locked(at(18)) && !tried.is_locked(at(19)));
        // Then it takes five more.
        assert_eq!(
            [19, 20, 21, 22, 23].map(|minute| tried.count_wrong(at(minute))),
            [false, false, false, false, true]
        );

        // The first has left the window when the fifth comes.
        let mut slow = link;
        assert_eq!([0, 4, 8, 12, 15].map(|minute| slow.count_wrong(at(minute))), [false; 5]);
        assert!(slow.count_wrong(at(16)), "five since minute 4");
    }
}
