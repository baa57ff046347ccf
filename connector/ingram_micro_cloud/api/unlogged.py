"""Keeps what the HTTP libraries would log out of the logs while something secret is fetched."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_LOGGERS: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
"""Each by name: a filter of a logger is not asked about records of those below it."""
_QUIET: Final[ContextVar[bool]] = ContextVar("quiet", default=False)


def _kept(record: logging.LogRecord) -> bool:
    del record
    return not _QUIET.get()


@contextmanager
def unlogged() -> Iterator[None]:
    """Drop the records that the HTTP libraries make inside, whatever the level; what runs beside it is logged."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_kept)  # added once, however often this is entered
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)
