r"""Replies of providers as a stream of events, and put together again.

A gateway writes a request with `Governor.decide_and_rewrite`. The reader here is the way back. docs/wire.md has both.

Example:
    >>> from rheostat.wire import ReplyReader
    >>> reader = ReplyReader("openai.chat")
    >>> [event.text for event in reader.feed(b'data: {"choices": [{"delta": {"content": "Four"}}]}\n\n')]
    ['Four']
"""

from rheostat._native import ReplyEvent, ReplyReader

__all__ = ["ReplyEvent", "ReplyReader"]
