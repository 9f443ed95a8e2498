//! What merging needs to know of the schema: the type of each field, and the objects of each interface.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};

use crate::error::{Error, Result};

/// The composite types of a schema.
#[derive(Debug, Default)]
pub struct Types {
    fields: HashMap<Name, HashMap<Name, FieldType>>,
    /// The objects that a type can be: itself, or those that implement it.
    objects: HashMap<Name, Vec<Name>>,
    /// The interfaces that objects and interfaces say they implement.
    interfaces: HashMap<Name, Vec<Name>>,
}

/// The type of a field.
#[derive(Debug, Clone)]
pub struct FieldType {
    /// Its name, without lists and exclamation marks.
    pub name: Name,
    /// Whether it is a list.
    pub list: bool,
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
                    for interface in &object.implements {
                        types.objects.entry(interface.node.clone()).or_default().push(name.clone());
                    }
                    types.interfaces.insert(name.clone(), names(object.implements));
                    types.objects.entry(name.clone()).or_default().push(name.clone());
                    types.fields.insert(name, fields(object.fields));
                }
                TypeKind::Interface(interface) => {
                    types.interfaces.insert(name.clone(), names(interface.implements));
                    types.fields.insert(name, fields(interface.fields));
                }
                TypeKind::Union(union) => {
                    types.objects.entry(name).or_default().extend(names(union.members));
                }
                TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => {}
            }
        }
        Ok(types)
    }

    /// The type of a field, if both are known and it is composite.
    pub fn of_field(&self, parent: &str, field: &str) -> Option<&FieldType> {
        self.fields.get(parent)?.get(field).filter(|of| self.objects.contains_key(of.name.as_str()))
    }

    /// Whether a type says that it implements an interface, so that it has the interface's fields. That all its
    /// objects implement it is not enough.
    pub fn implements(&self, name: &str, interface: &str) -> bool {
        self.interfaces.get(name).is_some_and(|interfaces| interfaces.iter().any(|known| known == interface))
    }

    /// Whether a type has ids: its values are rows, and not parts of one.
    pub fn is_row(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|fields| fields.contains_key("id"))
    }

    /// The objects that a type can be; none if it is unknown.
    pub fn objects(&self, name: &str) -> &[Name] {
        self.objects.get(name).map_or(&[], Vec::as_slice)
    }
}

fn names(names: Vec<async_graphql::Positioned<Name>>) -> Vec<Name> {
    names.into_iter().map(|name| name.node).collect()
}

fn fields(fields: Vec<async_graphql::Positioned<FieldDefinition>>) -> HashMap<Name, FieldType> {
    fields.into_iter().map(|field| (field.node.name.node, field_type(field.node.ty.node))).collect()
}

fn field_type(mut of: Type) -> FieldType {
    let mut list = false;
    loop {
        match of.base {
            BaseType::Named(name) => return FieldType { name, list },
            BaseType::List(inner) => (of, list) = (*inner, true),
        }
    }
}
