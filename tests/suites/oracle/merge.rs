//! Prints what Daybook makes of documents before it runs them: for each line of the input, a JSON object with
//! `query`, `operationName` and `variables`, one line with the document that would run, or with why none would.
//!
//! `oracle.mjs` compares the two. The schema is the one of the code, or that of the file in the first argument.

use std::fmt::Write as _;
use std::io::{BufRead as _, Write as _, stdin, stdout};

use async_graphql::parser::types::{Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Request};
use async_graphql_value::Value;
use daybook::error::Error;
use daybook::graphql::Documents;
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sdl = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?,
        None => daybook::schema::schema().sdl(),
    };
    let documents = Documents::new(&sdl)?;
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let mut request: Request = serde_json::from_str(&line?)?;
        let answer = match documents.prepare(&mut request) {
            Ok(_) => json!({ "merged": print(request.parsed_query().map_err(|error| error.message)?) }),
            Err(error) => {
                let code = error.source::<Error>().map_or("PARSE", Error::code);
                json!({ "refused": code, "message": error.message })
            }
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

fn print(document: &ExecutableDocument) -> String {
    let mut text = String::new();
    for (name, operation) in document.operations.iter() {
        print_operation(name, &operation.node, &mut text);
    }
    text
}

fn print_operation(name: Option<&Name>, operation: &OperationDefinition, text: &mut String) {
    let _ = write!(text, "{} {}", operation.ty, name.map_or("", Name::as_str));
    if !operation.variable_definitions.is_empty() {
        text.push('(');
        for variable in operation.variable_definitions.iter().map(|variable| &variable.node) {
            let _ = write!(text, "${}: {}", variable.name, variable.var_type);
            if let Some(value) = &variable.default_value {
                let _ = write!(text, " = {value}");
            }
            print_directives(&variable.directives, text);
            text.push(' ');
        }
        text.push(')');
    }
    print_directives(&operation.directives, text);
    print_set(&operation.selection_set.node, text);
}

fn print_set(set: &SelectionSet, text: &mut String) {
    if set.items.is_empty() {
        return;
    }
    text.push_str(" {");
    for item in &set.items {
        text.push(' ');
        match &item.node {
            Selection::Field(field) => {
                if let Some(alias) = &field.node.alias {
                    let _ = write!(text, "{alias}: ");
                }
                let _ = write!(text, "{}", field.node.name);
                print_arguments(&field.node.arguments, text);
                print_directives(&field.node.directives, text);
                print_set(&field.node.selection_set.node, text);
            }
            Selection::FragmentSpread(spread) => {
                let _ = write!(text, "...{}", spread.node.fragment_name);
                print_directives(&spread.node.directives, text);
            }
            Selection::InlineFragment(fragment) => {
                text.push_str("...");
                if let Some(condition) = &fragment.node.type_condition {
                    let _ = write!(text, " on {}", condition.node.on);
                }
                print_directives(&fragment.node.directives, text);
                print_set(&fragment.node.selection_set.node, text);
            }
        }
    }
    text.push_str(" }");
}

fn print_arguments(arguments: &[(Positioned<Name>, Positioned<Value>)], text: &mut String) {
    if !arguments.is_empty() {
        let printed: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let _ = write!(text, "({})", printed.join(", "));
    }
}

fn print_directives(directives: &[Positioned<Directive>], text: &mut String) {
    for directive in directives {
        let _ = write!(text, " @{}", directive.node.name);
        print_arguments(&directive.node.arguments, text);
    }
}
