//! A document as PDF, on A4: first everything is given its place on pages, then the pages are written.

#![expect(clippy::float_arithmetic, reason = "places on paper, in points of 1/72 inch from the top left; no money")]

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;

use super::model::{Align, Document, Fact, Party, Row};
use super::text::{Line, Setter, Weight};
use crate::error::{Error, Result};

const PAPER: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 50.0;
const RIGHT: f32 = 545.28;
const TOP: f32 = 48.0;
const BOTTOM: f32 = 782.0;
const FOOT: f32 = 796.0;
/// The part of the width that the recipient gets beside the facts.
const RECIPIENT: f32 = 0.55;
/// From line to line, and from the top of a line to its base, in parts of its size: room for the marks of Thai.
const LEADING: f32 = 1.45;
const BASE: f32 = 1.1;
/// Between columns, and between rows.
const GUTTER: f32 = 10.0;
const ROW_GAP: f32 = 4.0;
/// A row that is higher stands on several pages.
const HIGHEST_ROW: f32 = 600.0;

#[derive(Clone, Copy)]
struct Style {
    size: f32,
    weight: Weight,
    /// 0 is black.
    grey: u8,
}

const BODY: Style = Style { size: 9.5, weight: Weight::Regular, grey: 0x11 };
const FAINT: Style = Style { grey: 0x55, ..BODY };
const STRONG: Style = Style { weight: Weight::Bold, ..BODY };
const NAME: Style = Style { size: 12.0, ..STRONG };
const TITLE: Style = Style { size: 20.0, ..STRONG };
const SMALL: Style = Style { size: 8.0, ..FAINT };

/// The width between two places.
#[derive(Clone, Copy)]
struct Span {
    left: f32,
    right: f32,
}

const WHOLE: Span = Span { left: LEFT, right: RIGHT };

/// A place on a page.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Place {
    page: usize,
    y: f32,
}

/// What is on a page.
enum Mark {
    Text { x: f32, y: f32, style: Style, line: Line },
    Rule { span: Span, y: f32, thick: f32, grey: u8 },
}

/// The document as PDF. It takes a core for a while: some 10 ms a page.
pub fn pdf(document: &Document) -> Result<Vec<u8>> {
    let mut layout = Layout { setter: Setter::default(), pages: vec![Vec::new()], columns: columns(document) };
    layout.all(document)?;
    write(document, layout.pages)
}

/// Where the columns of the table stand.
fn columns(document: &Document) -> Vec<Span> {
    let columns = &document.table.columns;
    let shares: f32 = columns.iter().map(|column| f32::from(column.share)).sum();
    let mut left = LEFT;
    let spans = columns.iter().map(|column| {
        let right = left + (RIGHT - LEFT) * f32::from(column.share) / shares;
        let span = Span { left, right: right - GUTTER };
        left = right;
        span
    });
    let mut spans: Vec<Span> = spans.collect();
    if let Some(last) = spans.last_mut() {
        last.right = RIGHT;
    }
    spans
}

struct Layout {
    setter: Setter,
    pages: Vec<Vec<Mark>>,
    columns: Vec<Span>,
}

impl Layout {
    fn all(&mut self, document: &Document) -> Result<()> {
        let begin = Place { page: 0, y: TOP };
        let at = self.party(&document.issuer, NAME, WHOLE, begin)?;
        let at = self.text(&document.title, TITLE, WHOLE, Align::Start, down(at, 10.0))?;
        let begin = down(at, 10.0);
        let middle = LEFT + (RIGHT - LEFT) * RECIPIENT;
        let recipient = self.party(&document.recipient, STRONG, Span { left: LEFT, right: middle - GUTTER }, begin)?;
        let facts = self.facts(&document.facts, Span { left: middle, right: RIGHT }, begin, false)?;
        let begin = down(if facts > recipient { facts } else { recipient }, 16.0);
        let mut at = self.head(document, begin)?;
        for row in &document.table.rows {
            at = self.row(document, row, at)?;
        }
        let right_half = Span { left: LEFT + (RIGHT - LEFT) / 2.0, right: RIGHT };
        // The totals stay together.
        let at = self.room(down(at, 10.0), to_f32(document.totals.len() + 1) * BODY.size * LEADING + 2.0 * ROW_GAP);
        let mut at = down(self.facts(&document.totals, right_half, at, true)?, 10.0);
        for note in &document.notes {
            at = down(self.text(note, FAINT, WHOLE, Align::Start, at)?, 4.0);
        }
        Ok(())
    }

    /// The place, or the top of the next page if so much does not fit below it.
    fn room(&mut self, at: Place, height: f32) -> Place {
        if at.y + height <= BOTTOM {
            return at;
        }
        let page = at.page + 1;
        if self.pages.len() == page {
            self.pages.push(Vec::new());
        }
        Place { page, y: TOP }
    }

    /// A text on as many lines as it needs; the place after it.
    fn text(&mut self, text: &str, style: Style, span: Span, align: Align, mut at: Place) -> Result<Place> {
        for line in self.lines(text, style, span)? {
            at = self.room(at, style.size * LEADING);
            self.line(line, style, span, align, at);
            at = down(at, style.size * LEADING);
        }
        Ok(at)
    }

    fn lines(&mut self, text: &str, style: Style, span: Span) -> Result<Vec<Line>> {
        self.setter.lines(text, style.weight, (span.right - span.left) / style.size)
    }

    fn line(&mut self, line: Line, style: Style, span: Span, align: Align, at: Place) {
        let x = match align {
            Align::Start => span.left,
            Align::End => span.right - line.width * style.size,
        };
        self.pages[at.page].push(Mark::Text { x, y: at.y + style.size * BASE, style, line });
    }

    fn rule(&mut self, span: Span, thick: f32, grey: u8, at: Place) {
        self.pages[at.page].push(Mark::Rule { span, y: at.y, thick, grey });
    }

    fn party(&mut self, party: &Party, name: Style, span: Span, at: Place) -> Result<Place> {
        let mut at = self.text(&party.name, name, span, Align::Start, at)?;
        for line in &party.lines {
            at = self.text(line, BODY, span, Align::Start, at)?;
        }
        Ok(at)
    }

    /// Labels on the left, values on the right. Where they sum up, the last stands out.
    fn facts(&mut self, facts: &[Fact], span: Span, mut at: Place, sums: bool) -> Result<Place> {
        let middle = span.left + (span.right - span.left) * 0.4;
        let (of_label, of_value) = (Span { right: middle - GUTTER, ..span }, Span { left: middle, ..span });
        for (place, fact) in facts.iter().enumerate() {
            at = self.room(at, BODY.size * LEADING * 2.0);
            let last = sums && place + 1 == facts.len();
            if last {
                at = down(at, ROW_GAP);
                self.rule(span, 1.0, STRONG.grey, at);
                at = down(at, ROW_GAP);
            }
            let (label, value) = if last { (STRONG, STRONG) } else { (FAINT, BODY) };
            let below_label = self.text(&fact.label, label, of_label, Align::Start, at)?;
            let below_value = self.text(&fact.value, value, of_value, Align::End, at)?;
            at = if below_label > below_value { below_label } else { below_value };
        }
        Ok(at)
    }

    /// The headings of the columns, on a page with room for some rows.
    fn head(&mut self, document: &Document, at: Place) -> Result<Place> {
        let headings = document.table.columns.iter().map(|column| column.heading.as_str());
        let cells = self.cells(headings, STRONG)?;
        let at = self.room(at, height(&cells, STRONG) + 4.0 * BODY.size * LEADING);
        let at = down(self.row_of_lines(document, cells, STRONG, at, |_, at| Ok(at))?, ROW_GAP);
        self.rule(WHOLE, 1.0, STRONG.grey, at);
        Ok(down(at, ROW_GAP))
    }

    /// A row: on one page, unless it is higher than that.
    fn row(&mut self, document: &Document, row: &Row, at: Place) -> Result<Place> {
        let style = if row.strong { STRONG } else { BODY };
        let cells = self.cells(row.cells.iter().map(String::as_str), style)?;
        let at = self.below_head(document, at, height(&cells, style).min(HIGHEST_ROW))?;
        let next = |layout: &mut Self, at| layout.below_head(document, at, style.size * LEADING);
        let at = down(self.row_of_lines(document, cells, style, at, next)?, ROW_GAP);
        self.rule(WHOLE, 0.4, 0xcc, at);
        Ok(down(at, ROW_GAP))
    }

    /// The place, or the one below the headings of the next page if so much does not fit.
    fn below_head(&mut self, document: &Document, at: Place, height: f32) -> Result<Place> {
        let room = self.room(at, height);
        if room.page == at.page { Ok(at) } else { self.head(document, room) }
    }

    fn cells<'a>(&mut self, texts: impl Iterator<Item = &'a str>, style: Style) -> Result<Vec<Vec<Line>>> {
        let spans = self.columns.clone();
        texts.zip(spans).map(|(text, span)| self.lines(text, style, span)).collect()
    }

    /// The first line of each cell, then the second of each that has one, and so on, each where `next` says.
    fn row_of_lines(
        &mut self,
        document: &Document,
        cells: Vec<Vec<Line>>,
        style: Style,
        mut at: Place,
        mut next: impl FnMut(&mut Self, Place) -> Result<Place>,
    ) -> Result<Place> {
        let count = cells.iter().map(Vec::len).max().unwrap_or_default();
        let mut cells: Vec<_> = cells.into_iter().map(Vec::into_iter).collect();
        for _ in 0..count {
            at = next(self, at)?;
            for (place, column) in document.table.columns.iter().enumerate() {
                if let Some(line) = cells.get_mut(place).and_then(Iterator::next) {
                    self.line(line, style, self.columns[place], column.align, at);
                }
            }
            at = down(at, style.size * LEADING);
        }
        Ok(at)
    }
}

fn down(at: Place, by: f32) -> Place {
    Place { y: at.y + by, ..at }
}

fn height(cells: &[Vec<Line>], style: Style) -> f32 {
    cells.iter().map(|lines| lines.len()).max().map_or(0.0, |lines| to_f32(lines) * style.size * LEADING)
}

#[expect(clippy::cast_precision_loss, reason = "lines of a page")]
fn to_f32(count: usize) -> f32 {
    count as f32
}

fn write(document: &Document, pages: Vec<Vec<Mark>>) -> Result<Vec<u8>> {
    let Document { language, title, issuer, .. } = document;
    let mut setter = Setter::default();
    let mut pdf = krilla::Document::new();
    let metadata = Metadata::new().title(format!("{title} · {}", issuer.name)).authors(vec![issuer.name.clone()]);
    pdf.set_metadata(metadata.language(language.clone()).creator("Daybook".into()));
    let count = pages.len();
    // Of a name that is longer than a line, the beginning will do.
    let width = (RIGHT - LEFT) * 0.8;
    for (place, marks) in pages.into_iter().enumerate() {
        let paper = PageSettings::from_wh(PAPER.0, PAPER.1).ok_or_else(|| Error::internal("paper without a size"))?;
        let mut page = pdf.start_page_with(paper);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark);
        }
        let y = FOOT + SMALL.size * BASE;
        let name = setter.lines(&format!("{} · {title}", issuer.name), SMALL.weight, width / SMALL.size)?;
        if let Some(line) = name.into_iter().next() {
            draw(&mut surface, Mark::Text { x: LEFT, y, style: SMALL, line });
        }
        let line = setter.line(&format!("Page {} of {count}", place + 1), SMALL.weight)?;
        draw(&mut surface, Mark::Text { x: RIGHT - line.width * SMALL.size, y, style: SMALL, line });
        surface.finish();
        page.finish();
    }
    pdf.finish().map_err(|error| Error::internal(format!("a PDF cannot be written: {error:?}")))
}

fn draw(surface: &mut Surface<'_>, mark: Mark) {
    match mark {
        Mark::Text { mut x, y, style, line } => {
            fill(surface, style.grey);
            for run in line.runs {
                let begin = Point::from_xy(x, y);
                surface.draw_glyphs(begin, &run.glyphs, run.face.font.clone(), &run.text, style.size, false);
                x += run.width * style.size;
            }
        }
        Mark::Rule { span, y, thick, grey } => {
            fill(surface, grey);
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(span.left, y, span.right - span.left, thick) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn fill(surface: &mut Surface<'_>, grey: u8) {
    let paint = rgb::Color::new(grey, grey, grey).into();
    surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: Default::default() }));
}
