"""What the gateway itself refuses, before or beside any action: each with its status, in the shape of every error."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from ingram_micro_cloud.errors import RetryVerdict

MOST_BYTES: Final = 1024 * 1024
"""Of a request's body."""


class HttpRefusalError(Exception):
    """A request that is refused as HTTP, before it means anything to an action.

    Attributes:
        status: The HTTP status of the answer.
        code: Stable, as the codes of every other error.
        headers: To send with the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        hint: str,
        *,
        retry: RetryVerdict = "no",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint
        self.retry: RetryVerdict = retry
        self.headers = headers

    def as_json(self) -> dict[str, object]:
        """Return the error object, with the same members as every error's."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "status_code": None,
            "correlation_id": None,
            "vendor_message": None,
            "retry": self.retry,
            "fields": [],
        }


def invalid_http() -> HttpRefusalError:
    """Return the refusal of what is no HTTP request, or none whose end everybody sees in the same place."""
    return HttpRefusalError(
        HTTPStatus.BAD_REQUEST, "invalid_http", "This is no HTTP request.",
        "Speak HTTP/1.1, with short headers and one length of the body.",
    )  # fmt: skip


def unknown_path() -> HttpRefusalError:
    """Return the refusal of a path that leads nowhere."""
    return HttpRefusalError(
        HTTPStatus.NOT_FOUND, "unknown_path", "There is nothing at this path.", "All there is: GET /openapi.json"
    )


def no_file() -> HttpRefusalError:
    """Return the refusal of a file that no action of this key has written."""
    return HttpRefusalError(
        HTTPStatus.NOT_FOUND, "unknown_file", "No action of this key has written a file of this name.",
        "Use the name that the action answered as its path, and the key it ran with.",
    )  # fmt: skip


def method_not_allowed(allowed: Iterable[str]) -> HttpRefusalError:
    """Return the refusal of a method the path does not take."""
    names = ", ".join(sorted(allowed))
    return HttpRefusalError(
        HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "This path does not take this method.",
        f"It takes: {names}.", headers={"Allow": names},
    )  # fmt: skip


def too_large() -> HttpRefusalError:
    """Return the refusal of a body beyond the limit; the rest of it is not read."""
    return HttpRefusalError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", "The body is larger than 1 MB. Nothing was done.",
        "Send less in one request.",
    )  # fmt: skip


def too_slow(seconds: float) -> HttpRefusalError:
    """Return the refusal of a body that did not arrive in time."""
    return HttpRefusalError(
        HTTPStatus.REQUEST_TIMEOUT, "body_too_slow",
        f"The body did not arrive within {seconds:g} seconds. Nothing was done.", "Send the request again.",
        retry="yes",
    )  # fmt: skip


def broken_off() -> HttpRefusalError:
    """Return the refusal of a body whose sender went away; nobody reads it, and the log has its code."""
    return HttpRefusalError(
        HTTPStatus.BAD_REQUEST, "body_incomplete", "The body ended before it was whole. Nothing was done.",
        "Send the request again.", retry="yes",
    )  # fmt: skip


def invalid_json(why: str) -> HttpRefusalError:
    """Return the refusal of a body that is no JSON object; ``why`` ends the sentence and quotes nothing of it."""
    return HttpRefusalError(
        HTTPStatus.BAD_REQUEST, "invalid_json", f"The body {why}. Nothing was done.", "Send one JSON object in UTF-8."
    )


def wrong_content_type() -> HttpRefusalError:
    """Return the refusal of a body that does not say it is JSON."""
    return HttpRefusalError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "wrong_content_type", "The body is not sent as JSON. Nothing was done.",
        "Send it with Content-Type: application/json",
    )  # fmt: skip


def too_busy() -> HttpRefusalError:
    """Return the refusal when as much is worked on as may be at once."""
    return HttpRefusalError(
        HTTPStatus.SERVICE_UNAVAILABLE, "too_busy", "Too many requests are being worked on. Nothing was done.",
        "Try again in a moment; `im-cloud serve --max-requests` allows more.", retry="yes",
        headers={"Retry-After": "1"},
    )  # fmt: skip


def too_many_of_one() -> HttpRefusalError:
    """Return the refusal when one key has as many requests under way as one may have."""
    return HttpRefusalError(
        HTTPStatus.SERVICE_UNAVAILABLE, "too_busy",
        "This key has half of all the requests that are worked on at once. Nothing was done.",
        "Try again when one of them is answered.", retry="yes", headers={"Retry-After": "1"},
    )  # fmt: skip


def stopping() -> HttpRefusalError:
    """Return the refusal while the gateway stops: nothing was begun, or a read was cut short."""
    return HttpRefusalError(
        HTTPStatus.SERVICE_UNAVAILABLE, "stopping", "The gateway is being stopped. Nothing was changed.",
        "Try again when it is back.", retry="yes", headers={"Retry-After": "5"},
    )  # fmt: skip


def host_refused() -> HttpRefusalError:
    """Return the refusal of a name this gateway does not go by."""
    return HttpRefusalError(
        HTTPStatus.FORBIDDEN, "host_refused", "The gateway does not go by the name in the Host header.",
        "Call it by 127.0.0.1 or localhost, or start it with --public-url and the name it has.",
    )  # fmt: skip


def cross_site() -> HttpRefusalError:
    """Return the refusal of what a browser sends for a page of another site."""
    return HttpRefusalError(
        HTTPStatus.FORBIDDEN, "cross_site", "A web page of another site must not call the gateway.",
        "Call it from a server or a program.",
    )  # fmt: skip
