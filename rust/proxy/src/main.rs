//! A proxy for the APIs of language models that gives each request the compute that it deserves.
//!
//! ```text
//! clock     the time of the calendar
//! tables    the proxy's tables of the configuration file
//! decisions the newest decisions, as records
//! log       one JSON object a line
//! settings  the tables, checked and with their secrets
//! queue     places of requests, and those that wait
//! patience  time for a client's head, and between two requests
//! store     the ledger in a file
//! keys      the keys of clients, and who pays
//! origin    requests that a browser sends for another site
//! upstream  connections to providers, and what a failed request means
//! ways      the upstream that serves a rung, and its surface
//! histogram counts of times
//! app       what all requests share: governor, settings, connections, counters
//! reply     responses to clients
//! pass      requests that are not governed
//! state     what was learned, in a file
//! otel      traces and metrics for a collector
//! learning  outcomes become a better estimate
//! events    the events of one request to a provider
//! traced    the spans of a governed request
//! drive     one governed request's streams
//! parts     the body of a streamed reply
//! govern    one governed request, from its body to its response
//! decision  the decision alone
//! questions the decision in the protocols of decision models
//! shadow    decisions on paper
//! outcomes  how answers turned out
//! hooks     the same, in the shapes of other programs
//! openapi   the paths as a document
//! pages     decisions and traffic, for people
//! signals   the end, and a new reading of the file
//! server    routes of requests
//! workers   the threads that serve
//! ```
//!
//! Each line may use those above it. No rule of a run is written here: the core decides, `rheostat-wire` reads and writes bodies, and
//! `rheostat-host` keeps the rules of a host.

mod app;
mod clock;
mod decision;
mod decisions;
mod drive;
mod events;
mod govern;
mod histogram;
mod hooks;
mod keys;
mod learning;
mod leasing;
mod log;
mod metrics;
mod openapi;
mod origin;
mod otel;
mod outcomes;
mod pages;
mod parts;
mod pass;
mod patience;
mod questions;
mod queue;
mod reply;
mod server;
mod settings;
mod shadow;
mod signals;
mod state;
mod store;
mod tables;
mod traced;
mod upstream;
mod ways;
mod workers;

use app::App;
use settings::Settings;
use state::State;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use workers::Workers;

/// Each request makes some hundred small allocations, of which the system's allocator takes an eighth of the processor's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Governs the requests for the model \"auto\", and passes all others through.

Usage: rheostat-proxy --config FILE [--check]
       rheostat-proxy --schema

  --config FILE   the configuration: ladder, policy, ceiling, caps, and the tables [proxy], [[upstream]] and [[key]]
  --check         read the configuration, say whether it is good, and end
  --schema        print the JSON Schema of the configuration, for editors
  --version       print the version
  --help          print this
";

/// Largest configuration file, in bytes.
const MOST_CONFIG: u64 = 1 << 20;

/// Time between two writings of settlements to the ledger's file.
const LEDGER: std::time::Duration = std::time::Duration::from_millis(10);

enum Command {
    Serve(PathBuf),
    Check(PathBuf),
    Say(String),
}

fn main() -> ExitCode {
    match arguments(std::env::args().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&mut std::io::stderr(), &format!("rheostat-proxy: {why}"));
            ExitCode::FAILURE
        }
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Command, String> {
    let (mut file, mut check) = (None, false);
    while let Some(one) = given.next() {
        match one.as_str() {
            "--config" => file = Some(PathBuf::from(given.next().ok_or("--config wants a file")?)),
            "--check" => check = true,
            "--schema" => return Ok(Command::Say(rheostat_config::schema_with::<tables::Tables>())),
            "--version" => return Ok(Command::Say(format!("rheostat-proxy {}", env!("CARGO_PKG_VERSION")))),
            "--help" | "-h" => return Ok(Command::Say(HELP.trim_end().to_owned())),
            other => return Err(format!("unknown argument {other:?}; see --help")),
        }
    }
    let file = file.ok_or("no configuration; give one by --config FILE")?;
    Ok(if check { Command::Check(file) } else { Command::Serve(file) })
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Say(words) => say(&mut std::io::stdout(), &words),
        Command::Check(file) => {
            let settings = read(&file)?;
            let (rungs, upstreams) = (settings.config.ladder.rungs().len(), settings.upstreams.len());
            settings
                .config
                .governor()
                .and_then(rheostat::governor::Builder::build)
                .map_err(|error| error.to_string())?;
            say(&mut std::io::stdout(), &format!("{}: {rungs} rungs, {upstreams} upstreams", file.display()));
        }
        Command::Serve(file) => {
            let settings = read(&file)?;
            let saving = settings.saving.clone();
            let app = Arc::new(App::new(settings)?);
            let state = Arc::new(State::open(Arc::clone(&app), saving)?);
            learning::start(Arc::clone(&app), Arc::clone(&state)).map_err(|error| error.to_string())?;
            state.keep();
            keep(Arc::clone(&app));
            let leases = leasing::start(&app).map_err(|error| error.to_string())?;
            let exporter = otel::start(Arc::clone(&app)).map_err(|error| error.to_string())?;
            let workers = Workers::start(&app).map_err(|error| error.to_string())?;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            runtime.block_on(listen(Arc::clone(&app), &workers, file))?;
            workers.end();
            // Each is written, whatever becomes of the others.
            let spent =
                app.store().map_or(Ok(()), |store| store.turn(|| ())).map_err(|error| error.to_string());
            let learned = state.save();
            if let Some(leases) = leases {
                leases.end();
            }
            if let (Some(otel), Some(exporter)) = (&app.otel, exporter) {
                otel.close();
                exporter.join().ok();
            }
            app.log.close();
            spent.and(learned)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Settings, String> {
    let shown = file.display();
    let size = std::fs::metadata(file).map_err(|error| format!("{shown}: {error}"))?.len();
    if size > MOST_CONFIG {
        return Err(format!("{shown}: larger than {MOST_CONFIG} bytes"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    Settings::read(&text, &shown.to_string()).map_err(|error| error.to_string())
}

async fn listen(app: Arc<App>, workers: &Workers, file: PathBuf) -> Result<(), String> {
    let (address, most) = {
        let rules = app.rules();
        (rules.settings.listen, rules.settings.limits.max_connections)
    };
    let listener =
        tokio::net::TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    // Before anybody hears that the proxy is there, a signal would end it at once.
    let end = signals::ended().map_err(|error| error.to_string())?;
    signals::at_hangup({
        let app = Arc::clone(&app);
        move || reload(&app, &file)
    })
    .map_err(|error| error.to_string())?;
    let scheme = if app.rules().settings.tls.is_some() { "https" } else { "http" };
    app.log.say(false, &format!("listening on {scheme}://{bound}"));
    workers.serve(listener, most, end).await;
    Ok(())
}

/// Writes the ledger's file in a thread of its own, if there is one. The thread ends with the process.
fn keep(app: Arc<App>) {
    std::thread::spawn(move || {
        let mut well = true;
        while let Some(store) = app.store() {
            std::thread::sleep(LEDGER);
            let ticked = store.tick(app.now());
            // Each request that needs the file fails with the same error; the log has it once.
            if let (Err(error), true) = (&ticked, well) {
                app.log.say(true, &format!("the ledger cannot be used: {error}"));
            }
            well = ticked.is_ok();
        }
    });
}

/// Reads the file again. A file with an error changes nothing, and its error is printed.
fn reload(app: &App, file: &Path) {
    let replaced = read(file).and_then(|settings| app.replace(settings).map_err(|error| error.to_string()));
    match replaced {
        Ok(true) => app.log.say(false, &format!("{} is in use", file.display())),
        Ok(false) => {
            let words = format!("{} is in use; its new caps will be from the next start on", file.display());
            app.log.say(false, &words);
        }
        Err(why) => app.log.say(true, &format!("the old settings stay: {why}")),
    }
}

/// Prints a line. A reader that has left misses it.
fn say(to: &mut impl Write, words: &str) {
    writeln!(to, "{words}").and_then(|()| to.flush()).ok();
}
