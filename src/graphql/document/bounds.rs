//! Bounds of a parsed document. Each fragment is looked at once, however often it is spread.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

use super::{MAX_ALIASES, MAX_DIRECTIVES, MAX_LEVELS};
use crate::error::{Error, Result};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// An error if the document nests too deep, has too many aliases or directives, or a fragment contains itself.
pub fn bound(document: &ExecutableDocument) -> Result<()> {
    let mut walk = Walk { fragments: &document.fragments, levels: HashMap::new(), aliases: 0, directives: 0 };
    let mut deepest = 0;
    for (_, operation) in document.operations.iter() {
        walk.directives += operation.node.directives.len();
        let variables = operation.node.variable_definitions.iter();
        walk.directives += variables.map(|variable| variable.node.directives.len()).sum::<usize>();
        deepest = deepest.max(walk.levels_of(&operation.node.selection_set.node)?);
    }
    for name in document.fragments.keys() {
        deepest = deepest.max(walk.levels_of_fragment(name)?);
    }
    let limits = [
        (deepest, MAX_LEVELS, "levels of fields"),
        (walk.aliases, MAX_ALIASES, "aliases"),
        (walk.directives, MAX_DIRECTIVES, "directives"),
    ];
    match limits.into_iter().find(|(count, max, _)| count > max) {
        Some((count, max, what)) => {
            Err(Error::TooComplex(format!("the document has {count} {what}; at most {max} are allowed")))
        }
        None => Ok(()),
    }
}

struct Walk<'a> {
    fragments: &'a Fragments,
    /// The levels of each fragment; `None` while they are being found.
    levels: HashMap<&'a Name, Option<usize>>,
    aliases: usize,
    directives: usize,
}

impl<'a> Walk<'a> {
    fn levels_of(&mut self, set: &'a SelectionSet) -> Result<usize> {
        let mut deepest = 0;
        for item in &set.items {
            self.directives += item.node.directives().len();
            deepest = deepest.max(match &item.node {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.node.alias.is_some());
                    1 + self.levels_of(&field.node.selection_set.node)?
                }
                Selection::InlineFragment(fragment) => self.levels_of(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.levels_of_fragment(&spread.node.fragment_name.node)?,
            });
        }
        Ok(deepest)
    }

    fn levels_of_fragment(&mut self, name: &Name) -> Result<usize> {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Err(Error::BadInput(format!("there is no fragment `{name}`")));
        };
        match self.levels.get(name) {
            Some(Some(levels)) => return Ok(*levels),
            Some(None) => return Err(Error::BadInput(format!("the fragment `{name}` contains itself"))),
            None => {}
        }
        self.levels.insert(name, None);
        self.directives += fragment.node.directives.len();
        let levels = self.levels_of(&fragment.node.selection_set.node)?;
        self.levels.insert(name, Some(levels));
        Ok(levels)
    }
}
