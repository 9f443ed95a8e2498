//! Bounds of a parsed document. Each fragment is looked at once, however often it is spread.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned};

use super::MAX_LEVELS;
use crate::error::{Error, Result};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// An error if the document nests too deep or a fragment contains itself.
pub fn bound(document: &ExecutableDocument) -> Result<()> {
    let mut walk = Walk { fragments: &document.fragments, levels: HashMap::new() };
    let mut deepest = 0;
    for (_, operation) in document.operations.iter() {
        deepest = deepest.max(walk.levels_of(&operation.node.selection_set.node)?);
    }
    for name in document.fragments.keys() {
        deepest = deepest.max(walk.levels_of_fragment(name)?);
    }
    if deepest > MAX_LEVELS {
        let message = format!("the document has {deepest} levels of fields; at most {MAX_LEVELS} are allowed");
        return Err(Error::TooComplex(message));
    }
    Ok(())
}

struct Walk<'a> {
    fragments: &'a Fragments,
    /// The levels of each fragment; `None` while they are being found.
    levels: HashMap<&'a Name, Option<usize>>,
}

impl<'a> Walk<'a> {
    fn levels_of(&mut self, set: &'a SelectionSet) -> Result<usize> {
        let mut deepest = 0;
        for item in &set.items {
            deepest = deepest.max(match &item.node {
                Selection::Field(field) => 1 + self.levels_of(&field.node.selection_set.node)?,
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
        let levels = self.levels_of(&fragment.node.selection_set.node)?;
        self.levels.insert(name, Some(levels));
        Ok(levels)
    }
}
