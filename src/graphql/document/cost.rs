//! What an operation may cost: the rows that it may return, and the statements that find them.

use std::borrow::Cow;

use async_graphql::Variables;
use async_graphql::parser::types::{Field, OperationDefinition, Selection, SelectionSet};
use async_graphql_value::{ConstValue, Value};

use super::types::Types;

/// Rows of a page whose size is not said.
const DEFAULT_PAGE: u64 = 20;
/// Rows of a page at most: what asks for more is refused by the field, which says so better.
const MAX_PAGE: u64 = 100;
/// Rows of a list that has no pages.
const PLAIN_LIST: u64 = 10;
/// The whole schema takes as long to write as so many rows.
const INTROSPECTION: u64 = 1_000;

/// The cost of a merged operation: one for each row that it may return, pages counted in full, and one for each
/// list and each root field, which is a statement or so. At least 1. Of a subscription, it is that of one event.
pub fn of(types: &Types, operation: &OperationDefinition, root: &str, variables: &Variables) -> u64 {
    let cost = Cost { types, operation, variables };
    cost.of_set(root, &operation.selection_set.node, DEFAULT_PAGE).max(1)
}

struct Cost<'a> {
    types: &'a Types,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
}

impl Cost<'_> {
    /// The cost of the fields of one value. `page` is how many rows it has, if it is a connection.
    fn of_set(&self, parent: &str, set: &SelectionSet, page: u64) -> u64 {
        let of_item = |item: &Selection| match item {
            Selection::Field(field) => self.of_field(parent, &field.node, page),
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let on = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                self.of_set(on, &fragment.node.selection_set.node, page)
            }
            // Merged documents have none.
            Selection::FragmentSpread(_) => 0,
        };
        set.items.iter().map(|item| of_item(&item.node)).fold(0, u64::saturating_add)
    }

    fn of_field(&self, parent: &str, field: &Field, page: u64) -> u64 {
        if field.name.node == "__schema" && is_root(parent) {
            return INTROSPECTION;
        }
        let Some(of) = self.types.of_field(parent, &field.name.node) else { return 0 };
        let connection = of.name.ends_with("Connection");
        let own = u64::from(connection || self.types.is_row(&of.name) || is_root(parent));
        let size = self.argument(field, "first").or_else(|| self.argument(field, "last")).unwrap_or(DEFAULT_PAGE);
        let size = size.min(MAX_PAGE);
        let inner = self.of_set(&of.name, &field.selection_set.node, size);
        let times = match (of.list, parent.ends_with("Connection")) {
            (false, _) => 1,
            (true, true) => page,
            (true, false) => self.length(field).unwrap_or(PLAIN_LIST),
        };
        times.saturating_mul(own.saturating_add(inner))
    }

    /// A whole number that an argument has; what is not one is for the resolver to refuse.
    fn argument(&self, field: &Field, name: &str) -> Option<u64> {
        match self.value(field, name)?.as_ref() {
            ConstValue::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// How many values a list has that is asked for by ids, or by how many are wanted.
    fn length(&self, field: &Field) -> Option<u64> {
        match self.value(field, "ids").as_deref() {
            Some(ConstValue::List(ids)) => u64::try_from(ids.len()).ok(),
            _ => self.argument(field, "count").map(|count| count.min(MAX_PAGE)),
        }
    }

    /// Not a copy, since many fields may name one long variable.
    fn value(&self, field: &Field, name: &str) -> Option<Cow<'_, ConstValue>> {
        match &field.get_argument(name)?.node {
            Value::Variable(name) => {
                let declared = self.operation.variable_definitions.iter().find(|it| it.node.name.node == *name)?;
                let default = declared.node.default_value.as_ref().map(|value| &value.node);
                self.variables.get(name).or(default).map(Cow::Borrowed)
            }
            value => value.clone().into_const().map(Cow::Owned),
        }
    }
}

fn is_root(name: &str) -> bool {
    matches!(name, "Query" | "Mutation" | "Subscription")
}
