//! A CSV file, read by the batch: its columns by name, its rows with their lines.

use std::collections::VecDeque;
use std::io::{self, Read};

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, StringRecord, Trim};

use super::problems::Problems;
use crate::error::{Error, Result};
use crate::transfer::cell;
use crate::transfer::kind::Column;

/// The longest row, in bytes. A quote that is not closed makes the rest of a file one row.
const MAX_ROW: usize = 1 << 20;

/// A file whose header was read.
pub struct Sheet {
    columns: &'static [Column],
    /// Where each of the columns is.
    places: Vec<Option<usize>>,
    header: StringRecord,
    reader: Reader<Tap>,
    count: u64,
    ended: bool,
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line on which it begins; the header is line 1.
    pub line: u64,
    columns: &'static [Column],
    cells: Vec<Option<String>>,
}

impl Sheet {
    /// Begins to read a file: UTF-8 with or without a byte order mark, lines ended by LF or CRLF. An error if the header
    /// cannot be used.
    pub fn open(file: impl Read + Send + 'static, columns: &'static [Column]) -> Result<Self, String> {
        let tap = Tap { source: Box::new(file), kept: VecDeque::new(), at: 0, line: 1 };
        // Rows of another length are reported here, with what to do.
        let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(tap);
        let header = reader.headers().map_err(|error| match error.into_kind() {
            ErrorKind::Io(error) => error.to_string(),
            _ => "its header is not UTF-8: save it as CSV in UTF-8".to_owned(),
        })?;
        let header = header.clone();
        let places = places(&header, columns)?;
        Ok(Self { columns, places, header, reader, count: 0, ended: false })
    }

    /// The next rows, of which at most so many are looked at. Rows that cannot be read become problems.
    pub fn batch(&mut self, most: usize, problems: &mut Problems) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let mut record = ByteRecord::new();
        for _ in 0..most {
            match self.reader.read_byte_record(&mut record).map_err(csv::Error::into_kind) {
                Ok(true) => {}
                Ok(false) => {
                    self.ended = true;
                    break;
                }
                Err(ErrorKind::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                    problems.add(self.reader.get_ref().line, None, format!("behind the row of this line, {error}"));
                    self.ended = true;
                    break;
                }
                Err(ErrorKind::Io(error)) => return Err(Error::internal(error)),
                Err(other) => return Err(Error::internal(format!("a CSV file: {other:?}"))),
            }
            self.count += 1;
            let line = self.reader.get_mut().line_of(record.position().map_or(0, csv::Position::byte));
            rows.extend(self.row(line, &record, problems));
        }
        Ok(rows)
    }

    fn row(&self, line: u64, record: &ByteRecord, problems: &mut Problems) -> Option<Row> {
        if record.len() != self.header.len() {
            let (found, expected) = (record.len(), self.header.len());
            let message = format!(
                "this row has {found} values and the header {expected}: put values that have a comma or a quote in \
                 them in quotes"
            );
            problems.add(line, None, message);
            return None;
        }
        let mut readable = true;
        let mut cells = Vec::with_capacity(self.columns.len());
        for (column, place) in self.columns.iter().zip(&self.places) {
            let Some(bytes) = place.and_then(|place| record.get(place)) else {
                cells.push(None);
                continue;
            };
            let wrong = match std::str::from_utf8(bytes) {
                Ok(text) if !text.contains('\0') => {
                    cells.push((!text.is_empty()).then(|| cell::unguard(text).to_owned()));
                    continue;
                }
                Ok(_) => "this has the character NUL in it: take it out",
                Err(_) => "this is not UTF-8: save the file as CSV in UTF-8",
            };
            problems.add(line, Some(column.name), wrong);
            readable = false;
        }
        readable.then_some(Row { line, columns: self.columns, cells })
    }

    /// Whether there are no more rows.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// How many rows were looked at, readable or not.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl Row {
    /// The row whose cells were written down.
    pub fn of(line: u64, columns: &'static [Column], cells: &str) -> Result<Self> {
        Ok(Self { line, columns, cells: serde_json::from_str(cells).map_err(Error::internal)? })
    }

    /// The cells, to be written down.
    pub fn cells(&self) -> Result<String> {
        serde_json::to_string(&self.cells).map_err(Error::internal)
    }

    /// What stands in a column; nothing if that is blank, or there is no such column.
    pub fn text(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|known| known.name == column)?;
        self.cells.get(place)?.as_deref()
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
/// before, or at the blank lines in between. Keeps what was read from the row before on.
struct Tap {
    source: Box<dyn Read + Send>,
    kept: VecDeque<u8>,
    /// The place in the file of what is kept, and the line on which that is.
    at: u64,
    line: u64,
}

impl Read for Tap {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.kept.len() > MAX_ROW {
            let message = format!("there is one longer than {MAX_ROW} bytes: a quote may be missing");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let count = self.source.read(into)?;
        self.kept.extend(&into[..count]);
        Ok(count)
    }
}

impl Tap {
    /// The line of the row whose place the csv crate says to be `byte`.
    fn line_of(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte.saturating_sub(self.at)).unwrap_or(usize::MAX).min(self.kept.len());
        let blank = self.kept.iter().skip(start).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = start + blank;
        self.line += self.kept.drain(..passed).map(|byte| u64::from(byte == b'\n')).sum::<u64>();
        self.at += passed as u64;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::Kind;

    /// All rows, in batches of `most`, with what is wrong.
    fn read(text: &[u8], most: usize) -> Result<(Vec<Row>, u64, String), String> {
        let mut sheet = Sheet::open(io::Cursor::new(text.to_vec()), Kind::Customers.columns())?;
        let (mut rows, mut problems) = (Vec::new(), Problems::default());
        while !sheet.ended() {
            rows.extend(sheet.batch(most, &mut problems).unwrap());
        }
        Ok((rows, sheet.count(), problems.report("f", sheet.count())))
    }

    #[test]
    fn columns_are_found_by_name_and_lines_are_those_of_an_editor() {
        for text in [
            "name,code\nAnn,1\n\n\"Bob\nB.\" , 2 \nCid,\n",
            "name,code\r\nAnn,1\r\n\r\n\"Bob\nB.\" , 2 \r\nCid,\r\n",
            "\u{feff}name,code\r\nAnn,1\r\n\r\n\"Bob\nB.\" , 2 \r\nCid,",
        ] {
            for most in [1, 2, 100] {
                let (rows, count, _) = read(text.as_bytes(), most).unwrap();
                assert_eq!(count, 3);
                let rows: Vec<_> = rows.iter().map(|row| (row.line, row.text("code"), row.text("name"))).collect();
                assert_eq!(
                    rows,
                    [(2, Some("1"), Some("Ann")), (4, Some("2"), Some("Bob\nB.")), (6, None, Some("Cid"))],
                    "{text:?}"
                );
            }
            assert_eq!(read(text.as_bytes(), 9).unwrap().0[0].text("tags"), None);
        }
    }

    #[test]
    fn lines_are_counted_far_behind_what_is_kept() {
        let mut text = "code,name\n".to_owned();
        for row in 0..20_000 {
            text.push_str(&format!("{row},\"a\nb\"\n"));
        }
        let (rows, ..) = read(text.as_bytes(), 1_000).unwrap();
        assert_eq!(rows.last().map(|row| (row.line, row.text("code"))), Some((40_000, Some("19999"))));
    }

    #[test]
    fn a_quote_that_is_not_closed_does_not_take_the_rest_of_the_file() {
        let text = format!("code,name\n1,Ann\n2,\"Bob\n{}", "x,y\n".repeat(1 << 20));
        let (rows, count, report) = read(text.as_bytes(), 10).unwrap();
        assert_eq!((rows.len(), count), (1, 1));
        assert!(report.starts_with("f:2: behind the row of this line, there is one longer than"), "{report}");
    }

    #[test]
    fn a_header_that_cannot_be_used_is_refused_with_all_that_is_wrong() {
        let refused = |text: &[u8]| Sheet::open(io::Cursor::new(text.to_vec()), Kind::Contacts.columns()).err();
        assert_eq!(
            refused(b"name,nmae,name\n1,Ann,1\n").unwrap(),
            "there is no column `nmae`; the column `name` is there twice; the column `customer_code` is missing \
             (the columns are customer_code, name, email, phone, role, is_primary)"
        );
        assert!(refused(b"").unwrap().starts_with("it is empty"));
        assert!(refused(b"name,n\xe9\n").unwrap().contains("UTF-8"));
    }

    #[test]
    fn rows_that_cannot_be_read_are_problems_and_the_others_are_read() {
        let (rows, count, report) = read(b"code,name\n1,Ann,x\n2,Ren\xe9\n3,C\0\n4,Dan\n", 2).unwrap();
        assert_eq!((rows.len(), count), (1, 4));
        assert!(report.starts_with("f:2: this row has 3 values and the header 2"), "{report}");
        assert!(report.contains("\nf:3: name: this is not UTF-8"), "{report}");
        assert!(report.contains("\nf:4: name: this has the character NUL"), "{report}");
    }

    #[test]
    fn what_is_blank_or_unreadable_is_a_problem_of_its_column() {
        let (rows, ..) = read(b"code,name\n,x\n7,\n", 9).unwrap();
        let mut problems = Problems::default();
        let number = |text: &str| text.parse::<i32>().map_err(|_| format!("`{text}` is no number"));
        for row in &rows {
            row.needed("code", 0, number, &mut problems);
            row.value("name", number, &mut problems);
        }
        let report = problems.report("f", 2);
        assert!(
            report.starts_with("f:2: code: code must not be blank\nf:2: name: `x` is no number\n1 of 2"),
            "{report}"
        );
    }

    #[test]
    fn rows_come_back_as_they_were_written_down() {
        let (rows, ..) = read("code,name\n1,\"A \"\"b\"\", é\n\"\n2,'=1\n".as_bytes(), 9).unwrap();
        for row in rows {
            let back = Row::of(row.line, Kind::Customers.columns(), &row.cells().unwrap()).unwrap();
            assert_eq!(back, row);
        }
    }
}
