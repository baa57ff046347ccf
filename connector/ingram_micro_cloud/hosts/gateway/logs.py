"""Log lines of the gateway: one for every request, and every line with the id of the request it belongs to."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from ingram_micro_cloud.hosts.gateway.exchange import CURRENT, Exchange

PACKAGE: Final = "ingram_micro_cloud"
access = logging.getLogger(f"{PACKAGE}.hosts.gateway.access")
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s correlation_id=%(correlation_id)s"


@contextmanager
def logging_to(stream: TextIO, level: int = logging.INFO) -> Iterator[None]:
    """Write this package's log to a stream while the ``with`` block lasts.

    The HTTP libraries' own lines stay out: they hold whole addresses.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_PlainFormatter(_FORMAT))
    handler.addFilter(add_correlation)
    logger = logging.getLogger(PACKAGE)
    before = logger.level
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def add_correlation(record: logging.LogRecord) -> bool:
    """Give a record the correlation id of the request it was made for."""
    exchange = CURRENT.get()
    # In quotes: an id may hold blanks, and must not look like more of the line.
    record.correlation_id = json.dumps(exchange.correlation_id) if exchange is not None else "-"
    return True


def log_exchange(exchange: Exchange, milliseconds: float) -> None:
    """Write the line of one request: no query, no body, no key, and the route instead of the path."""
    access.info(
        "%s %s %d %.0fms who=%s action=%s organization=%s calls=%d code=%s",
        exchange.method if exchange.method.isalpha() else "?",
        exchange.route,
        exchange.status,
        milliseconds,
        _quoted(exchange.who),
        exchange.action or "-",
        _quoted(exchange.organization),
        exchange.calls,
        exchange.code or "-",
    )


class _PlainFormatter(logging.Formatter):
    """Leaves the words of exceptions out of the log: they may quote what was sent, secrets included."""

    def formatException(self, ei: object) -> str:  # noqa: N802  # the name is the standard library's
        kind = ei[0] if isinstance(ei, tuple) else None
        return f"({getattr(kind, '__name__', 'error')})"


def _quoted(text: str | None) -> str:
    return "-" if text is None else json.dumps(text)
