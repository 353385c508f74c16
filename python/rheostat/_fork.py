"""Forks and ends: the native part waits for other threads before either, and a child's plans get ids of their own."""

import atexit
import os

from rheostat._native import at_exit, at_fork

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=lambda: at_fork("before"),
        after_in_parent=lambda: at_fork("parent"),
        after_in_child=lambda: at_fork("child", int.from_bytes(os.urandom(8), "little")),
    )

atexit.register(at_exit)
