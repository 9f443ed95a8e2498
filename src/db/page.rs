//! Keyset pages: rows in an order, from a position, at most so many.
//!
//! A position is the sort key of a row, as PostgreSQL writes it, and the row's id, which makes the order
//! total. Both are compared as one row value, so that an index on (business, key, id) serves every page alike.

use std::str::FromStr as _;

use chrono::{DateTime, NaiveDate};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::id::BusinessId;

/// An order of the rows of a table. The SQL in it is written in Daybook's source, never by a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// Its name, which cursors carry: a cursor made for one order is refused by another.
    pub name: &'static str,
    /// The expression that sorts, never null.
    pub key: &'static str,
    /// The SQL type of `key`.
    pub key_type: &'static str,
    /// The column that breaks ties.
    pub id: &'static str,
    /// Whether the largest key comes first.
    pub descending: bool,
}

impl Order {
    /// Whether `key` can be a sort key of this order: PostgreSQL would fail on one that its type cannot be.
    pub fn may_have(self, key: &str) -> bool {
        match self.key_type {
            "bigint" => key.parse::<i64>().is_ok(),
            "date" => NaiveDate::from_str(key).is_ok(),
            "timestamptz" => key == "-infinity" || DateTime::parse_from_str(key, "%Y-%m-%d %H:%M:%S%.f%#z").is_ok(),
            "uuid" => Uuid::parse_str(key).is_ok(),
            "xid8" => key.parse::<u64>().is_ok(),
            _ => true,
        }
    }
}

/// The place of a row in an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position {
    /// The sort key as text.
    pub key: String,
    /// The id of the row.
    pub id: Uuid,
}

/// Which rows are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// In which order.
    pub order: Order,
    /// At most so many rows.
    pub limit: usize,
    /// The last rows before `from`, rather than the first ones after it.
    pub backward: bool,
    /// The row that the page stands next to; without it, the end where the order begins.
    pub from: Option<Position>,
    /// Rows to leave out first.
    pub offset: usize,
}

/// A page of rows, in the order that was asked for.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    /// The rows, each with its position.
    pub rows: Vec<(T, Position)>,
    /// Whether there are more in the direction of travel.
    pub more: bool,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), more: false }
    }
}

impl Page {
    /// The limit for the statement: one row more than wanted, to know whether there are more.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit.saturating_add(1)).unwrap_or(i64::MAX)
    }

    /// The offset for the statement.
    pub fn skip(&self) -> i64 {
        i64::try_from(self.offset).unwrap_or(i64::MAX)
    }

    /// Makes a page of what the statement returned: rows with their key as [`Key`] wrote it.
    pub fn rows<T>(&self, fetched: Vec<(T, String)>, id: impl Fn(&T) -> Uuid) -> Rows<T> {
        let more = fetched.len() > self.limit;
        let mut rows: Vec<_> = fetched
            .into_iter()
            .take(self.limit)
            .map(|(row, key)| {
                let id = id(&row);
                (row, Position { key, id })
            })
            .collect();
        if self.backward {
            rows.reverse();
        }
        Rows { rows, more }
    }

    fn walk_order<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) {
        out.push_sql(self.order.key);
        self.walk_direction(out);
    }

    /// What stands behind the sort key.
    fn walk_direction<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) {
        let direction = if self.order.descending == self.backward { " ASC" } else { " DESC" };
        out.push_sql(direction);
        out.push_sql(", ");
        out.push_sql(self.order.id);
        out.push_sql(direction);
    }

    fn walk_after<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Some(from) = &self.from else {
            out.push_sql("TRUE");
            return Ok(());
        };
        out.push_sql("(");
        out.push_sql(self.order.key);
        out.push_sql(", ");
        out.push_sql(self.order.id);
        out.push_sql(if self.order.descending == self.backward { ") > (" } else { ") < (" });
        out.push_bind_param::<Text, _>(&from.key)?;
        out.push_sql("::");
        out.push_sql(self.order.key_type);
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&from.id)?;
        out.push_sql(")");
        Ok(())
    }
}

/// `ORDER BY` of a page.
#[derive(Debug, Clone, Copy)]
pub struct Sorted<'a>(pub &'a Page);
/// The same, of rows that are found first and then sorted: by an expression that no index has, so that PostgreSQL does not
/// go through all rows in their order until it has met enough of those that are wanted.
#[derive(Debug, Clone, Copy)]
pub struct SortedApart<'a>(pub &'a Page);
/// How many rows a query finds, which may have a limit.
#[derive(Debug, Clone, Copy, diesel::query_builder::QueryId)]
pub struct Counted<Q>(pub Q);
/// The condition that a row lies beyond the page's position.
#[derive(Debug, Clone, Copy)]
pub struct Beyond<'a>(pub &'a Page);
/// The sort key of a row as text, to be selected beside it.
#[derive(Debug, Clone, Copy)]
pub struct Key(pub Order);
/// The condition that a row is on the page of its parent: one statement for the pages of many parents.
#[derive(Debug, Clone)]
pub struct OnPageOf<'a> {
    table: &'static str,
    parent: &'static str,
    condition: &'static str,
    business: BusinessId,
    parents: Vec<Uuid>,
    page: &'a Page,
    fetch: i64,
    skip: i64,
}

impl<'a> OnPageOf<'a> {
    /// The rows of `table` that are on `page` of any of `parents`.
    pub fn new(
        table: &'static str,
        parent: &'static str,
        business: BusinessId,
        parents: Vec<Uuid>,
        page: &'a Page,
    ) -> Self {
        Self { table, parent, condition: "TRUE", business, parents, page, fetch: page.fetch(), skip: page.skip() }
    }

    /// Only rows for which `condition` holds too.
    pub fn when(self, condition: &'static str) -> Self {
        Self { condition, ..self }
    }
}

impl QueryFragment<Pg> for Sorted<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_order(&mut out);
        Ok(())
    }
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}

impl<Q: Query> Query for Counted<Q> {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for SortedApart<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("coalesce(");
        out.push_sql(self.0.order.key);
        out.push_sql(", ");
        out.push_sql(self.0.order.key);
        out.push_sql(")");
        self.0.walk_direction(&mut out);
        Ok(())
    }
}

impl QueryFragment<Pg> for Beyond<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_after(&mut out)
    }
}

impl QueryFragment<Pg> for Key {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(");
        out.push_sql(self.0.key);
        out.push_sql(")::text");
        Ok(())
    }
}

impl QueryFragment<Pg> for OnPageOf<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // As an array, which is made once whatever the planner thinks: of tables that are new it knows nothing, and would
        // look at the page again for each row.
        out.push_identifier(self.table)?;
        out.push_sql(".id = ANY (ARRAY(SELECT top.id FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.parents)?;
        out.push_sql(") AS parent (id) CROSS JOIN LATERAL (SELECT ");
        out.push_identifier(self.table)?;
        out.push_sql(".id FROM ");
        out.push_identifier(self.table)?;
        out.push_sql(" WHERE business_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.business)?;
        out.push_sql(" AND ");
        out.push_identifier(self.parent)?;
        out.push_sql(" = parent.id AND ");
        out.push_sql(self.condition);
        out.push_sql(" AND ");
        self.page.walk_after(&mut out)?;
        out.push_sql(" ORDER BY ");
        self.page.walk_order(&mut out);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.fetch)?;
        out.push_sql(" OFFSET ");
        out.push_bind_param::<BigInt, _>(&self.skip)?;
        out.push_sql(") AS top))");
        Ok(())
    }
}

crate::db::sql_expression!(Sorted<'_>, diesel::expression::expression_types::NotSelectable);
crate::db::sql_expression!(SortedApart<'_>, diesel::expression::expression_types::NotSelectable);
crate::db::sql_expression!(Beyond<'_>, Bool);
crate::db::sql_expression!(Key, Text);
crate::db::sql_expression!(OnPageOf<'_>, Bool);
