//! The schema as introspection tells it, and operations made from it: a field that is new tomorrow is called
//! like those of today.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::harness::text;

const INTROSPECTION: &str = "{ __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types { kind name description interfaces { name } possibleTypes { name }
        fields(includeDeprecated: true) { name description type { ...T } args { ...I } }
        enumValues(includeDeprecated: true) { name description }
        inputFields { ...I } } } }
    fragment I on __InputValue { name description defaultValue type { ...T } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// How the path of a cursor ends: what is new is asked for from there on.
pub const AFTER: &str = ".after";

/// The types of the schema by name, without those of introspection itself.
pub struct Schema {
    pub types: BTreeMap<String, Value>,
}

/// A field of `Query`, `Mutation` or `Subscription`.
pub struct Root {
    /// `query`, `mutation` or `subscription`.
    pub operation: &'static str,
    pub name: String,
    field: Value,
}

/// An operation with one root field.
pub struct Operation {
    pub query: String,
    pub variables: Value,
}

impl Schema {
    pub async fn load() -> Self {
        let response = daybook::schema::schema().execute(INTROSPECTION).await;
        assert_eq!(response.errors, []);
        let mut schema = response.data.into_json().unwrap()["__schema"].take();
        let roots = ["queryType", "mutationType", "subscriptionType"].map(|root| schema[root]["name"].take());
        assert_eq!(roots, ["Query", "Mutation", "Subscription"]);
        let types = schema["types"].as_array_mut().unwrap().iter_mut();
        let types = types.map(|kind| (text(&kind["name"]).to_owned(), kind.take()));
        Self { types: types.filter(|(name, _)| !name.starts_with("__")).collect() }
    }

    pub fn kind(&self, name: &str) -> &str {
        text(&self.types[name]["kind"])
    }

    pub fn fields(&self, name: &str) -> &[Value] {
        self.types[name]["fields"].as_array().map_or(&[], Vec::as_slice)
    }

    pub fn input_fields(&self, name: &str) -> &[Value] {
        self.types[name]["inputFields"].as_array().map_or(&[], Vec::as_slice)
    }

    pub fn enum_values(&self, name: &str) -> Vec<String> {
        let values = self.types[name]["enumValues"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        values.iter().map(|value| text(&value["name"]).to_owned()).collect()
    }

    /// All root fields.
    pub fn roots(&self) -> Vec<Root> {
        [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")]
            .into_iter()
            .flat_map(|(operation, root)| {
                self.fields(root).iter().map(move |field| Root {
                    operation,
                    name: text(&field["name"]).to_owned(),
                    field: field.clone(),
                })
            })
            .collect()
    }

    /// The paths of all ids that a root field takes, such as `paymentRecord.input.charges.chargeId`.
    pub fn ids(&self, root: &Root) -> Vec<String> {
        let mut found = Vec::new();
        self.arguments(root, &mut |path| {
            found.push(path.to_owned());
            None
        });
        found.retain(|path| !path.ends_with(AFTER));
        found
    }

    /// A call of a root field, with everything that it needs and what `id` gives for the path of an id, or of
    /// the cursor `after`; an optional one that it does not give is left out. The selection is everything, some levels deep.
    pub fn call(&self, root: &Root, mut id: impl FnMut(&str) -> Option<Value>) -> Operation {
        let arguments = self.arguments(root, &mut |path| id(path));
        let declared: Vec<_> =
            self.args(root).iter().filter(|arg| arguments.contains_key(text(&arg["name"]))).collect();
        let list = |separator: &dyn Fn(&Value) -> String| -> String {
            let items: Vec<_> = declared.iter().map(|arg| separator(arg)).collect();
            if items.is_empty() { String::new() } else { format!("({})", items.join(", ")) }
        };
        let declarations = list(&|arg| format!("${}: {}", text(&arg["name"]), written(&arg["type"])));
        let uses = list(&|arg| format!("{0}: ${0}", text(&arg["name"])));
        let selection = self.selection(named(&root.field["type"]), 3);
        let query = format!("{} {declarations} {{ {}{uses} {selection} }}", root.operation, root.name);
        Operation { query, variables: Value::Object(arguments) }
    }

    fn args<'a>(&self, root: &'a Root) -> &'a [Value] {
        root.field["args"].as_array().unwrap()
    }

    fn arguments(&self, root: &Root, id: &mut dyn FnMut(&str) -> Option<Value>) -> Map<String, Value> {
        self.inputs(&root.name, self.args(root), id)
    }

    /// Values for input fields or arguments: those that are required, and ids that `id` gives.
    pub fn inputs(
        &self,
        path: &str,
        inputs: &[Value],
        id: &mut dyn FnMut(&str) -> Option<Value>,
    ) -> Map<String, Value> {
        let mut values = Map::new();
        for input in inputs {
            let name = text(&input["name"]);
            let path = format!("{path}.{name}");
            let kind = &input["type"];
            let required = kind["kind"] == "NON_NULL" && input["defaultValue"].is_null();
            let is_list = written(kind).starts_with('[');
            let value = match named(kind) {
                "ID" => id(&path),
                "String" if name == "after" => id(&path),
                inner if self.kind(inner) == "INPUT_OBJECT" => {
                    // An optional one matters only for the ids in it.
                    let mut gave = false;
                    let fields = self.inputs(&path, self.input_fields(inner), &mut |path| {
                        let value = id(path);
                        gave |= value.is_some();
                        value
                    });
                    (required || gave).then_some(Value::Object(fields))
                }
                inner if required => Some(self.example(inner, name)),
                _ => None,
            };
            if let Some(value) = value {
                values.insert(name.to_owned(), if is_list && !value.is_array() { json!([value]) } else { value });
            }
        }
        values
    }

    /// A valid value of a scalar or enum for an input of that name.
    fn example(&self, kind: &str, name: &str) -> Value {
        match (kind, name) {
            ("String", "email") => json!("someone@test.example"),
            ("String", "password" | "currentPassword" | "newPassword") => json!(crate::harness::PASSWORD),
            ("String", "slug") => json!("a-slug"),
            ("String", "currency") => json!("USD"),
            ("String", "timeZone") => json!("UTC"),
            ("String", "country") => json!("US"),
            ("String", _) => json!("Some text"),
            ("Decimal", _) => json!("1.00"),
            ("Date", _) => json!("2026-01-31"),
            ("DateTime", _) => json!("2026-01-31T00:00:00Z"),
            ("Month", _) => json!("2026-01"),
            ("Int", _) => json!(1),
            ("Boolean", _) => json!(false),
            // The place of a file, of which none comes with it.
            ("Upload", _) => json!("#upload:0"),
            _ if self.kind(kind) == "ENUM" => json!(self.enum_values(kind)[0]),
            _ => panic!("give an example of {kind} for `{name}` in tests/it/introspection.rs"),
        }
    }

    /// All fields of a type that need no argument, and those of what they lead to, `depth` levels deep.
    fn selection(&self, name: &str, depth: usize) -> String {
        if !matches!(self.kind(name), "OBJECT" | "INTERFACE") {
            return String::new();
        }
        let mut selected = vec!["__typename".to_owned()];
        for field in self.fields(name) {
            let required = |arg: &Value| arg["type"]["kind"] == "NON_NULL" && arg["defaultValue"].is_null();
            if field["args"].as_array().unwrap().iter().any(required) {
                continue;
            }
            let inner = named(&field["type"]);
            match self.kind(inner) {
                "SCALAR" | "ENUM" => selected.push(text(&field["name"]).to_owned()),
                _ if depth > 0 => {
                    selected.push(format!("{} {}", text(&field["name"]), self.selection(inner, depth - 1)))
                }
                _ => {}
            }
        }
        format!("{{ {} }}", selected.join(" "))
    }
}

/// The name of a type without its wrappers.
pub fn named(kind: &Value) -> &str {
    match &kind["ofType"] {
        Value::Object(_) => named(&kind["ofType"]),
        _ => text(&kind["name"]),
    }
}

/// A type as the schema language writes it.
pub fn written(kind: &Value) -> String {
    match kind["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&kind["ofType"])),
        Some("LIST") => format!("[{}]", written(&kind["ofType"])),
        _ => text(&kind["name"]).to_owned(),
    }
}
