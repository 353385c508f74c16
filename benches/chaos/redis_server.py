"""A real Redis or Valkey server on loopback, to be killed and brought back."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

from rheostat.errors import StoreError


class RedisServer:
    """A server on a free port of loopback, with a directory of its own.

    Args:
        directory: Where it keeps its files.
        durable: Write every change to the disk before it is answered, so that a crash loses none.

    Raises:
        StoreError: Neither `redis-server` nor `valkey-server` is installed, or it does not come up.
    """

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        """Find the program and a port; `start` starts it."""
        program = self.program()
        if program is None:
            raise StoreError("no redis-server or valkey-server: tools/install-redis installs one on Debian and Ubuntu")
        self._program, self._directory = program, directory
        self._kept = ["--appendonly", "yes", "--appendfsync", "always"] if durable else ["--appendonly", "no"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def program() -> str | None:
        """The server's program, if there is one."""
        return shutil.which("redis-server") or shutil.which("valkey-server")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._directory), "--save", ""]
        command += self._kept
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # The program that `which` found.
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    connection.sendall(b"PING\r\n")
                    if connection.recv(16).startswith(b"+PONG"):
                        return
            except OSError:
                pass
            time.sleep(0.005)
        raise StoreError("the server did not come up")

    def kill(self) -> None:
        """Stop it as a crash does: what it held in memory alone is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
