"""From a failure of the network to the error a caller meets: what was certainly not sent, and what is unknown."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from ingram_micro_cloud.api.statuses import UNKNOWN_HINT
from ingram_micro_cloud.errors import (
    IngramMicroCloudError,
    OutcomeUnknownError,
    UnreachableError,
    UnreadableAnswerError,
)

NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
"""These arise before a request leaves, so a write was certainly not done."""


def error_for_failure(failure: httpx.RequestError, *, what: str, safe: bool) -> IngramMicroCloudError:
    """Return the error for a request that got no answer."""
    if not safe and not isinstance(failure, NOT_SENT):
        how = "No answer came in time" if isinstance(failure, httpx.TimeoutException) else "The connection dropped"
        return OutcomeUnknownError(
            f"Ingram may or may not have done this: {what}. {how} after the request was sent.",
            hint=UNKNOWN_HINT,
        )
    if isinstance(failure, httpx.DecodingError):
        return UnreadableAnswerError(f"The answer to {what} could not be decoded.", hint="Try again.")
    code, message, hint = _told(failure)
    return UnreachableError(f"{message} ({what}).", code=code, hint=hint)


def _told(failure: httpx.RequestError) -> tuple[str, str, str]:
    causes = list(_causes(failure))
    if isinstance(failure, httpx.TimeoutException):
        return (
            "timed_out",
            "The marketplace did not answer in time",
            ("Try again; for long lists raise timeout_seconds in the configuration."),
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return (
            "dns_failed",
            "The host of the API URL cannot be found",
            "Check the API URL and this machine's name resolution.",
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return (
            "tls_failed",
            "The encrypted connection could not be made",
            ("Check the API URL, this machine's clock and its certificates; an inspecting firewall can be the cause."),
        )
    return (
        "connection_failed",
        "The connection to the marketplace failed",
        ("Check the API URL, firewall and network, then try again."),
    )


def _causes(failure: BaseException) -> Iterator[BaseException]:
    step: BaseException | None = failure
    while step is not None:
        yield step
        step = step.__cause__ or step.__context__
