//! `daybook demo --customers N --records M`: one large business, to measure with.
//!
//! Its rows are made where they are kept, by `INSERT … SELECT`, some tens of thousands at a time in one transaction:
//! no row goes over the wire, and the figures of the business are summed once a statement. The books are right in every
//! figure that `daybook check` knows, but nobody did any of it, so that the log has no events of it.

mod store;

use std::process::ExitCode;

use super::{OWNER, PASSWORD, make_staff, slugs_of_owner};
use crate::accounts::business::{self, NewBusiness};
use crate::accounts::membership::{self, Membership};
use crate::app::App;
use crate::auth::{Role, Viewer};
use crate::cli::output::say;
use crate::cli::{Database, Failure};
use crate::config::Config;
use crate::db::Mode;
use crate::error::Error;
use crate::graphql::Write;
use crate::id::{BusinessId, MembershipId};
use crate::metrics::figures::roll;
use crate::text::Checks;

/// The business.
const SLUG: &str = "large";
/// Records that one statement makes, more or less.
const BATCH: u64 = 50_000;
/// Customers that the first statement makes.
const FIRST: i64 = 100;
/// The most that either of the two may be.
const MOST: u64 = 100_000_000;

/// Makes the business, unless it is there.
pub async fn demo(config: &Config, customers: u64, records: u64) -> Result<ExitCode, Failure> {
    if !(1..=MOST).contains(&customers) || records > MOST {
        return Err(format!("--customers takes 1 to {MOST}, and --records at most {MOST}").into());
    }
    let database = Database::open(config).await?;
    let made = async {
        let app = database.app(config).await?;
        let made = make(&app, customers, records).await?;
        store::vacuum(&database.url).await?;
        Ok::<_, Failure>(made)
    };
    let made = made.await;
    database.close().await?;
    say(&made?)?;
    Ok(ExitCode::SUCCESS)
}

async fn make(app: &App, customers: u64, records: u64) -> Result<String, Failure> {
    if slugs_of_owner(app).await?.iter().any(|slug| slug == SLUG) {
        return Ok(format!("The business {SLUG} is already there; nothing was changed."));
    }
    let staff = make_staff(app).await?;
    let new = NewBusiness {
        name: "Large Dairy".into(),
        slug: SLUG.into(),
        currency: "INR".into(),
        time_zone: "Asia/Kolkata".into(),
        country: "IN".into(),
        locale: None,
        sandbox: false,
    };
    let (now, mut checks) = (app.clock.now(), Checks::default());
    let made = new.check(BusinessId(app.clock.id()), now, &mut checks);
    checks.finish()?;
    let made = made.ok_or_else(|| Error::internal("checked above"))?;
    let today = app.clock.today(made.time_zone.0);

    let write = Write::begin(app, Viewer::user_as(staff.owner, Role::Owner, made.tenant()), Mode::Job).await?;
    business::open(&write, &app.clock, &made, staff.owner).await?;
    for (user_id, role) in [(staff.clerk, Role::Clerk), (staff.viewer, Role::Viewer)] {
        let membership =
            Membership { business_id: made.id, id: MembershipId(app.clock.id()), user_id, role, created_at: now };
        membership::store::insert(&write, &membership).await?;
    }
    let size = store::Size { customers: i64::try_from(customers)?, records: i64::try_from(records)? };
    let step = i64::try_from((BATCH * customers / records.max(1)).clamp(1, BATCH))?;
    store::prepare(&write).await?;
    let (mut from, mut told, mut batch) = (0, 0, step.min(FIRST));
    while from < size.customers {
        let to = size.customers.min(from + batch);
        store::make(&write, &made.tenant(), today, size, from..to).await?;
        from = to;
        // Foreign keys are checked by plans that are kept: those of empty tables would read all rows for each.
        if batch < step {
            store::analyze(&write).await?;
            batch = step.min(2 * batch);
        }
        let percent = 100 * from / size.customers;
        if percent >= told + 5 || from == size.customers {
            told = percent;
            eprintln!("{percent} %: {from} customers, {} records", size.records_before(from));
        }
    }
    eprintln!("committing");
    write.commit().await?;
    roll::run_business(app, made.id).await?;
    eprintln!("gathering statistics for the planner");
    Ok(format!(
        "{SLUG}: {customers} customers, {records} records. Sign in with the password {PASSWORD} as {OWNER} (owner)."
    ))
}
