//! `daybook demo`: three businesses with months of history, to look around in.
//!
//! Their history ends yesterday, so that they always look alive, and goes through the same functions as the API,
//! so that entries, balances and events are right. Who buys, pays and owes what depends on the date alone: two
//! demos of one day have the same figures. Nobody in it is real. The e-mail addresses are of domains that are
//! reserved for examples, and so are the American phone numbers (555-01…). India and Kenya reserve none: theirs
//! are consecutive ones at the very start of a block.

mod care;
mod catalogue;
mod dairy;
pub(super) mod large;
mod offers;
mod people;
mod random;
mod shop;
mod story;
mod tickets;
mod wifi;

use std::fmt::Write as _;
use std::process::ExitCode;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use self::story::Staff;
use super::output::say;
use super::{Database, Failure};
use crate::accounts::membership;
use crate::accounts::user::{self, NewUser};
use crate::app::App;
use crate::auth::password;
use crate::config::Config;
use crate::db::{Mode, Scope, Transaction};
use crate::error::Result;
use crate::id::UserId;
use crate::text::EmailAddress;

/// The password of all three.
const PASSWORD: &str = "daybook-demo";
const OWNER: &str = "owner@demo.daybook.test";
const CLERK: &str = "clerk@demo.daybook.test";
const VIEWER: &str = "viewer@demo.daybook.test";
const SLUGS: [&str; 3] = [dairy::SLUG, wifi::SLUG, shop::SLUG];

/// Loads the demo and says what was done and how to sign in.
pub async fn demo(config: &Config) -> Result<ExitCode, Failure> {
    let database = Database::open(config).await?;
    let loaded = async {
        let app = database.app(config).await?;
        load(&app).await
    };
    let loaded = loaded.await;
    database.close().await?;
    say(&loaded?)?;
    Ok(ExitCode::SUCCESS)
}

/// Makes those of the businesses that are not there, each in a transaction of its own; what to tell the user.
pub async fn load(app: &App) -> Result<String, Failure> {
    let there = slugs_of_owner(app).await?;
    let missing: Vec<&str> = SLUGS.into_iter().filter(|slug| !there.iter().any(|other| other == slug)).collect();
    let mut said = String::new();
    if missing.is_empty() {
        said.push_str("The demo is already there; nothing was changed.\n");
    } else {
        let staff = make_staff(app).await?;
        // All at once, as far as there are connections: neither knows of the others.
        let width = app.pool.status().max_size.clamp(1, SLUGS.len());
        let made: Vec<String> =
            stream::iter(missing).map(|slug| make(app, staff, slug)).buffered(width).try_collect().await?;
        said.extend(made);
    }
    write!(
        said,
        "Sign in with the password {PASSWORD} as one of\n  {OWNER} (owner)\n  {CLERK} (clerk)\n  {VIEWER} (viewer)\n\
         in one of the businesses {}.",
        SLUGS.join(", ")
    )?;
    Ok(said)
}

async fn slugs_of_owner(app: &App) -> Result<Vec<String>, Failure> {
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Read).await?;
    let owner = user::store::find_with_password(&transaction, &EmailAddress(OWNER.into())).await?;
    let id = owner.map(|(user, _)| user.id);
    let memberships = membership::store::by_users(&transaction, id.as_slice()).await?;
    transaction.commit().await?;
    Ok(memberships.into_values().flatten().map(|(_, business)| business.slug).collect())
}

/// The users of the demo, who are made if they are not there.
async fn make_staff(app: &App) -> Result<Staff, Failure> {
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Write).await?;
    let mut ids = Vec::new();
    for (email, name) in [(OWNER, "Ada Demo"), (CLERK, "Ben Demo"), (VIEWER, "Eve Demo")] {
        let email = EmailAddress(email.into());
        if let Some((user, _)) = user::store::find_with_password(&transaction, &email).await? {
            ids.push(user.id);
            continue;
        }
        let (id, now) = (UserId(app.clock.id()), app.clock.now());
        let password_hash = password::hash(PASSWORD.into()).await?;
        let user = NewUser { id, email, name: name.into(), password_hash, created_at: now, updated_at: now };
        user::store::insert(&transaction, &user).await?;
        ids.push(id);
    }
    transaction.commit().await?;
    match ids[..] {
        [owner, clerk, viewer] => Ok(Staff { owner, clerk, viewer }),
        _ => Err("three users were made".into()),
    }
}

/// Makes a business; what is in it, for people.
async fn make(app: &App, staff: Staff, slug: &str) -> Result<String> {
    let story = match slug {
        dairy::SLUG => dairy::tell(app, staff).await?,
        wifi::SLUG => wifi::tell(app, staff).await?,
        _ => shop::tell(app, staff).await?,
    };
    let figures = story.figures().await?;
    story.commit().await?;
    Ok(format!("{slug}: {figures}\n"))
}
