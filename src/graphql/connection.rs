//! Lists: Relay connections over keyset pages.

use std::borrow::Cow;

use async_graphql::connection::PageInfo;
use async_graphql::{Object, OutputType, SimpleObject, TypeName};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::db::page::{Order, Page, Position, Rows};
use crate::error::{Error, Result};

const DEFAULT_SIZE: usize = 20;
const MAX_SIZE: i64 = 100;
const MAX_OFFSET: i64 = 10_000;

/// The arguments that every list takes.
#[derive(Debug, Clone, Default)]
pub struct PageArgs {
    /// At most so many from the start.
    pub first: Option<i64>,
    /// Beginning after this cursor.
    pub after: Option<String>,
    /// At most so many from the end.
    pub last: Option<i64>,
    /// Ending before this cursor.
    pub before: Option<String>,
    /// Leaving so many out first.
    pub offset: Option<i64>,
}

impl PageArgs {
    /// The page that they ask for in `order`.
    pub fn page(self, order: Order) -> Result<Page> {
        let bad = |message: String| Err(Error::BadInput(message));
        let size = |name: &str, size: i64| {
            if (0..=MAX_SIZE).contains(&size) {
                Ok(usize::try_from(size).unwrap_or_default())
            } else {
                Err(Error::BadInput(format!("`{name}` is {size}; it must be between 0 and {MAX_SIZE}")))
            }
        };
        let (backward, limit) = match (self.first, self.last) {
            (Some(_), Some(_)) => return bad("give `first` or `last`, not both".into()),
            (None, Some(last)) => (true, size("last", last)?),
            (Some(first), None) => (false, size("first", first)?),
            (None, None) => (self.before.is_some(), DEFAULT_SIZE),
        };
        let cursor = match (&self.after, &self.before) {
            (Some(_), Some(_)) => return bad("give `after` or `before`, not both".into()),
            (Some(_), None) if backward => return bad("`after` goes with `first`, `before` with `last`".into()),
            (None, Some(_)) if !backward => return bad("`after` goes with `first`, `before` with `last`".into()),
            (after, before) => after.as_ref().or(before.as_ref()),
        };
        let offset = match self.offset.unwrap_or_default() {
            offset if !(0..=MAX_OFFSET).contains(&offset) => {
                return bad(format!("`offset` is {offset}; it must be between 0 and {MAX_OFFSET}, go on by cursor"));
            }
            offset if offset > 0 && cursor.is_some() => return bad("give `offset` or a cursor, not both".into()),
            offset => usize::try_from(offset).unwrap_or_default(),
        };
        let from = cursor.map(|cursor| read_cursor(cursor, order)).transpose()?;
        Ok(Page { order, limit, backward, from, offset })
    }
}

/// The opaque form of a position, which names its order.
pub fn write_cursor(position: &Position, order: Order) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}\0{}\0{}", order.name, position.key, position.id))
}

/// Reads a cursor that was made for `order`.
pub fn read_cursor(cursor: &str, order: Order) -> Result<Position> {
    let wrong = || Error::BadInput(format!("`{cursor}` is not a cursor of a list sorted by {}", order.name));
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let mut parts = text.splitn(3, '\0');
    match (parts.next(), parts.next(), parts.next().map(Uuid::parse_str)) {
        (Some(name), Some(key), Some(Ok(id))) if name == order.name && order.may_have(key) => {
            Ok(Position { key: key.to_owned(), id })
        }
        _ => Err(wrong()),
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Connection<T> {
    rows: Rows<T>,
    page: Page,
    total: Option<i64>,
}

impl<T> Connection<T> {
    /// The page with these rows; `total` is what was counted, if the client asked.
    pub fn new(page: Page, rows: Rows<T>, total: Option<i64>) -> Self {
        Self { rows, page, total }
    }

    /// The same page of something made from each row.
    pub fn try_map<U>(self, f: impl Fn(T) -> Result<U>) -> Result<Connection<U>> {
        let Self { rows: Rows { rows, more }, page, total } = self;
        let rows = rows.into_iter().map(|(row, position)| Ok((f(row)?, position))).collect::<Result<_>>()?;
        Ok(Connection { rows: Rows { rows, more }, page, total })
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// A page of a list, in the [Relay form](https://relay.dev/graphql/connections.htm).
///
/// `first` and `after` walk forward, `last` and `before` backward; `offset` (at most 10,000, not with a cursor)
/// serves numbered tables. A page has 20 rows unless said otherwise, at most 100. A cursor belongs to the
/// order it was made for.
#[Object(name_type, serial)]
impl<T: OutputType> Connection<T> {
    /// The rows, each with its cursor.
    async fn edges(&self) -> Vec<Edge<&T>> {
        let order = self.page.order;
        self.rows.rows.iter().map(|(node, position)| Edge { cursor: write_cursor(position, order), node }).collect()
    }

    /// The rows without their cursors.
    async fn nodes(&self) -> Vec<&T> {
        self.rows.rows.iter().map(|(node, _)| node).collect()
    }

    /// Where the page begins and ends, and whether there is more.
    async fn page_info(&self) -> PageInfo {
        let page = &self.page;
        let (came_from, more) = (page.from.is_some() || page.offset > 0, self.rows.more);
        let cursor = |row: Option<&(T, Position)>| row.map(|(_, position)| write_cursor(position, page.order));
        PageInfo {
            has_previous_page: if page.backward { more } else { came_from },
            has_next_page: if page.backward { came_from } else { more },
            start_cursor: cursor(self.rows.rows.first()),
            end_cursor: cursor(self.rows.rows.last()),
        }
    }

    /// How many rows all pages have together. Counted only if it is selected.
    async fn total_count(&self) -> Option<i64> {
        self.total
    }
}

/// A row of a page.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// The place of the row, for `after` and `before`.
    cursor: String,
    /// The row.
    node: T,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: Order =
        Order { name: "NAME_ASC", key: "lower(name)", key_type: "text", id: "customers.id", descending: false };

    #[test]
    fn arguments_out_of_bounds_or_at_odds_are_refused_by_name() {
        let args = PageArgs::default;
        for (wrong, expected) in [
            (PageArgs { first: Some(101), ..args() }, "`first` is 101"),
            (PageArgs { first: Some(-1), ..args() }, "`first` is -1"),
            (PageArgs { last: Some(1_000_000_000), ..args() }, "`last` is 1000000000"),
            (PageArgs { first: Some(1), last: Some(1), ..args() }, "not both"),
            (PageArgs { first: Some(1), before: Some("x".into()), ..args() }, "`before` with `last`"),
            (PageArgs { offset: Some(10_001), ..args() }, "`offset` is 10001"),
            (PageArgs { offset: Some(1), after: Some("x".into()), ..args() }, "`offset` or a cursor"),
            (PageArgs { after: Some("x".into()), ..args() }, "not a cursor"),
        ] {
            let message = wrong.page(ORDER).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn a_cursor_reads_back_in_its_order_and_in_no_other() {
        let position = Position { key: "it's \"ज\u{1f404}\"".into(), id: Uuid::from_u128(9) };
        let cursor = write_cursor(&position, ORDER);
        assert_eq!(read_cursor(&cursor, ORDER).unwrap(), position);
        assert!(read_cursor(&cursor, Order { name: "NAME_DESC", ..ORDER }).is_err());
    }
}
