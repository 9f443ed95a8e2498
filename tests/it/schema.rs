//! The GraphQL schema and the schema of the data base.

use daybook::db::migrate::{self, MigrateError};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use tokio::process::Command;

use crate::harness::{Database, sql, text, values};
use crate::introspection::{Schema, written};

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let committed = include_str!("../../schema.graphql");
    assert!(committed == daybook::schema::sdl(), "schema.graphql is old: run `make schema` and look at what changed");
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let schema = Schema::load().await;
    let mut bare = Vec::new();
    // GraphQL's own scalars and Relay's page info are described by their specifications.
    let known = ["Boolean", "Float", "ID", "Int", "String"];
    for (name, kind) in schema.types.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        let described = |value: &serde_json::Value| value["description"].as_str().is_some_and(|d| !d.trim().is_empty());
        if !described(kind) {
            bare.push(name.clone());
        }
        for part in ["fields", "inputFields", "enumValues"] {
            for value in kind[part].as_array().into_iter().flatten().filter(|value| !described(value)) {
                bare.push(format!("{name}.{}", text(&value["name"])));
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

#[tokio::test]
async fn names_are_written_as_graphql_writes_them() {
    let schema = Schema::load().await;
    let camel = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let pascal = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let screaming = |name: &str| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    for (name, kind) in &schema.types {
        assert!(pascal(name), "{name}");
        for field in schema.fields(name).iter().chain(schema.input_fields(name)) {
            assert!(camel(text(&field["name"])), "{name}.{}", field["name"]);
            for argument in field["args"].as_array().into_iter().flatten() {
                assert!(camel(text(&argument["name"])), "{name}.{} {}", field["name"], argument["name"]);
            }
        }
        for value in schema.enum_values(name) {
            assert!(screaming(&value), "{name}.{value}");
        }
        match text(&kind["kind"]) {
            "INPUT_OBJECT" => assert!(name.ends_with("Input") || name.ends_with("Filter"), "{name}"),
            _ => assert!(!name.ends_with("Input"), "{name}"),
        }
    }
}

#[tokio::test]
async fn every_list_that_can_grow_is_a_relay_connection() {
    let schema = Schema::load().await;
    let fields = |name: &str| -> Vec<(String, String)> {
        let fields = schema.fields(name).iter();
        let mut fields: Vec<_> = fields.map(|f| (text(&f["name"]).to_owned(), written(&f["type"]))).collect();
        fields.sort();
        fields
    };
    let expected = |pairs: &[(&str, String)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, kind)| ((*name).to_owned(), kind.clone())).collect()
    };
    let connections: Vec<&String> = schema.types.keys().filter(|name| name.ends_with("Connection")).collect();
    assert!(connections.len() >= 8, "{connections:?}");
    for name in &connections {
        let node = name.strip_suffix("Connection").unwrap();
        let shape = [
            ("edges", format!("[{node}Edge!]!")),
            ("nodes", format!("[{node}!]!")),
            ("pageInfo", "PageInfo!".into()),
            ("totalCount", "Int".into()),
        ];
        assert_eq!(fields(name), expected(&shape), "{name}");
        let edge = format!("{node}Edge");
        assert_eq!(fields(&edge), expected(&[("cursor", "String!".into()), ("node", format!("{node}!"))]), "{edge}");
    }
    let page = ["hasNextPage", "hasPreviousPage"].map(|name| (name, "Boolean!".to_owned()));
    let cursors = ["endCursor", "startCursor"].map(|name| (name, "String".to_owned()));
    let [end, start] = cursors;
    let [next, previous] = page;
    assert_eq!(fields("PageInfo"), expected(&[end, next, previous, start]));

    for name in schema.types.keys() {
        for field in schema.fields(name) {
            let kind = written(&field["type"]);
            let is_connection = connections.iter().any(|connection| kind.trim_end_matches('!') == connection.as_str());
            let arguments: Vec<_> = field["args"].as_array().unwrap().iter().map(|arg| text(&arg["name"])).collect();
            for argument in ["first", "after", "last", "before", "offset"] {
                let live = name == "Subscription" && argument == "after";
                assert_eq!(arguments.contains(&argument), is_connection || live, "{name}.{}", field["name"]);
            }
        }
    }
}

#[tokio::test]
async fn a_node_has_an_id_and_nothing_else() {
    let schema = Schema::load().await;
    let fields: Vec<_> = schema.fields("Node").iter().map(|f| (text(&f["name"]), written(&f["type"]))).collect();
    assert_eq!(fields, [("id", "ID!".to_owned())]);
}

#[tokio::test]
async fn every_mutation_answers_with_a_nullable_payload_that_has_user_errors() {
    let schema = Schema::load().await;
    for field in schema.fields("Mutation") {
        let payload = written(&field["type"]);
        assert!(payload.ends_with("Payload"), "{}: {payload}", field["name"]);
        for part in schema.fields(&payload) {
            let kind = written(&part["type"]);
            let errors = part["name"] == "userErrors";
            assert!(if errors { kind == "[UserError!]!" } else { !kind.ends_with('!') }, "{payload}.{}", part["name"]);
        }
        assert!(schema.fields(&payload).iter().any(|part| part["name"] == "userErrors"), "{payload}");
    }
}

/// The schema of a data base as pg_dump writes it.
async fn dump(database: &Database) -> String {
    let output = Command::new("pg_dump").args(["--schema-only", "--dbname", &database.url]).output().await;
    let output = output.expect("pg_dump in PATH, as `daybook exec` puts it there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let dump = String::from_utf8(output.stdout).unwrap();
    // These two have a random word in them.
    let same = |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
    dump.lines().filter(same).collect::<Vec<_>>().join("\n")
}

async fn objects(database: &Database) -> Vec<String> {
    let conn = AsyncPgConnection::establish(&database.url).await.unwrap();
    let query = "SELECT relname::text AS value FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1";
    values(&conn, query).await
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_undone_leave_nothing_and_done_again_the_same() {
    let database = Database::empty().await;
    let applied = migrate::migrate(&database.url).await.unwrap().applied;
    assert!(applied >= 1);
    let first = dump(&database).await;
    assert!(first.contains("CREATE TABLE public.customers"));
    assert_eq!(migrate::migrate(&database.url).await.unwrap().applied, 0);

    migrate::revert(&database.url).await.unwrap();
    assert_eq!(objects(&database).await, ["__diesel_schema_migrations", "__diesel_schema_migrations_pkey"]);
    assert_eq!(migrate::migrate(&database.url).await.unwrap().applied, applied);
    assert!(dump(&database).await == first, "the schema differs after down and up");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_migrate_at_once_wait_for_each_other() {
    let database = Database::empty().await;
    // Tasks of their own, for a migration blocks the one it runs in.
    let migrating = || {
        let url = database.url.clone();
        tokio::spawn(async move { migrate::migrate(&url).await.unwrap().applied })
    };
    let (one, two) = (migrating(), migrating());
    let mut applied = [one.await.unwrap(), two.await.unwrap()];
    applied.sort_unstable();
    assert_eq!((applied[0], applied[1] >= 1), (0, true), "one does it all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_base_of_a_newer_daybook_is_refused_and_left_alone() {
    let database = Database::migrated().await;
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')";
    sql(&database.url, newer).await;
    let before = dump(&database).await;
    let refused = migrate::migrate(&database.url).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Newer(version) if version == "99991231000001"), "{refused:?}");
    let message = refused.to_string();
    assert!(message.contains("newer Daybook") && message.contains("99991231000001"), "{message}");
    assert!(dump(&database).await == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_row_level_security_does_not_bind_is_refused() {
    let database = Database::empty().await;
    // The built-in server's superuser, on the same socket. Another server may not let us in as one.
    let superuser = database.url.replacen("daybook@", "postgres@", 1);
    if superuser == database.url || AsyncPgConnection::establish(&superuser).await.is_err() {
        eprintln!("this server offers no superuser to try");
        return;
    }
    let refused = migrate::migrate(&superuser).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Privileged(role) if role == "postgres"), "{refused:?}");
    assert!(refused.to_string().contains("superuser"), "{refused}");
    assert_eq!(objects(&database).await, Vec::<String>::new());
}
