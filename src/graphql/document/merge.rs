//! Merging: every field of the result is selected once, and no fragment is left where none is needed.
//!
//! The rules are those of field collection and of "fields in set can merge". Each level looks at each fragment
//! once, so that a level costs no more than the document is long, and there are at most [`MAX_FIELDS`] levels'
//! worth of fields: fragments that spread each other in layers cost what their merged result costs.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    Directive, Field, FragmentDefinition, InlineFragment, OperationDefinition, Selection, SelectionSet, TypeCondition,
};
use async_graphql::{Name, Pos, Positioned, Value as ConstValue, Variables};
use async_graphql_value::Value;

use super::types::Types;
use super::{MAX_FIELDS, MAX_ROOT_FIELDS, root};
use crate::error::{Error, Result};

/// The fields of `__Type` that lead to many others, and how many may stand in one another: the queries of tools
/// have two. Rule and lists are those of graphql-js.
const INTROSPECTION_LISTS: &[&str] = &["fields", "interfaces", "possibleTypes", "inputFields"];
const MAX_INTROSPECTION_LISTS: usize = 2;

/// The operation with its selections merged. What `@skip` and `@include` leave out is gone, and so are
/// variables that nothing uses any more.
pub fn operation(
    types: &Types,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<OperationDefinition> {
    require_variables(operation, variables)?;
    let mut merge = Merge { types, fragments, operation, variables, fields: 0, lists: 0, used: HashSet::new() };
    let selection_set = merge.level(Some(root(operation.ty)), &[&operation.selection_set.node])?;
    let count = selection_set.items.len();
    if count > MAX_ROOT_FIELDS {
        let message = format!("the operation has {count} root fields; at most {MAX_ROOT_FIELDS} are allowed");
        return Err(Error::TooComplex(message));
    }
    let declared = operation.variable_definitions.iter();
    Ok(OperationDefinition {
        ty: operation.ty,
        variable_definitions: declared
            .filter(|variable| merge.used.contains(&variable.node.name.node))
            .cloned()
            .collect(),
        directives: operation.directives.clone(),
        selection_set: Positioned::new(filled(selection_set), operation.selection_set.pos),
    })
}

/// An error if a variable is missing or null that may not be. Asked here, because the executor sees only those
/// variables that are still used.
fn require_variables(operation: &OperationDefinition, variables: &Variables) -> Result<()> {
    for variable in operation.variable_definitions.iter().map(|variable| &variable.node) {
        let missing = match variables.get(&variable.name.node) {
            Some(value) => *value == ConstValue::Null,
            None => variable.default_value.is_none(),
        };
        if missing && !variable.var_type.node.nullable {
            return Err(Error::BadInput(format!("the variable `${}` must be given, and not null", variable.name.node)));
        }
    }
    Ok(())
}

struct Merge<'a> {
    types: &'a Types,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    fields: usize,
    /// How many lists of introspection are open, one in another.
    lists: usize,
    used: HashSet<Name>,
}

/// The fields of one level, by response key, in the order in which they appear first.
#[derive(Default)]
struct Level<'a> {
    order: Vec<&'a Name>,
    by_key: HashMap<&'a Name, Vec<&'a Positioned<Field>>>,
    spread: HashSet<&'a Name>,
    /// Whether a fragment was for another type than the level's, whose fields the level's may not have.
    conditional: bool,
}

impl<'a> Merge<'a> {
    /// Merges selection sets of a value of type `parent`; of an unknown one, as in introspection, everything.
    fn level(&mut self, parent: Option<&str>, sets: &[&'a SelectionSet]) -> Result<SelectionSet> {
        let level = self.collect(parent, sets)?;
        let objects = parent.map_or(&[] as &[Name], |parent| self.types.objects(parent));
        if !level.conditional || objects.is_empty() {
            return self.fields(parent, level);
        }
        // Some fields are for some objects only: each object gets a level of its own.
        let mut items = Vec::new();
        for object in objects {
            let level = self.collect(Some(object), sets)?;
            let selection_set = self.fields(Some(object), level)?;
            if !selection_set.items.is_empty() {
                let pos = Pos::default();
                let fragment = InlineFragment {
                    type_condition: Some(at(TypeCondition { on: at(object.clone(), pos) }, pos)),
                    directives: Vec::new(),
                    selection_set: at(selection_set, pos),
                };
                items.push(at(Selection::InlineFragment(at(fragment, pos)), pos));
            }
        }
        Ok(SelectionSet { items })
    }

    fn collect(&mut self, parent: Option<&str>, sets: &[&'a SelectionSet]) -> Result<Level<'a>> {
        let mut level = Level::default();
        for set in sets {
            self.collect_into(parent, set, &mut level)?;
        }
        Ok(level)
    }

    fn collect_into(&mut self, parent: Option<&str>, set: &'a SelectionSet, level: &mut Level<'a>) -> Result<()> {
        for item in &set.items {
            if self.left_out(item.node.directives())? {
                continue;
            }
            let (condition, set) = match &item.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let same = level.by_key.entry(key).or_default();
                    if same.is_empty() {
                        level.order.push(key);
                    }
                    same.push(field);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = self.fragments.get(name);
                    let fragment = fragment.ok_or_else(|| Error::BadInput(format!("there is no fragment `{name}`")))?;
                    if !level.spread.insert(name) {
                        continue;
                    }
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
                }
            };
            let condition = condition.map(|condition| condition.node.on.node.as_str());
            if self.applies(parent, condition, level)? {
                self.collect_into(parent, set, level)?;
            }
        }
        Ok(())
    }

    /// Whether a fragment on `condition` is for all values of type `parent`. If it is for some of them, or asks
    /// for fields that `parent` itself may not have, the level is marked.
    fn applies(&self, parent: Option<&str>, condition: Option<&str>, level: &mut Level<'a>) -> Result<bool> {
        let (Some(parent), Some(condition)) = (parent, condition) else { return Ok(true) };
        if parent == condition {
            return Ok(true);
        }
        let (own, wanted) = (self.types.objects(parent), self.types.objects(condition));
        if wanted.is_empty() {
            return Err(Error::BadInput(format!("there is no type `{condition}` for a fragment to be on")));
        }
        let all = !own.is_empty() && own.iter().all(|object| wanted.contains(object));
        let object = matches!(own, [object] if object == parent);
        let own_fields = object || (all && self.types.implements(parent, condition));
        level.conditional |= !own_fields;
        Ok(all)
    }

    fn fields(&mut self, parent: Option<&str>, level: Level<'a>) -> Result<SelectionSet> {
        let mut items = Vec::with_capacity(level.order.len());
        for key in level.order {
            let Some(same) = level.by_key.get(key) else { continue };
            let [first, others @ ..] = same.as_slice() else { continue };
            self.fields += 1;
            if self.fields > MAX_FIELDS {
                return Err(Error::TooComplex(format!("the operation selects more than {MAX_FIELDS} fields")));
            }
            if others.iter().any(|other| !mergeable(&first.node, &other.node)) {
                let message = format!("`{key}` is selected twice with different fields or arguments: use an alias");
                return Err(Error::BadInput(message));
            }
            let sets: Vec<&SelectionSet> =
                same.iter().map(|field| &field.node.selection_set.node).filter(|set| !set.items.is_empty()).collect();
            for (_, value) in &first.node.arguments {
                self.note_variables(&value.node);
            }
            let own = parent.and_then(|parent| self.types.of_field(parent, &first.node.name.node));
            let own = own.map(|own| own.name.clone());
            let list = parent.is_none() && INTROSPECTION_LISTS.contains(&first.node.name.node.as_str());
            self.lists += usize::from(list);
            if self.lists > MAX_INTROSPECTION_LISTS {
                return Err(Error::TooComplex("introspection goes round in circles".into()));
            }
            let mut selection_set = self.level(own.as_deref(), &sets)?;
            self.lists -= usize::from(list);
            if !sets.is_empty() {
                selection_set = filled(selection_set);
            }
            let field = Field {
                alias: first.node.alias.clone(),
                name: first.node.name.clone(),
                arguments: first.node.arguments.clone(),
                directives: kept(&first.node.directives),
                selection_set: at(selection_set, first.node.selection_set.pos),
            };
            items.push(at(Selection::Field(at(field, first.pos)), first.pos));
        }
        Ok(SelectionSet { items })
    }

    /// Whether `@skip` or `@include` leave a selection out.
    fn left_out(&self, directives: &[Positioned<Directive>]) -> Result<bool> {
        for directive in directives {
            let leave = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => continue,
            };
            if self.condition(&directive.node)? == leave {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn condition(&self, directive: &Directive) -> Result<bool> {
        let wrong = || Error::BadInput(format!("`if` of @{} must be a Boolean", directive.name.node));
        match directive.get_argument("if").map(|value| &value.node) {
            Some(Value::Boolean(value)) => Ok(*value),
            Some(Value::Variable(name)) => {
                let declared =
                    self.operation.variable_definitions.iter().find(|variable| variable.node.name.node == *name);
                let default = declared.and_then(|variable| variable.node.default_value.as_ref());
                match self.variables.get(name).or(default.map(|value| &value.node)) {
                    Some(ConstValue::Boolean(value)) if declared.is_some() => Ok(*value),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }

    fn note_variables(&mut self, value: &Value) {
        match value {
            Value::Variable(name) => {
                self.used.insert(name.clone());
            }
            Value::List(values) => values.iter().for_each(|value| self.note_variables(value)),
            Value::Object(values) => values.values().for_each(|value| self.note_variables(value)),
            _ => {}
        }
    }
}

/// A selection from which everything was left out still selects an object, which the answer has without any
/// field. The executor knows no selection of nothing, so that it gets one of a field that it leaves out.
fn filled(set: SelectionSet) -> SelectionSet {
    if !set.items.is_empty() {
        return set;
    }
    let pos = Pos::default();
    let never = Directive {
        name: at(Name::new("skip"), pos),
        arguments: vec![(at(Name::new("if"), pos), at(Value::Boolean(true), pos))],
    };
    let field = Field {
        alias: None,
        name: at(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: vec![at(never, pos)],
        selection_set: at(SelectionSet::default(), pos),
    };
    SelectionSet { items: vec![at(Selection::Field(at(field, pos)), pos)] }
}

/// Without those that have been looked at.
fn kept(directives: &[Positioned<Directive>]) -> Vec<Positioned<Directive>> {
    let looked_at =
        |directive: &&Positioned<Directive>| !matches!(directive.node.name.node.as_str(), "skip" | "include");
    directives.iter().filter(looked_at).cloned().collect()
}

/// Whether two fields of one response key are the same field with the same arguments.
fn mergeable(one: &Field, other: &Field) -> bool {
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .all(|(name, value)| other.get_argument(&name.node).is_some_and(|other| other.node == value.node))
}

fn at<T>(node: T, pos: Pos) -> Positioned<T> {
    Positioned::new(node, pos)
}
