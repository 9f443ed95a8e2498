//! A note, the checks of new ones and of changes.

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use strum::{EnumString, IntoStaticStr};

use crate::auth::Viewer;
use crate::clock::Clock;
use crate::db::page::Order;
use crate::db::tables::notes;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId, NoteId, UserId};
use crate::text::Checks;

const MAX_CONTENT: usize = 4_000;

/// The newest first.
pub const NEWEST_FIRST: Order =
    Order { name: "NOTES", key: "notes.id", key_type: "uuid", id: "notes.id", descending: true };

/// What a note is about.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum NoteKind {
    /// About the person.
    Personal,
    /// What they like.
    Preference,
    /// Something that went wrong.
    Issue,
    /// What they said of the business.
    Feedback,
}

crate::db::enum_column!(NoteKind);

/// A note on a customer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = notes)]
pub struct Note {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: NoteId,
    /// On which customer.
    pub customer_id: CustomerId,
    /// What it is about.
    pub kind: NoteKind,
    /// The text.
    pub content: String,
    /// Who wrote it.
    pub author_id: Option<UserId>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A change of a note: `None` leaves a value as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = notes)]
pub struct NoteChanges {
    kind: Option<NoteKind>,
    content: Option<String>,
}

/// A note to be written.
#[derive(Debug, Clone, InputObject)]
pub struct NoteCreateInput {
    /// On which customer.
    pub customer_id: CustomerId,
    /// What it is about.
    pub kind: NoteKind,
    /// The text, at most 4,000 characters.
    pub content: String,
}

impl NoteCreateInput {
    /// The note to write.
    pub fn check(self, viewer: &Viewer, clock: &Clock) -> Result<Note> {
        let mut checks = Checks::default();
        let now = viewer.business.now(clock);
        let note = Note {
            business_id: viewer.business.id,
            id: NoteId(clock.id()),
            customer_id: self.customer_id,
            kind: self.kind,
            content: checks.text("content", &self.content, MAX_CONTENT),
            author_id: viewer.user(),
            created_at: now,
            updated_at: now,
        };
        checks.finish()?;
        Ok(note)
    }
}

/// A change of a note. What is absent stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct NoteUpdateInput {
    /// What it is about.
    pub kind: Option<NoteKind>,
    /// The text, at most 4,000 characters.
    pub content: Option<String>,
}

impl NoteUpdateInput {
    /// The change.
    pub fn check(self) -> Result<NoteChanges> {
        let mut checks = Checks::default();
        let content = self.content.map(|content| checks.text("content", &content, MAX_CONTENT));
        checks.finish()?;
        Ok(NoteChanges { kind: self.kind, content })
    }
}
