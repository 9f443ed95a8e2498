//! What someone does to a subscription: the same for a mutation and its preview.

use chrono::NaiveDate;
use serde::Serialize;

use super::input::{Change, refuse_archived, require_fitting};
use super::life::{Life, Outcome, SubscriptionCancelMode, SubscriptionChangeMode};
use crate::billing::plan;
use crate::db::Conn;
use crate::error::Result;

/// What is done.
#[derive(Debug, Clone, Copy, Serialize)]
pub enum Act {
    /// It is paused, perhaps to a day.
    Pause(Option<NaiveDate>),
    /// It goes on, perhaps on a day.
    Resume(Option<NaiveDate>),
    /// It ends.
    Cancel(SubscriptionCancelMode),
    /// It moves to other terms.
    Change(Change),
}

impl Act {
    /// The name of the mutation.
    pub fn operation(self) -> &'static str {
        match self {
            Self::Pause(_) => "subscriptionPause",
            Self::Resume(_) => "subscriptionResume",
            Self::Cancel(_) => "subscriptionCancel",
            Self::Change(_) => "subscriptionChange",
        }
    }

    /// Moves a life on by it, in which nothing else is due today. What that comes to, and of a change how it takes
    /// effect.
    pub async fn apply(
        self,
        conn: &Conn,
        life: &mut Life,
        today: NaiveDate,
    ) -> Result<(Outcome, Option<SubscriptionChangeMode>)> {
        match self {
            Self::Pause(resume_on) => Ok((life.pause(today, resume_on)?, None)),
            Self::Resume(on) => Ok((life.resume(today, on)?, None)),
            Self::Cancel(mode) => Ok((life.cancel(today, mode)?, None)),
            Self::Change(change) => {
                let terms = match change.plan {
                    None => life.terms.clone(),
                    Some(id) => {
                        let plan = plan::store::get(conn, life.row.business_id, id, "planId").await?;
                        refuse_archived(&plan)?;
                        plan.terms()
                    }
                };
                let quantity = change.quantity.unwrap_or(life.row.quantity);
                require_fitting(&terms, quantity)?;
                let mode = change.mode.unwrap_or_else(|| life.default_mode(&terms, quantity));
                Ok((life.change(today, terms, quantity, mode)?, Some(mode)))
            }
        }
    }
}
