"""Everything httpx can raise: what was certainly not sent, and what is unknown."""

import socket
import ssl
from collections.abc import Iterator

import httpx
import pytest

from ingram_micro_cloud.api.failures import NOT_SENT, error_for_failure
from ingram_micro_cloud.errors import OutcomeUnknownError, UnreachableError, UnreadableAnswerError


def below(kind: type[httpx.RequestError]) -> Iterator[type[httpx.RequestError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


KINDS = sorted(set(below(httpx.RequestError)), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_failure_of_a_read_is_typed(kind: type[httpx.RequestError]) -> None:
    problem = error_for_failure(kind("no"), what="List Orders", safe=True)
    assert isinstance(problem, UnreachableError | UnreadableAnswerError)
    assert problem.hint
    assert problem.exit_status == 5


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_failed_write_is_unknown_unless_it_never_left(kind: type[httpx.RequestError]) -> None:
    problem = error_for_failure(kind("no"), what="Create Order", safe=False)
    left = not issubclass(kind, NOT_SENT)
    assert isinstance(problem, OutcomeUnknownError) == left
    assert problem.exit_status == (7 if left else 5)


def test_nothing_that_can_happen_after_sending_counts_as_not_sent() -> None:
    after = (httpx.ReadError, httpx.ReadTimeout, httpx.WriteError, httpx.WriteTimeout, httpx.RemoteProtocolError)
    assert not any(issubclass(kind, NOT_SENT) for kind in after)


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (socket.gaierror("no name"), "dns_failed"),
        (ssl.SSLCertVerificationError("self-signed"), "tls_failed"),
        (ConnectionRefusedError(), "connection_failed"),
    ],
)
def test_the_cause_underneath_decides_the_code(cause: Exception, code: str) -> None:
    failure = httpx.ConnectError("no")
    middle = RuntimeError("in between")
    middle.__cause__ = cause
    failure.__cause__ = middle
    assert error_for_failure(failure, what="x", safe=True).specific_code == code


def test_a_time_out_says_so() -> None:
    assert error_for_failure(httpx.ReadTimeout("slow"), what="x", safe=True).specific_code == "timed_out"
