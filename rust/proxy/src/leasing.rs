//! Leases blocks of the shared caps from a Redis or Valkey server, in a thread of its own: no request waits for the server.
//!
//! The protocol is the core's ([`Leases`]), and equal to that of `rheostat.stores.Redis`. This file has the connection and the
//! thread. While the server is away, requests draw on the rest of the blocks, and are refused when it is used up.

use crate::app::App;
use crate::clock::Clock;
use redis::{Client, Connection, InfoDict, RedisError, RedisResult};
use rheostat::ledger::{GIVE_BACK, LEASE, LeaseOptions, Leases, Ledger, Script};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Wait before a second request, where there may be more to ask for.
const AGAIN: Duration = Duration::from_millis(1);
/// Waits after a failure: the first, and the longest.
const AWAY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// Seconds between two looks at the server's rule for a full memory.
const POLICY: f64 = 5.0;

/// The leases of the proxy's ledger.
pub(crate) struct Leasing {
    server: Mutex<Server>,
    away: AtomicBool,
    failures: AtomicU64,
    leased: AtomicU64,
}

impl fmt::Debug for Leasing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leasing").field("away", &self.away).finish_non_exhaustive()
    }
}

/// The scripts that lease and that give back, with their digests.
type Scripts = (redis::Script, redis::Script);

/// The connection, and what is asked over it.
struct Server {
    client: Client,
    connection: Option<Connection>,
    scripts: Scripts,
    timeout: Duration,
    interval: Duration,
    grace: Duration,
    ledger: Arc<Ledger>,
    leases: Leases,
    /// When the server's rule for a full memory was read.
    looked: f64,
    /// True if the server may evict keys.
    evicts: bool,
}

impl Leasing {
    /// Connects, and aligns the ledger's windows to the server's clock. `url` may hold a password: no message shows it.
    pub(crate) fn open(
        ledger: Arc<Ledger>,
        url: &str,
        options: &LeaseOptions,
        clock: Clock,
    ) -> Result<Self, String> {
        let client = Client::open(url).map_err(|error| format!("ledger: the server's URL: {error}"))?;
        // Drawn by the operating system; no other process has it.
        let name = format!("{:016x}", RandomState::new().hash_one(0));
        let caps = ledger.options().caps.clone();
        let leases = Leases::new(name, options.clone(), &caps).map_err(|error| error.to_string())?;
        let seconds = Duration::from_secs_f64;
        let mut server = Server {
            client,
            connection: None,
            scripts: (redis::Script::new(LEASE), redis::Script::new(GIVE_BACK)),
            timeout: seconds(options.timeout),
            interval: seconds(options.interval),
            grace: seconds(options.grace),
            ledger,
            leases,
            looked: f64::NEG_INFINITY,
            evicts: false,
        };
        let unreachable = |error: RedisError| format!("ledger: the server cannot be reached: {error}");
        let (at, micros): (u64, u64) =
            server.ask(|_, to| redis::cmd("TIME").query(to)).map_err(unreachable)?;
        let offset = at as f64 + micros as f64 / 1e6 - clock.now();
        server.ledger.set_offset(offset).map_err(|error| error.to_string())?;
        server.look(clock.now()).map_err(unreachable)?;
        Ok(Self {
            server: Mutex::new(server),
            away: AtomicBool::new(false),
            failures: AtomicU64::new(0),
            leased: AtomicU64::new(0),
        })
    }

    /// Blocks that were leased, requests that failed, and if the server is away.
    pub(crate) fn counts(&self) -> (u64, u64, bool) {
        let read = |one: &AtomicU64| one.load(Ordering::Relaxed);
        (read(&self.leased), read(&self.failures), self.away.load(Ordering::Relaxed))
    }

    /// Leases what is wanted. Returns the wait until the next turn, and what the log is to say.
    fn turn(&self, now: f64, last: Duration) -> (Duration, Option<(bool, String)>) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let (was_away, did_evict) = (self.away.load(Ordering::Relaxed), server.evicts);
        let done = server.turn(was_away, now);
        self.leased.store(server.leases.leased(), Ordering::Relaxed);
        self.away.store(done.is_err(), Ordering::Relaxed);
        match done {
            Ok(more) => {
                let wait = if more { AGAIN } else { server.interval };
                let evicts = server.evicts && !did_evict;
                let evicting = "the ledger's server may evict keys, and with them what was spent: set its maxmemory-policy to noeviction";
                let words = evicts.then(|| (true, evicting.to_owned()));
                (wait, words.or_else(|| was_away.then(|| (false, "the ledger's server is back".to_owned()))))
            }
            Err(error) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                let words = format!("the ledger's server is away, the rest of the leases is used: {error}");
                ((last * 2).clamp(AWAY.0, AWAY.1), (!was_away).then_some((true, words)))
            }
        }
    }

    fn begun(&self) -> bool {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).leases.begun()
    }

    /// Gives back what is not used. If that fails it is free again when its window ends.
    fn end(&self) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let ledger = Arc::clone(&server.ledger);
        if let Some(rest) = server.leases.end(&ledger) {
            server.give_back(&rest).ok();
        }
    }
}

impl Server {
    fn turn(&mut self, away: bool, now: f64) -> RedisResult<bool> {
        self.look(now)?;
        let Some(script) = self.leases.ask(&self.ledger, away, now) else { return Ok(false) };
        let replied: RedisResult<Vec<i64>> = self.ask(|texts, to| run(&texts.0, &script, to));
        let back = replied.and_then(|reply| {
            let took = self.leases.took(&self.ledger, &script, &reply, now);
            took.map_err(|error| {
                RedisError::from((redis::ErrorKind::UnexpectedReturnType, "reply", error.to_string()))
            })
        });
        let back = back.inspect_err(|_| self.leases.unanswered(&self.ledger, &script))?;
        if let Some(back) = back {
            self.give_back(&back)?;
        }
        Ok(script.full())
    }

    fn give_back(&mut self, script: &Script) -> RedisResult<()> {
        self.ask(|texts, to| run(&texts.1, script, to))
    }

    /// Looks every few seconds if the server may evict keys.
    fn look(&mut self, now: f64) -> RedisResult<()> {
        if now - self.looked < POLICY {
            return Ok(());
        }
        let memory: InfoDict = self.ask(|_, to| redis::cmd("INFO").arg("memory").query(to))?;
        self.looked = now;
        let bounded = memory.get::<u64>("maxmemory").is_some_and(|most| most > 0);
        let rule = memory.get::<String>("maxmemory_policy");
        self.evicts = bounded && rule.is_some_and(|rule| rule != "noeviction");
        Ok(())
    }

    /// Asks over the connection. An error drops it, and the next request opens another.
    fn ask<T>(&mut self, ask: impl FnOnce(&Scripts, &mut Connection) -> RedisResult<T>) -> RedisResult<T> {
        let mut connection = if let Some(connection) = self.connection.take() {
            connection
        } else {
            let connection = self.client.get_connection_with_timeout(self.timeout)?;
            connection.set_read_timeout(Some(self.timeout))?;
            connection.set_write_timeout(Some(self.timeout))?;
            connection
        };
        let answer = ask(&self.scripts, &mut connection)?;
        self.connection = Some(connection);
        Ok(answer)
    }
}

/// Runs a script. The server knows it by its digest, and gets its text once.
fn run<T: redis::FromRedisValue>(
    text: &redis::Script,
    script: &Script,
    to: &mut Connection,
) -> RedisResult<T> {
    let mut run = text.prepare_invoke();
    for key in &script.keys {
        run.key(key);
    }
    for argument in &script.args {
        run.arg(argument);
    }
    run.invoke(to)
}

/// The thread that leases.
#[derive(Debug)]
pub(crate) struct Running {
    /// The thread ends when this is dropped.
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Running {
    /// Gives back what is not used.
    pub(crate) fn end(self) {
        drop(self.end);
        self.thread.join().ok();
    }
}

/// Starts the thread, if the ledger's caps are leased. Returns once the fleet's first block has come, or the server has had its time.
pub(crate) fn start(app: &Arc<App>) -> std::io::Result<Option<Running>> {
    let Some(leasing) = app.leasing() else { return Ok(None) };
    let longest = {
        let server = leasing.server.lock().unwrap_or_else(PoisonError::into_inner);
        server.timeout + server.grace
    };
    let ((end, ended), (begin, begun)) = (channel(), channel());
    let own = Arc::clone(app);
    let thread =
        std::thread::Builder::new().name("leases".into()).spawn(move || lease(&own, &ended, begin))?;
    begun.recv_timeout(longest).ok();
    Ok(Some(Running { end, thread }))
}

fn lease(app: &App, ended: &Receiver<()>, begin: Sender<()>) {
    let Some(leasing) = app.leasing() else { return };
    let (mut wait, mut begin) = (AGAIN, Some(begin));
    while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let (next, words) = leasing.turn(app.now(), wait);
        wait = next;
        if let Some((bad, words)) = words {
            app.log.say(bad, &words);
        }
        if leasing.begun() {
            begin = None;
        }
    }
    drop(begin);
    leasing.end();
}
