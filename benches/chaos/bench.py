"""Many runs on one ledger under faults: checks that caps hold, that nothing is lost, and the holds at the end.

- **process**: runs of a governor on several threads draw on a ledger in memory. Clocks jump, runs are abandoned, closed twice,
  and closed after their reservations have expired.
- **sqlite**: processes draw on one file and are killed with SIGKILL in the middle of what they do; others go on with the file.
- **redis**: processes draw on blocks leased from a real server, which is killed and comes back while they are killed, too.

The truth comes from other means than the ledger: each process writes a line before and after each action, and a lot decides the
real cost of each call. The books made of these lines are compared with the caps, and with the ledger's own numbers.
A missing reconciliation counts here as the whole reservation.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import rheostat as rh
from benches.chaos import worker
from benches.chaos.journal import BASE, Books
from benches.chaos.redis_server import RedisServer
from rheostat._cli import _show
from rheostat._extras import need

WORKERS = 3
"""Processes at a time."""
GRANTS = 20
"""Fewest reservations that a process gets before it is killed."""
SQLITE_FLEET = 20_000
"""Tokens in each window of the file's clock."""
REDIS_FLEET = 8_000
"""Tokens for each round, in one budget for all of them."""


@dataclass
class Report:
    """Events of one store, and the checks that failed. Amounts are in tokens."""

    store: str
    events: int = 0
    granted: int = 0
    denied: int = 0
    settled: int = 0
    twice: int = 0
    """Reconciled a second time, to no effect."""
    never: int = 0
    """Granted and never reconciled."""
    late: int = 0
    """Reconciled after they had expired, and counted once."""
    killed: int = 0
    """Processes killed in the middle of something."""
    unwritten: int = 0
    """Settlements that were lost with their processes; what they had claimed stayed held."""
    outages: int = 0
    spent: int = 0
    """Real cost of all calls, from their own journals."""
    cap: int = 0
    """Sum of the caps of all windows."""
    held: int = 0
    """Tokens that the ledger still held at the end for calls that were killed or not reconciled."""
    left: int = 0
    """Tokens that no process may spend until they expire: held or leased by processes that are gone."""
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """True if no cap was passed and nothing was lost."""
        return not self.problems

    def expect(self, true: bool, said: str) -> None:
        """Records a failed check."""
        if not true:
            self.problems.append(said)


def process(runs: int, seed: int, threads: int = 4) -> Report:
    """Runs of one governor on several threads, on a ledger in memory."""
    report = Report("process", cap=runs * 120)
    ledger = rh.Ledger([rh.Cap("fleet", tokens=report.cap), rh.Cap("tenant", tokens=report.cap // 2)], offset=0.0)
    rungs = [rh.Rung("fast", answer_tokens=100, samples=2), rh.Rung("deep", answer_tokens=200, samples=3)]
    ceiling = rh.Ceiling(tokens=900, seconds=500.0)
    governor = rh.Governor(rh.Ladder(rungs), rh.policy.Threshold([0.5]), ceiling, ledger=ledger, seed=seed)
    open_runs: list[rh.Run] = []
    ended: list[rh.Run] = []
    lock = threading.Lock()

    def work(thread: int) -> None:
        rng = random.Random(seed * 1_000 + thread)
        for i in range(runs // threads):
            # Forwards and backwards, but never as far as a reservation lives.
            at = BASE + i * 0.001 + rng.choice([0.0, 0.0, 200.0, -200.0])
            try:
                run, fate, events = _one(governor, rng, at)
            except rh.errors.DeniedError:
                run, fate, events = None, "", 1
            with lock:
                report.events += events
                report.twice += fate == "twice"
                if run is not None:
                    (open_runs if fate == "never" else ended).append(run)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    _process_books(report, ledger, ended, open_runs)
    return report


def _one(governor: rh.Governor, rng: random.Random, at: float) -> tuple[rh.Run, str, int]:
    """Serves one run with a host that may forget it. Returns the run, its end, and its number of events."""
    plan = governor.plan(f"Question {rng.random()}", tenant=rng.choice(worker.tenants(0)), at=at)
    run, events = plan.start(at=at), 2
    fate = rng.choices(["once", "twice", "never"], [6, 2, 2])[0]
    while calls := run.next(at=at):
        for call in calls:
            for i in range(call.samples):
                if fate == "never" and rng.random() < 0.5:
                    continue
                # A silent stream counts as its whole grant; here each reports a token.
                sample = call.sample(i)
                sample.text("", rng.randint(1, call.max_tokens), at=at)
                if fate != "never":
                    sample.finish(rng.choice(["1", "2"]), at=at)
                events += 2
        if fate == "never":
            return run, fate, events
    run.close(at=at)
    if fate == "twice":
        run.close(at=at - 100.0)
    return run, fate, events + 2


def _process_books(report: Report, ledger: rh.Ledger, ended: Sequence[rh.Run], left_open: list[rh.Run]) -> None:
    stats = ledger.stats()
    settled = sum(run.spent.tokens for run in ended)
    report.spent = settled + sum(run.spent.tokens for run in left_open)
    drawn = [run for run in left_open if run.spent.calls]
    report.granted, report.denied = stats.made, stats.denied
    report.settled, report.never = stats.settled, len(drawn)
    report.held = report.left = stats.held_tokens
    report.expect(report.spent <= report.cap, f"{report.spent} spent of {report.cap}")
    report.expect(stats.spent_tokens == settled, f"the ledger says {stats.spent_tokens} settled, the runs {settled}")
    report.expect(stats.live == len(drawn), f"{stats.live} reservations live, {len(drawn)} runs left open")
    report.expect(stats.held_tokens + settled <= report.cap, f"{stats.held_tokens} held and {settled} spent of {report.cap}")
    report.expect(ledger.room()[0] == report.cap - settled - stats.held_tokens, "the fleet's room is not what is left")
    # A clock that jumps past every expiry ends the open reservations. Then the runs are dropped, which reports their spending.
    far = BASE + 1e6
    report.expect(ledger.expire(at=far) == len(drawn), "not every abandoned reservation expired")
    report.expect(ledger.stats().held_tokens == 0, "something is held for ever")
    count = len(drawn)
    drawn.clear()
    left_open.clear()
    late = ledger.stats()
    report.late = late.late
    report.expect(late.late == count, f"{late.late} late settlements of {count}")
    report.expect(late.spent_tokens >= report.spent, f"the ledger says {late.spent_tokens} spent, the runs {report.spent}")


def _start(store: str, where: str, journal: Path, lot: tuple[int, int, int], fleet: int) -> subprocess.Popen[bytes]:
    """A process; `lot` is the seed of all, its round and its place."""
    seed, number, place = lot
    drawn = str(seed * 1_000_000 + number * 10 + place)
    command = [sys.executable, "-m", worker.__name__, store, where, str(journal), drawn, str(number), str(fleet)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2])  # Our own module, by this interpreter.


def _wait_for(journals: Iterable[Path], grants: int, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Waits until each process has its reservations, or has ended."""
    deadline = time.monotonic() + 60
    for path, one in zip(journals, processes, strict=True):
        while one.poll() is None and (not path.exists() or path.read_bytes().count(b"\ngranted") < grants):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path.name}: fewer than {grants} reservations after 60 s")
            time.sleep(0.002)


def _kill(processes: Iterable[subprocess.Popen[bytes]]) -> int:
    """Sends SIGKILL. Returns the number of processes that were still running."""
    killed = 0
    for one in processes:
        killed += one.poll() is None
        one.kill()
        one.wait()
    return killed


def sqlite(directory: Path, rounds: int, seed: int) -> Report:
    """Kills processes on one file, in `rounds` rounds; those of the last round spend the rest."""
    report, path = Report("sqlite"), directory / "ledger.db"
    worker.sqlite_store(path, SQLITE_FLEET).close()
    journals: list[Path] = []
    for number in range(rounds + 1):
        now = [directory / f"sqlite-{number}-{i}" for i in range(WORKERS)]
        started = [_start("sqlite", str(path), one, (seed, number, i), SQLITE_FLEET) for i, one in enumerate(now)]
        journals += now
        if number < rounds:
            _wait_for(now, GRANTS, started)
            report.killed += _kill(started)
        else:
            report.expect(all(one.wait(120) == 0 for one in started), "a process failed")
    books = Books()
    for one in journals:
        books.read(one)
    _enter(report, books)
    _sqlite_books(report, books, path, rounds)
    return report


def _enter(report: Report, books: Books) -> None:
    report.events, report.denied, report.twice, report.spent = books.lines, books.denied, books.twice, books.spent
    report.granted, report.settled = len(books.granted), len(books.settled)
    report.never = len(books.granted) - len(books.settled)
    report.problems += books.wrong


def _sqlite_books(report: Report, books: Books, path: Path, rounds: int) -> None:
    with worker.sqlite_store(path, SQLITE_FLEET) as store:
        _sqlite_state(report, books, store.ledger, worker.tenants(rounds))
        _sqlite_after(report, books, store.ledger)
        said = {key: spent[0] for key, _, spent in store.ledger.accounts("tenant")}
    # Every call has been reported by now, each once.
    for tenant in [tenant for number in range(rounds + 1) for tenant in worker.tenants(number)]:
        spent = sum(cost for name, _, cost in books.granted.values() if name == tenant)
        told = said.get(tenant, 0)
        report.expect(told == spent, f"tenant {tenant}: the file says {told} spent, the journals {spent}")


def _sqlite_state(report: Report, books: Books, ledger: rh.Ledger, last: Sequence[str]) -> None:
    """Checks every cap against the file as the last process left it."""
    windows = int(books.latest // worker.PERIOD) - int(BASE // worker.PERIOD) + 1
    report.cap = windows * SQLITE_FLEET
    report.held = report.left = ledger.stats().held_tokens
    report.expect(report.spent <= report.cap, f"{report.spent} spent of {report.cap}")
    rows = {"tenant": ledger.accounts("tenant"), "fleet": ledger.accounts("fleet")}
    for scope, cap in (("tenant", worker.TENANT_TOKENS), ("fleet", SQLITE_FLEET)):
        for key, (held, _), (spent, _) in rows[scope]:
            report.expect(held + spent <= cap, f"{scope} {key}: {held} held and {spent} spent of {cap}")
    for tenant in last if books.granted else ():
        left = ledger.room(tenant=tenant, at=books.latest)[0]
        report.expect(left < worker.MOST, f"tenant {tenant} was refused with {left} left")


def _sqlite_after(report: Report, books: Books, ledger: rh.Ledger) -> None:
    """Checks that each reservation is held, or that its settlement was at least on its way.

    Then settles everything that is still held: half of it before a clock jumps past every expiry, and half of it late.
    """
    late = sorted(set(books.granted) - set(books.settling))[::2]
    costs = {hold: cost for hold, (_, _, cost) in books.granted.items()}
    answers = {hold: ledger.settle(hold, tokens=costs[hold], at=books.latest) for hold in costs if hold not in late}
    for hold, answer in answers.items():
        report.expect(answer == "settled" or hold in books.settling, f"reservation {hold} is lost")
    report.unwritten = sum(answers.get(hold) == "settled" for hold in books.settled)
    # A settlement is written with its process's next reservation, if not before.
    report.expect(report.unwritten <= report.killed, f"{report.unwritten} settlements lost by {report.killed} killed processes")
    far = books.latest + 2 * worker.TTL
    expired = ledger.expire(at=far)
    report.expect(ledger.stats().held_tokens == 0, "something is held for ever")
    for hold in late:
        said = [ledger.settle(hold, tokens=costs[hold], at=far) for _ in range(2)]
        report.expect(said == ["late", "nothing"], f"reservation {hold}: settled late with {said}")
        report.late += said[0] == "late"
    unknown = expired - report.late
    report.expect(unknown <= report.killed, f"{unknown} reservations that no process made")


def redis(server: RedisServer, directory: Path, rounds: int, seed: int) -> Report:
    """Processes on leases of a running, durable server; in each round the server is killed and comes back, and so do they."""
    need("redis", "redis")
    report = Report("redis", cap=REDIS_FLEET * (rounds + 1))
    journals: list[Path] = []
    for number in range(rounds + 1):
        now = [directory / f"redis-{number}-{i}" for i in range(WORKERS)]
        started = [_start("redis", server.url, one, (seed, number, i), report.cap) for i, one in enumerate(now)]
        journals += now
        if number < rounds:
            _wait_for(now, GRANTS, started)
            server.kill()
            report.outages += 1
            # One process dies while the server is away; the others live on their leases, and see it come back.
            report.killed += _kill(started[:1])
            server.start()
            _wait_for(now[1:], 3 * GRANTS, started[1:])
            report.killed += _kill(started[1:])
        else:
            report.expect(all(one.wait(120) == 0 for one in started), "a process failed")
    _redis_books(report, journals, server, last=set(journals[-WORKERS:]))
    return report


def _redis_books(report: Report, journals: Sequence[Path], server: RedisServer, last: set[Path]) -> None:
    client: Any = need("redis", "redis").Redis.from_url(server.url, decode_responses=True)
    accounts = [client.hgetall(key) for key in client.keys("{rheostat}:fleet:*")]
    client.close()
    given = sum(int(account["t"]) for account in accounts)
    whole = Books()
    for path in journals:
        books = Books()
        books.read(path)
        for number, entry in books.granted.items():
            # Numbers of reservations are each process's own.
            whole.granted[len(whole.granted)] = entry
            if number in books.settled:
                whole.settled.add(len(whole.granted) - 1)
        whole.lines, whole.denied, whole.twice = whole.lines + books.lines, whole.denied + books.denied, whole.twice + books.twice
        whole.wrong += books.wrong
        leased = sum(int(account.get(f"t:{name}", 0)) for account in accounts for name in books.names)
        report.expect(books.spent <= leased, f"{path.name}: {books.spent} spent of {leased} leased")
        if path in last:
            held = sum(claim for number, (_, claim, _) in books.granted.items() if number not in books.settled)
            settled = sum(books.settling[number] for number in books.settled)
            report.held += held
            report.expect(leased == settled + held, f"{path.name}: closed with {leased} leased, {settled} spent and {held} held")
    _enter(report, whole)
    report.left = given - sum(cost for number, (_, _, cost) in whole.granted.items() if number in whole.settled)
    report.cap *= len(accounts)  # A run over midnight has two days' budgets.
    report.expect(given <= report.cap, f"{given} leased of {report.cap}")
    wasted = report.cap - given
    report.expect(len(accounts) > 1 or wasted < WORKERS * worker.MOST, f"{wasted} of {report.cap} were given to nobody")
    report.expect(report.spent <= report.cap, f"{report.spent} spent of {report.cap}")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The bench's own arguments."""
    parser.add_argument("--runs", type=int, default=20_000, metavar="N", help="in memory (20000)")
    parser.add_argument("--rounds", type=int, default=12, metavar="N", help="of killing, for each of file and server (12)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of everything that is drawn by lot (1)")


def run(args: argparse.Namespace) -> int:
    """Runs the faults, prints the reports, and exits with 1 if a check failed."""
    reports = [process(args.runs, args.seed)]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        reports.append(sqlite(directory, args.rounds, args.seed))
        if RedisServer.program() is None:
            print("redis: left out, there is no redis-server or valkey-server", file=sys.stderr)
        else:
            server = RedisServer(directory, durable=True)
            server.start()
            try:
                reports.append(redis(server, directory, args.rounds, args.seed))
            finally:
                server.kill()
    if args.json:
        _show.as_json({"reports": [asdict(report) for report in reports], "holds": all(report.holds for report in reports)})
    else:
        show(reports)
    return int(not all(report.holds for report in reports))


def show(reports: Sequence[Report]) -> None:
    """Prints the reports."""
    names = (
        "events",
        "granted",
        "denied",
        "settled",
        "twice",
        "never",
        "late",
        "killed",
        "unwritten",
        "outages",
        "spent",
        "cap",
        "held",
        "left",
    )
    columns = ["store", *(f">{name}" for name in names), "~cap and books"]
    rows = [
        (one.store, *(f"{getattr(one, name):,}" for name in names), "hold" if one.holds else f"{len(one.problems)} PROBLEMS")
        for one in reports
    ]
    said = "held: reservations without a reconciliation, until they expire; left: held, and leases of processes that are gone"
    _show.table("One ledger, while things go wrong", columns, rows, caption=said)
    for one in reports:
        for problem in one.problems:
            print(f"{one.store}: {problem}")
