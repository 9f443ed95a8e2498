//! Text for paper: which font has its characters, which glyphs they become, and where its lines break.
//!
//! Devanagari and Thai need more than a glyph for each character: consonants join, vowels and marks move. The fonts say
//! how, and HarfRust, the port of HarfBuzz, does it. Scripts that run from right to left are not among the fonts.

#![expect(clippy::float_arithmetic, reason = "widths on paper, in parts of the size of the text; no money")]

use std::collections::HashMap;
use std::sync::LazyLock;

use harfrust::{Direction, FontRef, Script, ShapeOptions, ShapePlan, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::MetadataProvider as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::error::{Error, Result};

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    /// As most of it.
    Regular,
    /// What stands out.
    Bold,
}

/// A font that is built in.
pub struct Face {
    /// The font as the PDF embeds it.
    pub font: Font,
    bytes: FontRef<'static>,
    shaper: ShaperData,
    units_per_em: f32,
}

/// Glyphs of one font that stand beside each other.
pub struct Run {
    /// The font.
    pub face: &'static Face,
    /// Its glyphs, which name their place in the text.
    pub glyphs: Vec<KrillaGlyph>,
    /// What they say.
    pub text: String,
    /// How wide they are, in parts of their size.
    pub width: f32,
}

/// Runs that make a line.
#[derive(Default)]
pub struct Line {
    /// From the left to the right.
    pub runs: Vec<Run>,
    /// How wide it is, in parts of its size.
    pub width: f32,
}

type File = (&'static str, &'static [u8]);

/// The fonts, in the order in which they are asked for a character.
const REGULAR_FILES: [File; 3] = [
    ("NotoSans-Regular.ttf", include_bytes!("fonts/NotoSans-Regular.ttf")),
    ("NotoSansDevanagari-Regular.ttf", include_bytes!("fonts/NotoSansDevanagari-Regular.ttf")),
    ("NotoSansThai-Regular.ttf", include_bytes!("fonts/NotoSansThai-Regular.ttf")),
];
const BOLD_FILES: [File; 3] = [
    ("NotoSans-Bold.ttf", include_bytes!("fonts/NotoSans-Bold.ttf")),
    ("NotoSansDevanagari-Bold.ttf", include_bytes!("fonts/NotoSansDevanagari-Bold.ttf")),
    ("NotoSansThai-Bold.ttf", include_bytes!("fonts/NotoSansThai-Bold.ttf")),
];
static REGULAR: LazyLock<Result<Vec<Face>>> = LazyLock::new(|| faces(REGULAR_FILES));
static BOLD: LazyLock<Result<Vec<Face>>> = LazyLock::new(|| faces(BOLD_FILES));

fn faces(files: [File; 3]) -> Result<Vec<Face>> {
    files.into_iter().map(|(_, bytes)| Face::new(bytes)).collect()
}

/// The font of that file, for pages.
pub fn font(name: &str) -> Option<&'static [u8]> {
    REGULAR_FILES.into_iter().chain(BOLD_FILES).find(|(known, _)| *known == name).map(|(_, bytes)| bytes)
}

fn of(weight: Weight) -> Result<&'static [Face]> {
    let faces = match weight {
        Weight::Regular => &REGULAR,
        Weight::Bold => &BOLD,
    };
    faces.as_deref().map_err(|error| Error::internal(error.to_string()))
}

impl Face {
    fn new(file: &'static [u8]) -> Result<Self> {
        let bytes = FontRef::new(file).map_err(Error::internal)?;
        let font = Font::new(file.into(), 0).ok_or_else(|| Error::internal("a font that is built in is broken"))?;
        Ok(Self { shaper: ShaperData::new(&bytes), units_per_em: font.units_per_em(), font, bytes })
    }

    fn has(&self, character: char) -> bool {
        self.bytes.charmap().map(character).is_some()
    }
}

/// Whether the fonts have all characters of a text.
pub fn is_printable(text: &str) -> bool {
    of(Weight::Regular).is_ok_and(|faces| text.chars().all(|c| faces.iter().any(|face| face.has(c))))
}

/// Makes lines of texts. It remembers how the fonts go about each script.
#[derive(Default)]
pub struct Setter {
    plans: HashMap<(*const Face, Option<Script>), ShapePlan>,
}

impl Setter {
    /// The text on one line, however long.
    pub fn line(&mut self, text: &str, weight: Weight) -> Result<Line> {
        let mut line = Line::default();
        for (face, part) in parts(of(weight)?, text) {
            let run = self.run(face, part);
            line.width += run.width;
            line.runs.push(run);
        }
        Ok(line)
    }

    /// The text on lines of at most `width`, in parts of its size. Lines break at spaces, and within a word only where
    /// it is wider than a line: never within what is read as one character.
    pub fn lines(&mut self, text: &str, weight: Weight, width: f32) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut rest = paragraph.trim();
            while !rest.is_empty() {
                let whole = self.line(rest, weight)?;
                if whole.width <= width {
                    lines.push(whole);
                    break;
                }
                let end = self.break_before(rest, weight, width)?;
                lines.push(self.line(rest[..end].trim_end(), weight)?);
                rest = rest[end..].trim_start();
            }
        }
        Ok(lines)
    }

    /// Where a text that is wider than a line breaks.
    fn break_before(&mut self, text: &str, weight: Weight, width: f32) -> Result<usize> {
        let mut words = text.split_inclusive(breaks);
        let (mut end, mut used) = (0, 0.0);
        let first = words.next().unwrap_or(text);
        if self.line(first.trim_end(), weight)?.width <= width {
            let mut next = Some(first);
            while let Some(word) = next {
                if used + self.line(word.trim_end(), weight)?.width > width {
                    return Ok(end);
                }
                used += self.line(word, weight)?.width;
                end += word.len();
                next = words.next();
            }
        }
        // One of its characters at least, or it would never end.
        for character in first.graphemes(true) {
            let wide = self.line(character, weight)?.width;
            if end > 0 && used + wide > width {
                return Ok(end);
            }
            used += wide;
            end += character.len();
        }
        Ok(end)
    }

    fn run(&mut self, face: &'static Face, text: &str) -> Run {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let shaper = face.shaper.shaper(&face.bytes).build();
        let script = Some(buffer.script());
        let plan = self
            .plans
            .entry((std::ptr::from_ref(face), script))
            .or_insert_with(|| ShapePlan::new(&shaper, Direction::LeftToRight, script, None, &[]));
        let shaped = shaper.shape(buffer, ShapeOptions::new().plan(Some(plan)));
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        // What a glyph says goes on to where the next one begins that says something else.
        let starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
        let end_of = |start: usize| starts.iter().copied().filter(|next| *next > start).min().unwrap_or(text.len());
        let em = |units: i32| {
            #[expect(clippy::cast_precision_loss, reason = "units of a font have five digits at most")]
            let units = units as f32;
            units / face.units_per_em
        };
        let glyphs: Vec<KrillaGlyph> = infos
            .iter()
            .zip(positions)
            .map(|(info, at)| {
                let start = info.cluster as usize;
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    em(at.x_advance),
                    em(at.x_offset),
                    em(at.y_offset),
                    em(at.y_advance),
                    start..end_of(start),
                    None,
                )
            })
            .collect();
        let width = em(positions.iter().map(|at| at.x_advance).sum());
        Run { face, glyphs, text: text.to_owned(), width }
    }
}

/// Whether a line may break after it: a space, unless it is one that keeps what is beside it together.
fn breaks(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}')
}

/// The parts of a text that one font has. What stands between two scripts, such as a space, stays with what is before
/// it, as long as its font has it.
fn parts<'a>(faces: &'static [Face], text: &'a str) -> Vec<(&'static Face, &'a str)> {
    let mut parts = Vec::new();
    let mut current: Option<(&'static Face, usize)> = None;
    for (place, character) in text.char_indices() {
        if current.is_some_and(|(face, _)| face.has(character)) {
            continue;
        }
        // A character that no font has is shown as a box of the first.
        let Some(face) = faces.iter().find(|face| face.has(character)).or(faces.first()) else { continue };
        match current {
            Some((known, _)) if std::ptr::eq(known, face) => continue,
            Some((known, start)) => parts.push((known, &text[start..place])),
            None => {}
        }
        current = Some((face, place));
    }
    parts.extend(current.map(|(face, start)| (face, &text[start..])));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(usize, &str)> {
        let faces = of(Weight::Regular).unwrap();
        let place = |face: &Face| faces.iter().position(|known| std::ptr::eq(known, face)).unwrap();
        parts(faces, text).into_iter().map(|(face, part)| (place(face), part)).collect()
    }

    #[test]
    fn each_script_is_set_in_its_own_font() {
        for (text, expected) in [
            ("", &[][..]),
            ("José Łukasz", &[(0, "José Łukasz")]),
            ("राम Kumar", &[(1, "राम "), (0, "Kumar")]),
            ("Milk, दूध, นม", &[(0, "Milk, "), (1, "दूध, "), (2, "นม")]),
            ("฿12.50", &[(2, "฿"), (0, "12.50")]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
        for (text, printable) in [("Straße ₹ ₦ श्री น้ำ", true), ("Жук Ωmega", true), ("د.ك", false), ("中", false)]
        {
            assert_eq!(is_printable(text), printable, "{text}");
        }
    }

    /// The glyphs of a text, with what each says.
    fn shaped(text: &str) -> Vec<(u32, String)> {
        let line = Setter::default().line(text, Weight::Regular).unwrap();
        let glyphs = line.runs.iter().flat_map(|run| {
            run.glyphs.iter().map(|glyph| {
                use krilla::text::Glyph as _;
                (glyph.glyph_id().to_u32(), run.text[glyph.text_range()].to_owned())
            })
        });
        glyphs.collect()
    }

    #[test]
    fn consonants_join_and_vowels_move_to_their_place() {
        // क्ष is one glyph of three characters.
        assert_eq!(shaped("क्ष").len(), 1);
        // The vowel sign is spoken after its consonant and written before it.
        let (ka, ki) = (shaped("क"), shaped("कि"));
        assert_eq!((ki.len(), ki[1].0), (2, ka[0].0));
        assert!(ki.iter().all(|(_, says)| says == "कि"), "{ki:?}");
        // A tone above a vowel is another glyph than one above a consonant, or is moved: no two marks collide.
        let line = |text: &str| Setter::default().line(text, Weight::Regular).unwrap();
        assert!((line("ที่").width - line("ท").width).abs() < 0.001, "marks take no width");
        for text in ["राष्ट्रीय दुग्ध विक्रेता", "น้ำดื่มบริสุทธิ์ กรุงเทพฯ", "Ärger & Œuvre"]
        {
            assert!(shaped(text).iter().all(|(glyph, _)| *glyph != 0), "{text}: {:?}", shaped(text));
        }
    }

    #[test]
    fn lines_break_at_spaces_and_within_words_that_are_too_long_for_one() {
        let mut setter = Setter::default();
        let mut broken = |text: &str, width: f32| -> Vec<String> {
            let lines = setter.lines(text, Weight::Bold, width).unwrap();
            assert!(lines.iter().all(|line| line.width <= width), "{text}");
            lines.iter().map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
        };
        assert_eq!(broken("one two three", 100.0), ["one two three"]);
        assert_eq!(broken("one two three", 5.0), ["one two", "three"]);
        assert_eq!(broken("one two\u{a0}three", 6.0), ["one", "two\u{a0}three"]);
        assert_eq!(broken("first\nsecond  \n\nthird", 100.0), ["first", "second", "third"]);
        assert_eq!(broken(" ", 5.0), Vec::<String>::new());
        let long = broken(&"क्षि".repeat(40), 8.0);
        assert!(long.len() > 3, "{long:?}");
        assert!(long.iter().all(|line| line.starts_with('क') && line.ends_with('\u{93f}')), "{long:?}");
        assert_eq!(long.concat(), "क्षि".repeat(40));
        let mixed = broken("a Donaudampfschifffahrtsgesellschaft b", 6.0);
        assert_eq!(mixed.concat().replace(' ', ""), "aDonaudampfschifffahrtsgesellschaftb");
    }
}
