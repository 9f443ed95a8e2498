//! Who sees what: every field of every type for every kind of viewer, executed against real rows, by every way that
//! leads to it, compared with a reviewed table. A field that is new, or shown to someone else, changes the table.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use daybook::clock::Clock;
use daybook::graphql::Policy;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text};
use crate::introspection::{AFTER, Schema, named};
use crate::world::World;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/matrix.txt");
/// The kinds of viewers: their columns.
const VIEWERS: [&str; 9] =
    ["OWNER", "MANAGER", "CLERK", "VIEWER", "no-scopes", "scopes", "customer", "elsewhere", "anonymous"];

/// Arguments that narrow a list, and that not everyone may give who may read it.
const NARROWING: [&str; 2] = ["events.customerId", "customers.segmentId"];

/// What a viewer sees of a field, the most that they see by any way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    /// There is no such object for them.
    Nothing,
    /// They have to sign in.
    SignIn,
    /// It is forbidden.
    Forbidden,
    /// It is empty.
    Null,
    /// It is there.
    Value,
}

impl Seen {
    fn word(self) -> &'static str {
        match self {
            Self::Nothing => "-",
            Self::SignIn => "sign-in",
            Self::Forbidden => "no",
            Self::Null => "null",
            Self::Value => "yes",
        }
    }
}

/// A way to objects of a type: fields from `Query` down, and the selection around them.
#[derive(Clone)]
struct Way {
    keys: Vec<String>,
    open: String,
    /// How many levels are open.
    levels: usize,
}

impl Way {
    /// One field further. An object that is found behind an interface is selected by its own type.
    fn further(&self, key: &str, call: &str, object: &str) -> Self {
        let mut keys = self.keys.clone();
        keys.push(key.to_owned());
        let open = format!("{} {call} {{ __typename ... on {object} {{ ", self.open);
        Self { keys, open, levels: self.levels + 2 }
    }

    fn query(&self, selection: &str) -> String {
        format!("{{ {} {selection} {} }}", self.open, "} ".repeat(self.levels))
    }
}

/// A field with what it needs to be called, as GraphQL writes it.
fn call(schema: &Schema, world: &World, parent: &str, field: &Value) -> String {
    let name = text(&field["name"]);
    let args = field["args"].as_array().unwrap();
    let values = schema.inputs(&format!("{parent}.{name}"), args, &mut |path| {
        let root = path.strip_prefix("Query.");
        let wanted =
            root.filter(|path| !path.ends_with(AFTER) && !path.contains(".filter.") && !NARROWING.contains(path));
        wanted.map(|path| json!(world.id(path)))
    });
    if values.is_empty() {
        return name.to_owned();
    }
    let kind = |arg: &str| named(&args.iter().find(|known| known["name"] == arg).unwrap()["type"]).to_owned();
    let written: Vec<_> =
        values.iter().map(|(arg, value)| format!("{arg}: {}", literal(schema, &kind(arg), value))).collect();
    format!("{name}({})", written.join(", "))
}

fn literal(schema: &Schema, kind: &str, value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| literal(schema, kind, item)).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            let of = |name: &str| {
                let input = schema.input_fields(kind).iter().find(|input| input["name"] == name).unwrap();
                named(&input["type"]).to_owned()
            };
            let written: Vec<_> =
                fields.iter().map(|(name, value)| format!("{name}: {}", literal(schema, &of(name), value))).collect();
            format!("{{ {} }}", written.join(", "))
        }
        Value::String(text) if schema.kind(kind) == "ENUM" => text.clone(),
        other => other.to_string(),
    }
}

/// The objects behind a type: itself, or those that an interface can be.
fn objects(schema: &Schema, name: &str) -> Vec<String> {
    match schema.kind(name) {
        "OBJECT" => vec![name.to_owned()],
        "INTERFACE" | "UNION" => {
            let possible = schema.types[name]["possibleTypes"].as_array().unwrap();
            possible.iter().map(|object| text(&object["name"]).to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

/// For each object type that queries lead to, every last step to it, on the shortest way there.
fn ways(schema: &Schema, world: &World) -> BTreeMap<String, Vec<Way>> {
    let begin = Way { keys: Vec::new(), open: String::new(), levels: 0 };
    let mut shortest = BTreeMap::from([("Query".to_owned(), begin)]);
    let mut found: BTreeMap<String, Vec<Way>> = BTreeMap::new();
    let mut next = VecDeque::from(["Query".to_owned()]);
    while let Some(parent) = next.pop_front() {
        let way = shortest[&parent].clone();
        for field in schema.fields(&parent) {
            for object in objects(schema, named(&field["type"])) {
                let name = text(&field["name"]);
                let call = match (parent.as_str(), name) {
                    // Of anything that has an id, its own.
                    ("Query", "node") => format!("node(id: {:?})", world.id_of(&object)),
                    ("Query", "nodes") => format!("nodes(ids: [{:?}])", world.id_of(&object)),
                    _ => call(schema, world, &parent, field),
                };
                let way = way.further(name, &call, &object);
                found.entry(object.clone()).or_default().push(way.clone());
                if !shortest.contains_key(&object) {
                    shortest.insert(object.clone(), way);
                    next.push_back(object);
                }
            }
        }
    }
    found
}

/// What the viewer sees of `fields` of objects of that type.
async fn look(
    client: &Client,
    schema: &Schema,
    world: &World,
    object: &str,
    way: &Way,
    fields: &[&Value],
) -> BTreeMap<String, Seen> {
    let selected: Vec<_> = fields
        .iter()
        .map(|field| {
            let leaf = matches!(schema.kind(named(&field["type"])), "SCALAR" | "ENUM");
            let call = call(schema, world, object, field);
            if leaf { call } else { format!("{call} {{ __typename }}") }
        })
        .collect();
    let answer = client.send(&way.query(&format!("__typename {}", selected.join(" "))), json!({})).await.body;
    let mut here: Vec<&Value> = vec![&answer["data"]];
    for key in &way.keys {
        here = here.into_iter().flat_map(|value| flat(&value[key])).collect();
    }
    let here: Vec<_> = here.into_iter().filter(|value| value["__typename"] == object).collect();
    let errors = answer["errors"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let mut seen = BTreeMap::new();
    for field in fields {
        let name = text(&field["name"]);
        let mut most = Seen::Nothing;
        for value in &here {
            most = most.max(if value[name].is_null() { Seen::Null } else { Seen::Value });
        }
        for error in errors {
            let path: Vec<&str> =
                error["path"].as_array().map_or(Vec::new(), |path| path.iter().filter_map(Value::as_str).collect());
            let above = path.len() <= way.keys.len() && path.iter().zip(&way.keys).all(|(one, other)| one == other);
            let this = path.len() > way.keys.len() && path[way.keys.len()] == name;
            let refused = match text(&error["extensions"]["code"]) {
                "FORBIDDEN" => Seen::Forbidden,
                "UNAUTHENTICATED" => Seen::SignIn,
                _ => panic!("{}: {answer}", way.query(&selected.join(" "))),
            };
            if this {
                // The null is that of the refusal.
                most = refused.max(if most == Seen::Value { most } else { refused });
            } else if above && here.is_empty() {
                most = most.max(refused);
            }
        }
        seen.insert(name.to_owned(), most);
    }
    seen
}

fn flat(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        other => vec![other],
    }
}

/// The most that the viewer sees of all fields of a type, by all ways.
async fn all(client: &Client, schema: &Schema, world: &World, object: &str, ways: &[Way]) -> BTreeMap<String, Seen> {
    let fields: Vec<&Value> = schema.fields(object).iter().collect();
    let mut most: BTreeMap<String, Seen> = BTreeMap::new();
    for way in ways {
        let mut seen = look(client, schema, world, object, way, &fields).await;
        // A refused field that is never null takes the others with it: each by itself, then.
        if seen.values().any(|seen| *seen == Seen::Forbidden) {
            for field in &fields {
                seen.extend(look(client, schema, world, object, way, &[field]).await);
            }
        }
        for (name, seen) in seen {
            let known = most.entry(name).or_insert(Seen::Nothing);
            *known = seen.max(*known);
        }
    }
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn each_viewer_sees_the_fields_that_the_reviewed_table_says() {
    // The cost of so many questions is not what this is about.
    let policy = Policy { cost_per_second: 1_000_000, ..Policy::default() };
    let daybook = Daybook::under(policy, Clock::System).await;
    let world = World::new(&daybook, "shop").await;
    let elsewhere = daybook.owner("elsewhere").await;
    let (_, no_scopes) = world.owner.api_key("Without", &[] as &[&str]).await;
    let mut viewers = vec![world.owner.clone()];
    for role in ["MANAGER", "CLERK", "VIEWER"] {
        viewers.push(daybook.member(&world.owner, role).await);
    }
    viewers.push(daybook.anyone().with_token(&no_scopes));
    viewers.extend([world.program.clone(), world.customer.clone(), elsewhere, daybook.anyone()]);

    let schema = Schema::load().await;
    let ways = ways(&schema, &world);
    let seen = join_all(viewers.iter().map(async |viewer| {
        let mut seen = BTreeMap::new();
        for (object, ways) in &ways {
            seen.insert(object.clone(), all(viewer, &schema, &world, object, ways).await);
        }
        seen
    }))
    .await;
    let mut table = String::new();
    for (object, fields) in &seen[0] {
        for field in fields.keys() {
            write!(table, "{:<44}", format!("{object}.{field}")).unwrap();
            for viewer in &seen {
                write!(table, "{:<10}", viewer[object][field].word()).unwrap();
            }
            table.truncate(table.trim_end().len());
            table.push('\n');
        }
    }
    // Objects that queries do not lead to are parts of mutations and live operations: see permissions.txt.
    let known: BTreeSet<&String> = ways.keys().collect();
    for name in schema.types.keys().filter(|name| schema.kind(name) == "OBJECT" && !known.contains(name)) {
        let part =
            ["Payload", "Update", "Mutation", "Subscription", "Query", "UserError", "ImportProblem", "ImportResult"];
        assert!(part.iter().any(|part| name.ends_with(part)), "no way leads to {name}");
    }
    let reviewed = std::fs::read_to_string(TABLE).unwrap_or_default();
    let (head, _): (Vec<&str>, Vec<&str>) = reviewed.lines().partition(|line| line.starts_with('#'));
    let expected = format!("{}\n{table}", head.join("\n"));
    if std::env::var_os("DAYBOOK_WRITE_TABLES").is_some() {
        std::fs::write(TABLE, &expected).unwrap();
    }
    let differ: Vec<_> = expected.lines().filter(|line| !reviewed.lines().any(|known| known == *line)).collect();
    assert!(
        reviewed == expected,
        "review what DAYBOOK_WRITE_TABLES=1 writes to tests/it/matrix.txt, for {VIEWERS:?}:\n{}",
        differ.join("\n")
    );
}
