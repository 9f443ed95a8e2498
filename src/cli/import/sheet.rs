//! A CSV file: its columns by name, its rows with their lines.

use csv::{ByteRecord, ReaderBuilder, StringRecord, Trim};

use super::problems::Problems;

/// A column that a file may have.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What it is called.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
}

/// A column that must be there.
pub const fn required(name: &'static str) -> Column {
    Column { name, required: true }
}

/// A column that may be there.
pub const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

/// A file, read whole.
#[derive(Debug)]
pub struct Sheet {
    columns: &'static [Column],
    /// Where each of the columns is.
    places: Vec<Option<usize>>,
    rows: Vec<(u64, StringRecord)>,
    count: usize,
}

/// A row of a file.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    record: &'a StringRecord,
    /// The line on which it begins; the header is line 1.
    pub line: u64,
}

impl Sheet {
    /// Reads a file: UTF-8 with or without a byte order mark, lines ended by LF or CRLF. Rows that cannot be read
    /// become problems; an error if the header cannot be used.
    pub fn read(bytes: &[u8], columns: &'static [Column], problems: &mut Problems) -> Result<Self, String> {
        // Rows of another length are reported here, with what to do.
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(bytes);
        let header = reader.headers().map_err(|_| "its header is not UTF-8: save it as CSV in UTF-8")?.clone();
        let places = places(&header, columns)?;
        let (mut rows, mut count) = (Vec::new(), 0);
        let mut lines = Lines { bytes, at: 0, line: 1 };
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(|error| error.to_string())? {
            count += 1;
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
            if record.len() != header.len() {
                let (found, expected) = (record.len(), header.len());
                let message = format!(
                    "this row has {found} values and the header {expected}: put values that have a comma or a \
                     quote in them in quotes"
                );
                problems.add(line, None, message);
                continue;
            }
            match StringRecord::from_byte_record(record.clone()) {
                Ok(record) => rows.push((line, record)),
                Err(error) => {
                    let column = header.get(error.utf8_error().field());
                    problems.add(line, column, "this is not UTF-8: save the file as CSV in UTF-8");
                }
            }
        }
        Ok(Self { columns, places, rows, count })
    }

    /// How many rows the file has, readable or not.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The rows that can be read.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, record)| Row { sheet: self, record, line: *line })
    }
}

impl<'a> Row<'a> {
    /// What stands in a column; nothing if that is blank, or there is no such column.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        let known = self.sheet.columns.iter().position(|known| known.name == column)?;
        let text = self.record.get(self.sheet.places[known]?)?;
        (!text.is_empty()).then_some(text)
    }

    /// What stands in a column, as a value. A problem if it cannot be read.
    pub fn value<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
        problems: &mut Problems,
    ) -> Option<T> {
        let read = read(self.text(column)?);
        read.map_err(|message| problems.add(self.line, Some(column), message)).ok()
    }

    /// Like [`Row::value`], and a problem if it is blank; `other` then stands in, so that the rest of the row is
    /// checked too.
    pub fn needed<T>(
        &self,
        column: &'static str,
        other: T,
        read: impl FnOnce(&str) -> Result<T, String>,
        problems: &mut Problems,
    ) -> T {
        if self.text(column).is_none() {
            problems.add(self.line, Some(column), format!("{column} must not be blank"));
        }
        self.value(column, read, problems).unwrap_or(other)
    }
}

/// Where the columns are in the header; all that is wrong with it at once.
fn places(header: &StringRecord, columns: &[Column]) -> Result<Vec<Option<usize>>, String> {
    let names = || columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    if header.iter().all(str::is_empty) {
        return Err(format!("it is empty; its first line must name the columns: {}", names()));
    }
    let mut wrong = Vec::new();
    for (place, name) in header.iter().enumerate() {
        if !columns.iter().any(|column| column.name == name) {
            wrong.push(format!("there is no column `{name}`"));
        } else if header.iter().take(place).any(|earlier| earlier == name) {
            wrong.push(format!("the column `{name}` is there twice"));
        }
    }
    let places: Vec<_> = columns.iter().map(|column| header.iter().position(|name| name == column.name)).collect();
    for (column, place) in columns.iter().zip(&places) {
        if column.required && place.is_none() {
            wrong.push(format!("the column `{}` is missing", column.name));
        }
    }
    if wrong.is_empty() { Ok(places) } else { Err(format!("{} (the columns are {})", wrong.join("; "), names())) }
}

/// Counts lines up to rows that come in order. The csv crate counts too, but begins a row at the end of the line
/// before, or at the blank lines in between.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row whose place the csv crate says to be `byte`.
    fn of(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX).min(self.bytes.len());
        let blank = self.bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.bytes[self.at.min(start)..start + blank];
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.at = start + blank;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[required("code"), required("name"), optional("tags")];

    fn read(text: &[u8]) -> (Result<Sheet, String>, String) {
        let mut problems = Problems::default();
        let sheet = Sheet::read(text, COLUMNS, &mut problems);
        (sheet, problems.report("f", 0))
    }

    #[test]
    fn columns_are_found_by_name_and_lines_are_those_of_an_editor() {
        for text in [
            "name,code\nAnn,1\n\n\"Bob\nB.\" , 2 \nCid,\n",
            "name,code\r\nAnn,1\r\n\r\n\"Bob\nB.\" , 2 \r\nCid,\r\n",
            "\u{feff}name,code\r\nAnn,1\r\n\r\n\"Bob\nB.\" , 2 \r\nCid,",
        ] {
            let sheet = read(text.as_bytes()).0.unwrap();
            let rows: Vec<_> = sheet.rows().map(|row| (row.line, row.text("code"), row.text("name"))).collect();
            assert_eq!(
                rows,
                [(2, Some("1"), Some("Ann")), (4, Some("2"), Some("Bob\nB.")), (6, None, Some("Cid"))],
                "{text:?}"
            );
            assert_eq!(sheet.rows().next().unwrap().text("tags"), None);
        }
    }

    #[test]
    fn a_header_that_cannot_be_used_is_refused_with_all_that_is_wrong() {
        let refused = read(b"code,nmae,code\n1,Ann,1\n").0.unwrap_err();
        assert_eq!(
            refused,
            "there is no column `nmae`; the column `code` is there twice; the column `name` is missing \
             (the columns are code, name, tags)"
        );
        assert!(read(b"").0.unwrap_err().starts_with("it is empty"));
        assert!(read(b"code,n\xe9\n").0.unwrap_err().contains("UTF-8"));
    }

    #[test]
    fn rows_that_cannot_be_read_are_problems_and_the_others_are_read() {
        let (sheet, report) = read(b"code,name\n1,Ann,x\n2,Ren\xe9\n3,Cid\n");
        let sheet = sheet.unwrap();
        assert_eq!((sheet.len(), sheet.rows().count()), (3, 1));
        assert!(report.starts_with("f:2: this row has 3 values and the header 2"), "{report}");
        assert!(report.contains("\nf:3: name: this is not UTF-8"), "{report}");
    }

    #[test]
    fn what_is_blank_or_unreadable_is_a_problem_of_its_column() {
        let mut problems = Problems::default();
        let sheet = Sheet::read(b"code,name\n,x\n7,\n", COLUMNS, &mut problems).unwrap();
        let number = |text: &str| text.parse::<i32>().map_err(|_| format!("`{text}` is no number"));
        for row in sheet.rows() {
            row.needed("code", 0, number, &mut problems);
            row.value("name", number, &mut problems);
        }
        let report = problems.report("f", 2);
        assert!(
            report.starts_with("f:2: code: code must not be blank\nf:2: name: `x` is no number\n1 of 2"),
            "{report}"
        );
    }
}
