"""Every body the vendor is known to send, and what a caller meets."""

from dataclasses import dataclass

import httpx
import pytest

from ingram_micro_cloud.api.statuses import error_for, retry_after_of, sign_in_error, vendor_words
from ingram_micro_cloud.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConflictError,
    IngramMicroCloudError,
    NotFoundError,
    OutcomeUnknownError,
    QuotaExhaustedError,
    RateLimitedError,
    RedirectRefusedError,
    RejectedError,
    ServerError,
    StatusError,
)

NOW = 1_795_000_000.0
OLDER = b'{"timeStamp":"2026-11-24T08:00:00Z","status":400,"message":"No such state","correlationId":"c-1","path":"/x"}'
NEWER = b'{"timestamp":"2026-11-24T08:00:00Z","status":400,"error":"No such state","correlationId":"c-1","path":"/x"}'
GATEWAY = b'{"statusCode":401,"message":"No key"}'


@dataclass(frozen=True)
class Body:
    content: bytes
    message: str | None
    correlation: str | None
    gateway: bool = False
    kind: str = "application/json"


BODIES = {
    "older spelling": Body(OLDER, "No such state", "c-1"),
    "newer spelling": Body(NEWER, "No such state", "c-1"),
    "gateway": Body(GATEWAY, "No key", "header", gateway=True),
    "empty": Body(b"", None, "header"),
    "html with a title": Body(b"<html><head><title> Busy </title></head></html>", "Busy", "header", kind="text/html"),
    "html without a title": Body(b"<p>secret page</p>", None, "header", kind="text/html"),
    "broken json": Body(b'{"message": "No su', '{"message": "No su', "header"),
    "a list": Body(b'["a"]', None, "header"),
    "a number": Body(b"5", None, "header"),
    "a message that is no text": Body(b'{"status":400,"message":{"a":1}}', "{'a': 1}", "header"),
    "plain text": Body(b"Upstream is gone", "Upstream is gone", "header", kind="text/plain"),
    "very long": Body(b"x" * 5000, "x" * 500, "header", kind="text/plain"),
}


def answer(status: int, content: bytes = b"", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=content, headers=named)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_vendors_words_are_found_in_every_body(body: Body) -> None:
    words = vendor_words(answer(400, body.content, X_Correlation_ID="header", Content_Type=body.kind))
    assert (words.message, words.correlation_id, words.gateway) == (body.message, body.correlation, body.gateway)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, StatusError),
        (304, StatusError),
        (301, RedirectRefusedError),
        (302, RedirectRefusedError),
        (307, RedirectRefusedError),
        (400, RejectedError),
        (401, AuthenticationError),
        (403, AccessDeniedError),
        (404, NotFoundError),
        (405, RejectedError),
        (409, ConflictError),
        (418, RejectedError),
        (422, RejectedError),
        (429, RateLimitedError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
    ],
)
def test_a_status_on_something_safe(status: int, kind: type[IngramMicroCloudError]) -> None:
    problem = error_for(answer(status, OLDER), what="List Orders", safe=True, now=NOW)
    assert type(problem) is kind
    assert problem.status_code == status
    assert problem.vendor_message == "No such state"
    assert problem.correlation_id == "c-1"
    assert "List Orders" in problem.message
    assert problem.hint


@pytest.mark.parametrize("status", [301, 302, 303, 408, 500, 502, 503, 504, 599])
def test_a_status_that_leaves_a_write_unknown(status: int) -> None:
    problem = error_for(answer(status, OLDER), what="Create Order", safe=False, now=NOW)
    assert isinstance(problem, OutcomeUnknownError)
    assert problem.retry == "after_check"
    assert "may or may not" in problem.message


@pytest.mark.parametrize("status", [307, 308, 400, 401, 403, 404, 409, 422, 429])
def test_a_status_that_says_a_write_was_certainly_not_done(status: int) -> None:
    problem = error_for(answer(status, OLDER), what="Create Order", safe=False, now=NOW)
    assert problem.exit_status == 5
    assert problem.retry != "after_check"


def test_a_used_up_quota_is_not_a_missing_right() -> None:
    body = b'{"statusCode":403,"message":"The call volume quota is used up. It is replenished in 03:25:10."}'
    problem = error_for(answer(403, body), what="List Orders", safe=True, now=NOW)
    assert isinstance(problem, QuotaExhaustedError)
    assert problem.retry_after == 3 * 3600 + 25 * 60 + 10


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("Wed, 18 Nov 2026 10:13:30 GMT", None),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after_in_both_forms(header: str, seconds: float | None) -> None:
    found = retry_after_of(answer(429, b"", Retry_After=header), now=1_794_996_800.0)
    if header.startswith("Wed"):
        assert found == pytest.approx(10.0)
    else:
        assert found == seconds


def test_a_date_that_has_passed_means_no_wait() -> None:
    assert retry_after_of(answer(429, b"", Retry_After="Wed, 18 Nov 2020 10:13:30 GMT"), now=NOW) == 0.0


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (401, GATEWAY, "subscription_key_refused"),
        (401, OLDER, "sign_in_refused"),
        (401, b"", "sign_in_refused"),
        (401, b"<html></html>", "sign_in_refused"),
        (400, NEWER, "marketplace_refused"),
        (422, NEWER, "marketplace_refused"),
        (403, OLDER, "access_denied"),
        (404, OLDER, "not_found"),
        (429, GATEWAY, "rate_limited"),
        (500, b"", "server_error"),
    ],
)
def test_a_refused_sign_in_never_claims_more_than_the_answer_tells(status: int, content: bytes, code: str) -> None:
    assert sign_in_error(answer(status, content)).specific_code == code
