//! A document, before anyone has decided how it is written.

/// A document of one table, with what stands before and after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The language of its texts (BCP 47).
    pub language: String,
    /// What it is, such as `Statement`.
    pub title: String,
    /// Who issues it.
    pub issuer: Party,
    /// For whom it is.
    pub recipient: Party,
    /// What it is about, such as its period.
    pub facts: Vec<Fact>,
    /// The table.
    pub table: Table,
    /// What it comes to. The last one is what counts.
    pub totals: Vec<Fact>,
    /// What is said beside it, a paragraph each.
    pub notes: Vec<String>,
    /// What it is called as a file, without the ending. Anything but letters, digits and hyphens becomes a hyphen.
    pub file_name: String,
}

/// Someone, with what is needed to write to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Their name.
    pub name: String,
    /// Their address and the like. A text may have several lines.
    pub lines: Vec<String>,
}

/// A name and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// How much, when, which.
    pub value: String,
}

/// Rows under headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub heading: String,
    /// On which side its texts stand.
    pub align: Align,
    /// How much of the width it gets, in proportion to the others.
    pub share: u16,
}

/// On which side of a column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Where lines begin.
    Start,
    /// Where lines end, as amounts do.
    End,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// A text for each column.
    pub cells: Vec<String>,
    /// Whether it sums up others.
    pub strong: bool,
}

impl Fact {
    /// A value of that name.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

impl Document {
    /// The name of its file, which any system and header can take.
    pub fn file_name(&self, extension: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = self.file_name.chars().map(plain).collect();
        let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
        format!("{}.{extension}", words.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_plain_whatever_the_document_is_called() {
        for (name, expected) in [
            ("statement C-000123 2026-01", "statement-C-000123-2026-01.pdf"),
            ("statement \"राम\"; a/b\\..\r\n", "statement-a-b.pdf"),
        ] {
            let document = Document { file_name: name.into(), ..Document::default() };
            assert_eq!(document.file_name("pdf"), expected);
        }
    }
}
