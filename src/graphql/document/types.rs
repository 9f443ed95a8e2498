//! What merging needs to know of the schema: the type of each field, and the objects of each interface.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};

use crate::error::{Error, Result};

/// The composite types of a schema.
#[derive(Debug, Default)]
pub struct Types {
    fields: HashMap<Name, HashMap<Name, Name>>,
    /// The objects that a type can be: itself, or those that implement it.
    objects: HashMap<Name, Vec<Name>>,
}

impl Types {
    /// Reads them from a schema in GraphQL's schema language.
    pub fn read(sdl: &str) -> Result<Self> {
        let mut types = Self::default();
        let document = parse_schema(sdl).map_err(Error::internal)?;
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node;
            match definition.node.kind {
                TypeKind::Object(object) => {
                    for interface in object.implements {
                        types.objects.entry(interface.node).or_default().push(name.clone());
                    }
                    types.objects.entry(name.clone()).or_default().push(name.clone());
                    types.fields.insert(name, fields(object.fields));
                }
                TypeKind::Interface(interface) => {
                    types.fields.insert(name, fields(interface.fields));
                }
                TypeKind::Union(union) => {
                    types.objects.entry(name).or_default().extend(union.members.into_iter().map(|member| member.node));
                }
                TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => {}
            }
        }
        Ok(types)
    }

    /// The type of a field, if both are known and it is composite.
    pub fn of_field(&self, parent: &str, field: &str) -> Option<&Name> {
        self.fields.get(parent)?.get(field).filter(|name| self.objects.contains_key(name.as_str()))
    }

    /// The objects that a type can be; none if it is unknown.
    pub fn objects(&self, name: &str) -> &[Name] {
        self.objects.get(name).map_or(&[], Vec::as_slice)
    }
}

fn fields(fields: Vec<async_graphql::Positioned<FieldDefinition>>) -> HashMap<Name, Name> {
    fields.into_iter().map(|field| (field.node.name.node, base(field.node.ty.node))).collect()
}

fn base(mut of: Type) -> Name {
    loop {
        match of.base {
            BaseType::Named(name) => return name,
            BaseType::List(inner) => of = *inner,
        }
    }
}
