//! Documents on paper: a plain model of one, the same model written as HTML and as PDF, and signed links to them.
//!
//! Nothing here knows what is printed. A context makes a [`Document`] of texts that are ready to read: dates, amounts
//! and names are written by whoever knows how.

mod html;
mod link;
mod model;
mod pdf;
mod text;

pub use html::{html, notice, policy};
pub use link::{DocumentLink, Found, Linked};
pub use model::{Align, Column, Document, Fact, Party, Row, Table};
pub use pdf::pdf;
pub use text::{font, is_printable};

use serde::{Deserialize, Serialize};

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum, Serialize, Deserialize)]
#[graphql(name = "DocumentFormat")]
pub enum Format {
    /// A page for the browser, which prints well.
    Html,
    /// A PDF, the same everywhere.
    Pdf,
}

impl Format {
    /// How names of its files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Pdf => "pdf",
        }
    }

    /// What it is called in `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }
}
