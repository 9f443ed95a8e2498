//! Bounds the text of a document before it is parsed: parsing takes a hundred times as long.

use super::{MAX_ALIASES, MAX_DIRECTIVES};
use crate::error::{Error, Result};

/// How deep brackets of any kind may nest: the parser recurses over them.
const MAX_NESTING: usize = 60;
/// The longest name or number, in bytes. The validation compares names that it does not know with those that there
/// are, and errors repeat them.
const MAX_WORD: usize = 128;

/// How many tokens the text has; an error if they are more than `max` or nest too deep, or if too many of them make
/// aliases or directives. Looks at each byte once.
pub fn bound(text: &str, max: usize) -> Result<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut nesting, mut arguments) = (0, 0_usize, 0_usize, 0_usize);
    let (mut aliases, mut directives) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xEF | 0xBB | 0xBF => {
                at += 1;
                continue;
            }
            b'#' => {
                at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                continue;
            }
            b'"' => string(rest),
            b'.' if rest.starts_with(b"...") => 3,
            _ if is_word(byte) => rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len()),
            _ => 1,
        };
        match byte {
            b'{' | b'[' | b'(' => nesting += 1,
            b'}' | b']' | b')' => nesting = nesting.saturating_sub(1),
            // Of an operation, colons outside of arguments and variables make aliases.
            b':' if arguments == 0 => aliases += 1,
            b'@' => directives += 1,
            _ => {}
        }
        match byte {
            b'(' => arguments += 1,
            b')' => arguments = arguments.saturating_sub(1),
            _ => {}
        }
        if is_word(byte) && length > MAX_WORD {
            return Err(Error::TooComplex(format!("a name or number is longer than {MAX_WORD} bytes")));
        }
        tokens += 1;
        let counts =
            [(tokens, max, "tokens"), (aliases, MAX_ALIASES, "aliases"), (directives, MAX_DIRECTIVES, "directives")];
        if let Some((_, max, what)) = counts.into_iter().find(|(count, max, _)| count > max) {
            return Err(Error::TooComplex(format!("the document has more than {max} {what}")));
        }
        if nesting > MAX_NESTING {
            return Err(Error::TooComplex(format!("brackets nest deeper than {MAX_NESTING}")));
        }
        at += length;
    }
    Ok(tokens)
}

/// Names and numbers; whether they are well formed is for the parser to say.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+') || byte >= 0x80
}

/// The length of the string that `rest` begins with, to the end of the text if it is not closed.
fn string(rest: &[u8]) -> usize {
    if let Some(block) = rest.strip_prefix(b"\"\"\"") {
        let mut at = 0;
        while at < block.len() {
            if block[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if block[at..].starts_with(b"\"\"\"") {
                return at + 6;
            } else {
                at += 1;
            }
        }
        return rest.len();
    }
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        (0..).find(|max| bound(text, *max).is_ok()).unwrap()
    }

    #[test]
    fn tokens_are_counted_as_the_specification_has_them() {
        for (text, tokens) in [
            ("", 0),
            ("{ a }", 3),
            ("{a,b # c d e\n}", 4),
            ("{ a(b: \"x \\\" y\", c: 1.5) ...d @e }", 17),
            ("{ a(b: \"\"\"x \\\"\"\" \"y\" \"\"\") }", 8),
            ("\"never closed", 1),
            ("query ($a: [Int!]! = -1) { b }", 16),
        ] {
            assert_eq!(count(text), tokens, "{text}");
        }
    }

    #[test]
    fn aliases_and_directives_are_told_from_arguments_and_strings() {
        let refusal = |text: &str| bound(text, 5_000).err().map(|error| error.to_string());
        let field = r#"a: b(c: {d: "e: f"}, g: "@") # h: @"#.to_owned() + "\n";
        assert_eq!(refusal(&format!("query ($x: Int, $y: Int) {{ {} }}", field.repeat(30))), None);
        assert_eq!(refusal(&field.repeat(31)), Some("the document has more than 30 aliases".into()));
        assert_eq!(refusal(&"a @b(c: 1) ".repeat(20)), None);
        assert_eq!(refusal(&"a @b(c: 1) ".repeat(21)), Some("the document has more than 20 directives".into()));
    }

    #[test]
    fn brackets_that_nest_without_end_are_refused() {
        assert!(bound(&"[".repeat(61), 5_000).is_err());
        assert!(bound(&"[]".repeat(100), 5_000).is_ok());
    }
}
