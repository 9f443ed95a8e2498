//! Reads the texts out of a PDF, as a viewer does that copies or searches.

use std::collections::HashMap;

use hayro_syntax::Pdf;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{self, Dict, Object, Stream};

/// The texts of each page, a line for each that was written by itself.
pub fn pages(pdf: &[u8]) -> Vec<Vec<String>> {
    let pdf = Pdf::new(pdf.to_vec()).unwrap_or_else(|error| panic!("no PDF: {error:?}"));
    pdf.pages()
        .iter()
        .map(|page| {
            let (mut texts, mut text) = (Vec::new(), String::new());
            let mut font = HashMap::new();
            // What stands for the glyphs until the mark ends.
            let mut instead = false;
            let mut operations = page.typed_operations();
            while let Some(operation) = operations.next() {
                match operation {
                    TypedInstruction::TextFont(set) => {
                        let found = page.resources().get_font(set.0).expect("a font of the page");
                        font = meanings(&found.get::<Stream>("ToUnicode").expect("what its glyphs mean"));
                    }
                    TypedInstruction::BeginMarkedContentWithProperties(mark) => {
                        let said: Option<Dict> = mark.1.clone().into_dict();
                        let actual: Option<object::String> = said.and_then(|said| said.get("ActualText"));
                        if let Some(actual) = actual.map(|actual| utf16(&actual.as_bytes()[2..])) {
                            text.push_str(&actual);
                            instead = true;
                        }
                    }
                    TypedInstruction::EndMarkedContent(_) => instead = false,
                    TypedInstruction::ShowText(shown) if !instead => show(&font, shown.0, &mut text),
                    TypedInstruction::ShowTexts(shown) if !instead => {
                        for part in shown.0.iter::<Object>() {
                            if let Some(part) = part.into_string() {
                                show(&font, &part, &mut text);
                            }
                        }
                    }
                    TypedInstruction::EndText(_) => texts.push(std::mem::take(&mut text)),
                    _ => {}
                }
            }
            texts
        })
        .collect()
}

fn show(font: &HashMap<u16, String>, glyphs: &object::String, text: &mut String) {
    for glyph in glyphs.as_bytes().chunks(2) {
        let glyph = u16::from_be_bytes([glyph[0], glyph[1]]);
        text.push_str(font.get(&glyph).unwrap_or_else(|| panic!("glyph {glyph} has no meaning")));
    }
}

/// What the glyphs of a font mean, by a table of lines such as `<0001> <0936>`.
fn meanings(table: &Stream) -> HashMap<u16, String> {
    let table = String::from_utf8(table.decoded().unwrap().into_owned()).unwrap();
    let mut meanings = HashMap::new();
    for part in table.split("beginbfchar").skip(1) {
        let (part, _) = part.split_once("endbfchar").unwrap();
        for line in part.lines() {
            let mut numbers = line.split(['<', '>']).filter(|number| !number.trim().is_empty());
            if let (Some(glyph), Some(meaning)) = (numbers.next(), numbers.next()) {
                let bytes = (0..meaning.len() / 2).map(|place| &meaning[2 * place..2 * place + 2]);
                let bytes: Vec<u8> = bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
                meanings.insert(u16::from_str_radix(glyph, 16).unwrap(), utf16(&bytes));
            }
        }
    }
    meanings
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
    String::from_utf16(&units).unwrap()
}
