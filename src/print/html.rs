//! A document as a page: no script, nothing from other servers, and it prints well.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest as _, Sha256};

use super::model::{Align, Document, Party};

const STYLE: &str = include_str!("page.css");

/// What the page of a document may load: its own style, and the fonts that are built in.
pub fn policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let style = STANDARD.encode(Sha256::digest(STYLE));
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; font-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        )
    });
    &POLICY
}

/// The document as HTML.
pub fn html(document: &Document) -> String {
    let Document { language, title, issuer, recipient, facts, table, totals, notes, .. } = document;
    let body = markup! {
        header {
            (party(issuer))
            h1 { (title) }
        }
        section.about {
            (party(recipient))
            dl { @for fact in facts { div { dt { (fact.label) } dd { (fact.value) } } } }
        }
        table {
            thead { tr {
                @for column in &table.columns { th scope="col" class=[end(column.align)] { (column.heading) } }
            } }
            tbody {
                @for row in &table.rows {
                    tr class=[row.strong.then_some("strong")] {
                        @for (cell, column) in row.cells.iter().zip(&table.columns) {
                            td class=[end(column.align)] { (cell) }
                        }
                    }
                }
            }
        }
        dl.totals { @for fact in totals { div { dt { (fact.label) } dd { (fact.value) } } } }
        @for note in notes { p { (note) } }
    };
    page(language, &format!("{title} · {}", issuer.name), &body)
}

/// A short page that says something.
pub fn notice(title: &str, text: &str) -> String {
    page("en", title, &markup! { h1 { (title) } p { (text) } })
}

fn page(language: &str, title: &str, body: &Markup) -> String {
    markup! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
    .into_string()
}

fn party(party: &Party) -> Markup {
    markup! {
        address {
            strong { (party.name) }
            @for line in party.lines.iter().flat_map(|text| text.lines()) { br; (line) }
        }
    }
}

fn end(align: Align) -> Option<&'static str> {
    (align == Align::End).then_some("end")
}

#[cfg(test)]
mod tests {
    use super::super::model::{Column, Fact, Row, Table};
    use super::*;

    #[test]
    fn whatever_stands_in_a_document_is_text() {
        let evil = "<script>alert('1')</script> & \"x\"";
        let column = Column { heading: evil.into(), align: Align::End, share: 1 };
        let document = Document {
            language: "en\" onload=\"x".into(),
            title: evil.into(),
            issuer: Party { name: evil.into(), lines: vec![evil.into()] },
            recipient: Party { name: evil.into(), lines: vec![format!("{evil}\n{evil}")] },
            facts: vec![Fact::new(evil, evil)],
            table: Table { columns: vec![column], rows: vec![Row { cells: vec![evil.into()], strong: true }] },
            totals: vec![Fact::new(evil, evil)],
            notes: vec![evil.into()],
            file_name: evil.into(),
        };
        let page = html(&document);
        assert_eq!(page.matches("&lt;script&gt;").count(), 15, "{page}");
        for never in ["<script", "onload=\"", "style=", "http", "src=", "<link", "<img"] {
            assert!(!page.replace(STYLE, "").contains(never), "{never} in {page}");
        }
        assert!(page.contains(&format!("<style>{STYLE}</style>")), "the policy allows this and no other");
        assert!(notice(evil, evil).matches("&lt;script&gt;").count() == 3);
    }
}
