//! `daybook serve`.

use std::process::ExitCode;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::output::say;
use super::{Database, Failure, demo};
use crate::billing::engine;
use crate::config::Config;
use crate::events::relay;
use crate::graphql::{Engine, Policy};
use crate::http::live::{Limits, Live};
use crate::metrics::figures::roll;
use crate::{http, jobs, schema};

/// How long a period that has begun may wait to be charged for.
const BILLING_PAUSE: Duration = Duration::from_secs(5);
/// How long differences of figures may gather before they are rolled up.
const FIGURES_PAUSE: Duration = Duration::from_secs(2);
/// How long requests that are running may take to end when the server is told to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves until told to stop.
pub async fn serve(config: &Config, demo: bool) -> Result<ExitCode, Failure> {
    // Before anything is started for it.
    let policy = config.policy(demo).await?;
    let database = Database::open(config).await?;
    let served = run(config, &database, policy, demo).await;
    let closed = database.close().await;
    served?;
    closed?;
    Ok(ExitCode::SUCCESS)
}

async fn run(config: &Config, database: &Database, policy: Policy, demo: bool) -> Result<(), Failure> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        format!("cannot listen on {}: {error}; choose another address with --listen", config.listen)
    })?;
    let address = listener.local_addr()?;
    let app = database.app(config).await?.under(&config.public_url(address));
    // Before the relay, which would publish months of events to nobody.
    let demo = if demo { Some(demo::load(&app).await?) } else { None };
    let mut tasks = relay::spawn(&app, &database.url).await?;
    // Before anyone is told that it serves, and may tell it to stop.
    let stop = stop_signal()?;
    say(&format!("Daybook serves at http://{address}/ (the API at http://{address}/graphql)"))?;
    if let Some(said) = demo {
        say(&said)?;
    }

    let biller = app.clone();
    let bill = move || {
        let app = biller.clone();
        async move { engine::run(&app).await.map(drop) }
    };
    tasks.spawn(jobs::forever("billing", BILLING_PAUSE, bill));
    let roller = app.clone();
    let roll = move || {
        let app = roller.clone();
        async move { roll::run(&app).await.map(drop) }
    };
    tasks.spawn(jobs::forever("figures", FIGURES_PAUSE, roll));
    let live = Live::start(&app, Limits::default());
    let engine = Engine::new(schema::schema(), app)?.under(policy);
    let router = http::router(engine, live.clone(), config.surroundings.clone());
    let (told, heard) = tokio::sync::oneshot::channel();
    let serving = http::serve(listener, router, async move {
        stop.await;
        told.send(()).ok();
    });
    let heard = heard.map(|_| ()).shared();
    let closing = heard.clone().then(|()| live.close());
    let patience = heard.then(|()| tokio::time::sleep(PATIENCE));
    tokio::select! {
        _ = async { tokio::join!(serving, closing) } => {}
        () = patience => tracing::warn!("requests are still running; they are cut off"),
    }
    tasks.shutdown().await;
    Ok(())
}

/// Done when the process is told to stop: SIGINT (Ctrl-C) or SIGTERM.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    })
}
