"""Budgets shared by a fleet: blocks are leased from a Redis or Valkey server in the background."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from rheostat._checks import invalid, started
from rheostat._extras import need
from rheostat._native import Cap, Ledger, clock, lease_scripts
from rheostat.errors import InvalidValueError, StoreError
from rheostat.stores import _money
from rheostat.types import Block

if TYPE_CHECKING:
    from typing_extensions import Self

_NANO = 1_000
"""Picodollars per nanodollar. The server counts in nanodollars, which its doubles hold exactly up to nine million dollars."""
_UNBOUNDED = (1 << 53) - 1
_TRACKED = 100_000
"""Most accounts and windows whose leases this process remembers."""
_BATCH = 256
_Key = tuple[str, str, int, int]
"""Scope, name, cap and window."""


@dataclass(frozen=True)
class RedisStatus:
    """State of a store.

    `state` is `"ok"`; `"degraded"` while the server is away: reservations then draw on the rest of the leases, and are denied
    when that is used up; or `"evicts"` if the server may evict keys when its memory is full. An evicted count gives nothing until
    all processes have reported what they have had, but what processes spent that have ended is lost: use `noeviction`.
    """

    state: Literal["ok", "degraded", "evicts"]
    since: float
    """Unix time at which the state began."""
    error: str | None
    """Newest error of the server, while it is away."""
    leases: int
    """Blocks leased since the store was made."""
    returned: int
    """Blocks given back because their window was over, or at the end."""
    failures: int
    """Attempts to reach the server that failed."""


class Redis:
    """Caps on tenants and the fleet, shared by many processes.

    `ledger` is a `rheostat.Ledger`. Reservations draw on blocks of budget that this process has leased, and do not wait for the
    server. A thread leases more when less than half a block is left, leases a window's first block shortly before the window
    begins, and gives the rest back at the end. The server counts a leased block as spent, so the processes together do not pass
    the fleet's cap. They may pass a tenant's cap, in a window, by the credit that each process gave before its first lease.

    Caps on queries and sessions stay in process. Caps on tenants and the fleet need a window (`per=`). The default block is a
    hundredth of the cap, and so is the default credit of a tenant. Windows follow the server's clock; this machine's clock may be
    wrong by any amount. If the server loses its data, or one of its keys (by a restart, an eviction, a deletion), it gives
    nothing for `grace` seconds, in which each process reports its leases again.

    A process that stops without `close()` leaves up to one block per account unused until the window ends.

    Args:
        url: A URL such as `redis://localhost:6379/0`, or a client of the package `redis`.
        caps: The caps.
        prefix: Prefix of every key in the server. Deployments that share budgets use one prefix, and equal caps.
        interval: Seconds between two looks for blocks to lease.
        grace: Seconds after the server's start, and after a loss of a key, in which it gives no lease, so that all processes can
            report theirs. An account that is used for the first time in the middle of a window waits as long for its first lease.
        timeout: Seconds that the thread and the constructor wait for the server.
        ledger: Further keywords of `rheostat.Ledger`.

    Raises:
        StoreError: The server cannot be reached.
        InvalidValueError: A cap of a tenant or the fleet has no window.
        MissingExtraError: The extra `redis` is not installed.
    """

    def __init__(
        self,
        url: Any,
        caps: Iterable[Cap],
        *,
        prefix: str = "rheostat",
        interval: float = 0.01,
        grace: float = 2.0,
        timeout: float = 2.0,
        **ledger: Any,
    ) -> None:
        """Connects, leases the fleet's first blocks, and starts the thread."""
        redis = need("redis", "redis")
        for what, value in (("interval", interval), ("timeout", timeout)):
            if not 0 < value <= 60:
                raise invalid(what, value, "above 0 and at most 60 seconds")
        self._errors: tuple[type[BaseException], ...] = (redis.RedisError, OSError)
        self._client = _connect(redis, url, timeout) if isinstance(url, str) else url
        self._lease, self._give_back = map(self._client.register_script, lease_scripts())
        self._prefix, self._interval, self._grace, self._timeout = prefix, interval, grace, timeout
        self._name = os.urandom(8).hex()
        shared = [_leased(cap) for cap in caps]
        self._caps = _by_account(shared)
        self._had: OrderedDict[_Key, tuple[int, int]] = OrderedDict()
        self._ahead: set[_Key] = set()
        self._dry: dict[_Key, float] = {}
        self._offset: tuple[float, float] | None = None
        self._leases = self._returned = self._failures = 0
        self._state: Literal["ok", "degraded", "evicts"] = "ok"
        self._policy_read, self._evicts = float("-inf"), False
        self._since = time.time()
        self._error: str | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._first = threading.Event()
        try:
            seconds, micros = self._client.time()
            self._read_policy()
            self._well()
        except self._errors as error:
            raise StoreError(f"the server cannot be reached: {error}") from error
        self.ledger = Ledger(shared, offset=seconds + micros / 1e6 - clock(), **ledger)
        """The ledger of the leased blocks; give it to a `Governor`, or reserve from it."""
        self._thread = threading.Thread(target=self._run, name="rheostat-leases", daemon=True)
        started("the store", self._thread)
        if any(cap.scope == "fleet" for cap in shared):
            self._first.wait(timeout + grace)

    def status(self) -> RedisStatus:
        """State of the store."""
        with self._lock:
            return RedisStatus(self._state, self._since, self._error, self._leases, self._returned, self._failures)

    def __repr__(self) -> str:
        return f"Redis(prefix={self._prefix!r}, {self._state}, leases={self._leases})"

    def close(self) -> None:
        """Stops the thread and gives back the unused part of the leases. Reservations can still be settled."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._thread.join()
        # A lease that cannot be given back now is free again when its window ends.
        with contextlib.suppress(*self._errors):
            self._return(self.ledger.unlease())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _run(self) -> None:
        pause = self._interval
        while not self._stop.wait(pause):
            try:
                busy = self._turn()
            except self._errors as error:
                self._away(error)
                pause = min(max(pause * 2, 0.05), 1.0)
            else:
                pause = 0.001 if busy else self._interval

    def _turn(self) -> bool:
        """Leases the wanted blocks. Returns True if there may be more to do at once."""
        self._moisten()
        wants = self.ledger.wants(_BATCH)
        asked = {(scope, key, cap, window): (tokens, -(-pico // _NANO)) for scope, key, cap, window, tokens, pico in wants}
        asked |= self._next_windows()
        if self._state == "degraded" or not asked:
            # The heartbeat: it notices that the server is back, reports leases that the server lost, and follows its clock.
            had = list(islice(reversed(self._had), _BATCH))
            if self._state != "degraded" and not self._due():
                return False
            asked |= {key: (0, 0) for key in had if key not in asked and any(self._had[key])}
            self._read_policy()
        try:
            self._ask(asked)
        except BaseException:
            for scope, key, cap, window in asked:
                # Without an answer the block may be asked for again.
                self.ledger.lease((scope, key, cap, window, 0, 0))
            raise
        self._well()
        return len(wants) >= _BATCH

    def _moisten(self) -> None:
        """Asks again, after a while, for blocks that the server refused: other processes may have given some back."""
        now = clock()
        for key in [key for key, since in self._dry.items() if now - since > 0.5]:
            del self._dry[key]
            self.ledger.lease((*key, 0, 0))

    def _due(self) -> bool:
        return self._offset is None or clock() - self._offset[1] > min(0.25, max(self._grace / 4, self._interval))

    def _read_policy(self) -> None:
        """Looks every few seconds if the server may evict keys."""
        if clock() - self._policy_read < 5.0:
            return
        self._policy_read = clock()
        memory = self._client.info("memory")
        self._evicts = bool(memory.get("maxmemory")) and memory.get("maxmemory_policy") != "noeviction"

    def _next_windows(self) -> dict[_Key, tuple[int, int]]:
        """Returns the first blocks of windows that begin soon, for accounts with leases in the current one."""
        if self._offset is None:
            return {}
        now = clock() + self._offset[0]
        windows: dict[float, int] = {}
        for period in {cap.per for caps in self._caps.values() for cap in caps if cap.block is not None and cap.per}:
            window = int(now // period)
            if (window + 1) * period - now < min(self._lead(), period / 4):
                windows[period] = window
        soon: dict[_Key, tuple[int, int]] = {}
        for scope, key, index, window in list(self._had) if windows else ():
            cap = self._cap(scope, key, index)
            following = (scope, key, index, window + 1)
            if windows.get(cap.per or 0.0) == window and following not in self._ahead and cap.block is not None:
                self._ahead.add(following)
                soon[following] = (cap.block[0], _nano(cap.block[1]))
                if len(soon) >= _BATCH:
                    break
        if not windows:
            self._ahead.clear()
        return soon

    def _lead(self) -> float:
        return max(10 * self._interval, 0.1)

    def _ask(self, asked: dict[_Key, tuple[int, int]]) -> None:
        arguments: list[Any] = [self._name, self._grace, round(self._lead() * 2_000)]
        for account, want in asked.items():
            scope, key, index, window = account
            cap = self._cap(scope, key, index)
            tokens, pico = _money.limits(cap)
            had = self._had.get(account, (0, 0))
            arguments += [
                *(_money.period_ms(cap), window),
                *(min(tokens, _UNBOUNDED), want[0] if cap.tokens is not None else 0),
                *(min(pico // _NANO, _UNBOUNDED), want[1] if cap.usd is not None else 0),
                *had,
            ]
        reply = self._lease(keys=[self._key(key) for key in asked], args=arguments)
        self._align(int(reply[0]) / 1_000)
        back = []
        for i, (scope, key, index, window) in enumerate(asked):
            state, tokens, nano = (int(part) for part in reply[1 + 3 * i : 4 + 3 * i])
            block = Block(scope, key, index, window, tokens, nano * _NANO)
            self._remember((scope, key, index, window), tokens, nano)
            if state != 0:
                self._ahead.discard((scope, key, index, window))
            if state == 1:
                self._dry[scope, key, index, window] = clock()
            if state == 0 and asked[scope, key, index, window] == (0, 0) == (tokens, nano):
                continue  # A report: the ledger has asked for nothing.
            used = self.ledger.lease(block, dry=state == 1)
            if not used and (tokens or nano):
                back.append(block)
            if scope == "fleet" and state in {0, 1}:
                self._first.set()
        with self._lock:
            self._leases += sum(1 for i in range(len(asked)) if int(reply[2 + 3 * i]) or int(reply[3 + 3 * i]))
        self._return(back)

    def _return(self, blocks: list[Block]) -> None:
        if not blocks:
            return
        amounts: list[Any] = []
        for scope, key, cap, window, tokens, pico in blocks:
            nano = pico // _NANO
            amounts += [tokens, nano]
            self._remember((scope, key, cap, window), -tokens, -nano)
        self._give_back(keys=[self._key(block[:4]) for block in blocks], args=[self._name, *amounts])
        with self._lock:
            self._returned += len(blocks)

    def _remember(self, key: _Key, tokens: int, nano: int) -> None:
        had = self._had.pop(key, (0, 0))
        self._had[key] = (max(had[0] + tokens, 0), max(had[1] + nano, 0))
        if len(self._had) > _TRACKED:
            self._had.popitem(last=False)

    def _cap(self, scope: str, key: str, index: int) -> Cap:
        return (self._caps.get((scope, key)) or self._caps[scope, None])[index]

    def _key(self, key: _Key) -> str:
        scope, name, index, window = key
        period = _money.period_ms(self._cap(scope, name, index))
        # Braces keep all keys of a deployment on one node of a cluster; a script needs that.
        return f"{{{self._prefix}}}:{scope}:{period}:{window}:{name}"

    def _align(self, server: float) -> None:
        """Follows the server's clock. A reply is late by its journey, so the newest or the least late reading is kept."""
        now = clock()
        offset = server - now
        if self._offset is not None:
            old, then = self._offset
            drifted = old - 1e-3 * (now - then)
            # A step back that is longer than any journey means that the clock was set.
            offset = max(offset, drifted) if drifted - offset < self._timeout else offset
        self._offset = (offset, now)
        self.ledger.align(offset)

    def _away(self, error: BaseException) -> None:
        with self._lock:
            self._failures += 1
            self._error = str(error)
            if self._state != "degraded":
                self._state, self._since = "degraded", time.time()

    def _well(self) -> None:
        state: Literal["ok", "evicts"] = "evicts" if self._evicts else "ok"
        with self._lock:
            if self._state != state:
                self._state, self._since, self._error = state, time.time(), None


def _nano(usd: float) -> int:
    return -(-_money.pico(usd) // _NANO)


def _connect(redis: Any, url: str, timeout: float) -> Any:
    try:
        return redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout)
    except ValueError as error:
        # The URL may hold a password, so it is not shown.
        raise InvalidValueError(f"url: {error}") from error


def _leased(cap: Cap) -> Cap:
    """Returns a cap of a shared scope, with blocks."""
    if cap.scope not in {"tenant", "fleet"}:
        return cap
    if cap.escalated_usd is not None:
        raise invalid(
            f"cap of {cap.scope}: escalated_usd", cap.escalated_usd, "left out where a cap is shared by a server; a file keeps it"
        )
    if cap.per is None:
        raise invalid(f"cap of {cap.scope}: per", "none", "given where a cap is shared")
    if cap.block is not None:
        return cap
    tokens, usd = cap.tokens, cap.usd
    block = (max(1, (tokens or 0) // 100), max(1e-9, (usd or 0.0) / 100))
    # A tenant is served on credit until its first lease arrives; the fleet is not.
    credit = block if cap.scope == "tenant" else (0, 0.0)
    return Cap(cap.scope, tokens=tokens, usd=usd, per=cap.per, key=cap.key, block=block, credit=credit)


def _by_account(caps: Iterable[Cap]) -> dict[tuple[str, str | None], list[Cap]]:
    """Returns the caps of each account in the order in which the ledger numbers them."""
    accounts: dict[tuple[str, str | None], list[Cap]] = {}
    for cap in caps:
        accounts.setdefault((cap.scope, "" if cap.scope == "fleet" else cap.key), []).append(cap)
    return accounts
