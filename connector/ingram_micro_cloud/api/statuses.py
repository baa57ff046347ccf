"""From an HTTP status to the error a caller meets. Understands every body the vendor is known to send."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

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
    SignInRefusedError,
    StatusError,
)

LONGEST_WORDS: Final = 500
LONGEST_PAUSE: Final = 7 * 86_400.0
"""Seconds; nobody means more, and a header may hold any number."""
UNKNOWN_HINT: Final = (
    "Do not send it again before you have looked whether it was done: read the list or the object first."
)
_TABLE: Final[Mapping[int, tuple[type[StatusError], str, str]]] = {
    400: (
        RejectedError,
        "The vendor does not accept {what} as it is.",
        "Read the vendor's message and correct the inputs.",
    ),
    401: (
        AuthenticationError,
        "The vendor refused {what} although the sign-in was fresh.",
        "Check the connection (im-cloud config test NAME); a change of the API user can take a while to arrive.",
    ),
    403: (
        AccessDeniedError,
        "The API user may not do {what}.",
        "Ask for the right in the vendor's panel, or use an API user of the account that owns this.",
    ),
    404: (
        NotFoundError,
        "The vendor found nothing for {what}.",
        "Check the id: it may be gone or belong to another account.",
    ),
    409: (
        ConflictError,
        "The vendor says the present state does not allow {what}.",
        "Read the object again and wait until what is under way has finished.",
    ),
    429: (
        RateLimitedError,
        "The vendor counts too many calls and refused {what}.",
        "Nothing was done. Try again a little later.",
    ),
}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""Other 3xx, such as 304, send nobody anywhere."""
_REPLENISHED: Final = re.compile(r"(\d{1,3}):(\d\d):(\d\d)")
_QUOTA: Final = re.compile(r"quota|call volume", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VendorWords:
    """What the vendor said about an error: message, correlation id, and whether its gateway said it."""

    message: str | None
    correlation_id: str | None
    gateway: bool


def vendor_words(response: httpx.Response) -> VendorWords:
    """Read an error body in either of the vendor's spellings, the gateway's, HTML, or none at all."""
    header = response.headers.get("X-Correlation-ID")
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return VendorWords(_plain(response), header, gateway=False)
    if not isinstance(body, Mapping):
        return VendorWords(None, header, gateway=False)
    message = body.get("message") or body.get("error")
    correlation = body.get("correlationId") or header
    gateway = "statusCode" in body and "status" not in body
    return VendorWords(
        str(message)[:LONGEST_WORDS] if message else None,
        str(correlation) if correlation else None,
        gateway=gateway,
    )


def retry_after_of(response: httpx.Response, now: float) -> float | None:
    """Return the seconds the vendor asks to wait (header, or a time in its words), or None."""
    header = response.headers.get("Retry-After", "").strip()
    if header.isdecimal():
        return min(float(header), LONGEST_PAUSE)
    if header:
        return _until(header, now)
    spoken = _REPLENISHED.search(response.text) if _QUOTA.search(response.text) else None
    if spoken is None:
        return None
    hours, minutes, seconds = (int(part) for part in spoken.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def error_for(response: httpx.Response, *, what: str, safe: bool, now: float) -> IngramMicroCloudError:
    """Return the error for an answer that is not 2xx.

    For a write, only a 4xx (but 408) or a 307/308 says that it was certainly not done; everything
    else leaves its outcome unknown.
    """
    status = response.status_code
    words = vendor_words(response)
    if not safe and not _certainly_not_done(status):
        return OutcomeUnknownError(
            f"Ingram may or may not have done this: {what}. It answered {status} after the request was sent.",
            hint=UNKNOWN_HINT, status_code=status, correlation_id=words.correlation_id, vendor_message=words.message,
        )  # fmt: skip
    after = retry_after_of(response, now)
    if status == httpx.codes.FORBIDDEN and _QUOTA.search(words.message or ""):
        return QuotaExhaustedError(
            f"The vendor's quota of calls is used up{_come_back(after)}.",
            hint="Nothing was done. Other tools that share the subscription key use the same quota.",
            retry_after=after, status_code=status, correlation_id=words.correlation_id, vendor_message=words.message,
        )  # fmt: skip
    kind, message, hint = _entry(status)
    return kind(
        message.format(what=what), hint=hint, retry_after=after, status_code=status,
        correlation_id=words.correlation_id, vendor_message=words.message,
    )  # fmt: skip


def sign_in_error(response: httpx.Response, now: float = 0.0) -> IngramMicroCloudError:
    """Return the error for a refused POST /token; never claims more than the answer tells."""
    words = vendor_words(response)
    status = response.status_code
    code, message = None, ""
    if status == httpx.codes.UNAUTHORIZED and words.gateway:
        code, message = "subscription_key_refused", "The vendor's gateway refused the subscription key."
    elif status == httpx.codes.UNAUTHORIZED:
        code, message = (
            "sign_in_refused",
            "The vendor refused the sign-in: user, password, key or marketplace is not right.",
        )
    elif status in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
        code, message = "marketplace_refused", "The vendor did not accept the sign-in for this marketplace."
    if code is None:
        return error_for(response, what="the sign-in", safe=True, now=now)
    return SignInRefusedError(
        message, code=code, hint="See which field is meant: im-cloud config test NAME", status_code=status,
        correlation_id=words.correlation_id, vendor_message=words.message,
    )  # fmt: skip


def _certainly_not_done(status: int) -> bool:
    refused = 400 <= status < 500 and status != httpx.codes.REQUEST_TIMEOUT
    return refused or status in (httpx.codes.TEMPORARY_REDIRECT, httpx.codes.PERMANENT_REDIRECT)


def _entry(status: int) -> tuple[type[StatusError], str, str]:
    if status in _TABLE:
        return _TABLE[status]
    if status in _REDIRECTS:
        return (
            RedirectRefusedError,
            "The marketplace redirected {what} elsewhere, which is never followed.",
            ("Check the API URL against the one on the Marketplace API page of the panel."),
        )
    if status < 400:
        return (
            StatusError,
            "The marketplace answered {what} with a status that says neither yes nor no.",
            ("Try again; if it stays, check the API URL."),
        )
    if status >= 500:
        return (
            ServerError,
            "The vendor's side failed on {what}.",
            ("Try again later; if it stays, give the correlation id to the vendor's support."),
        )
    return _TABLE[400]


def _plain(response: httpx.Response) -> str | None:
    text = response.text.strip()
    if not text or text.startswith("<") or "html" in response.headers.get("Content-Type", ""):
        title = re.search(r"<title>([^<]{1,200})</title>", text, re.IGNORECASE)
        return title.group(1).strip() if title else None
    return text[:LONGEST_WORDS]


def _until(header: str, now: float) -> float | None:
    from email.utils import parsedate_to_datetime  # only for the rare dated header

    try:
        return min(max(0.0, parsedate_to_datetime(header).timestamp() - now), LONGEST_PAUSE)
    except (ValueError, OverflowError):
        return None


def _come_back(after: float | None) -> str:
    return "" if after is None else f"; it is replenished in {round(after)} seconds"
