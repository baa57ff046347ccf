"""Bodies that are too large, too slow, no JSON, or JSON that nobody can take; and the same path right afterwards."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message, Scope

from support.gateway import GatewayPlace, error_of, gateway_place
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
PATH = "/actions/estimate_order_price"
LIST = "/actions/list_customers"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[GatewayPlace]:
    async with gateway_place(workplace, body_seconds=0.05) as made:
        yield made


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        (b"", 200, ""),
        (b"   ", 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b"null", 400, "invalid_json"),
        (b'"text"', 400, "invalid_json"),
        (b"{'name': 1}", 400, "invalid_json"),
        (b'{"limit": 1}{}', 400, "invalid_json"),
        (b'{"limit": 1, "limit": 2}', 400, "invalid_json"),
        (b'{"limit": NaN}', 400, "invalid_json"),
        (b'{"limit": -Infinity}', 400, "invalid_json"),
        (b'{"limit": 1e999}', 400, "invalid_input"),
        (b'{"limit": ' + b"9" * 5000 + b"}", 400, "invalid_json"),
        (b'{"limit": ' + b"9" * 300 + b"}", 400, "invalid_input"),
        (b'{"name": "\xff"}', 400, "invalid_json"),
        (b'\xef\xbb\xbf{"limit": 1}', 400, "invalid_json"),
        ('{"limit": 1}'.encode("utf-16"), 400, "invalid_json"),
        (b'{"name": "\\ud800"}', 400, "invalid_input"),
        (b'{"\\ud800": 1}', 400, "invalid_input"),
        (b'{"name": "a\\u0000b"}', 400, "invalid_input"),
        (b'{"\\u0000": 1}', 400, "invalid_input"),
        (b'{"name": ["a", {"b": "\\u0000"}]}', 400, "invalid_input"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, 400, "invalid_input"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "invalid_json"),
        (b'{"a":' + b"[" * 500_000, 400, "invalid_json"),
        (b'{"limit": 1}', 200, ""),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_what_a_body_may_be(place: GatewayPlace, body: bytes, status: int, code: str) -> None:
    answer = await place.ask("everything", "POST", LIST, content=body, headers=JSON)
    assert (answer.status_code, answer.json().get("error", {}).get("code", "")) == (status, code)
    if status != 200:
        assert place.calls == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/jsonp"}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json; charset=UTF-8"}, 200),
        ({"Content-Type": "APPLICATION/JSON"}, 200),
    ],
)
async def test_what_a_body_must_say_it_is(place: GatewayPlace, headers: dict[str, str], status: int) -> None:
    answer = await place.ask("everything", "POST", LIST, content=b'{"limit": 1}', headers=headers)
    assert answer.status_code == status
    if status == 415:
        assert error_of(answer)["code"] == "wrong_content_type"
        assert answer.headers["connection"] == "close"


async def test_a_body_that_announces_too_much_is_refused_before_a_byte_of_it_is_read(place: GatewayPlace) -> None:
    read: list[str] = []
    status, headers, body = await raw(place, {"content-length": str(2**20 + 1)}, reading(read, []))
    assert (status, json.loads(body)["error"]["code"]) == (413, "body_too_large")
    assert headers["connection"] == "close"
    assert read == []


async def test_a_body_that_grows_beyond_the_limit_is_read_no_further(place: GatewayPlace) -> None:
    read: list[str] = []
    pieces = [b"x" * 2**18] * 100
    status, headers, body = await raw(place, {"transfer-encoding": "chunked"}, reading(read, pieces))
    assert (status, json.loads(body)["error"]["code"]) == (413, "body_too_large")
    assert headers["connection"] == "close"
    assert len(read) == 5


async def test_a_body_of_just_the_limit_is_read(place: GatewayPlace) -> None:
    text = json.dumps({"name": ""})
    whole = json.dumps({"name": "x" * (2**20 - len(text))}).encode()
    assert len(whole) == 2**20
    answer = await place.ask("everything", "POST", LIST, content=whole, headers=JSON)
    assert "longer than any server takes" in error_of(answer)["message"]  # and so the body itself was taken


async def test_a_body_that_trickles_is_given_up(place: GatewayPlace) -> None:
    status, headers, body = await raw(place, {"content-length": "20"}, reading([], [b'{"limit":'], stalls=True))
    assert (status, json.loads(body)["error"]["code"]) == (408, "body_too_slow")
    assert headers["connection"] == "close"
    assert place.gateway.in_flight.count == 0
    assert (await place.ask("everything", "POST", LIST, json={"limit": 1})).status_code == 200


async def test_a_body_whose_sender_goes_away_is_given_up(place: GatewayPlace) -> None:
    status, _, body = await raw(place, {"content-length": "20"}, reading([], [b'{"limit":'], leaves=True))
    assert (status, json.loads(body)["error"]["code"]) == (400, "body_incomplete")


async def test_nobody_without_a_key_gets_to_send_a_body(place: GatewayPlace) -> None:
    read: list[str] = []
    status, _, _ = await raw(place, {"content-length": "20", "authorization": "Bearer x"}, reading(read, [b"{}"]))
    assert status == 401
    assert read == []


def reading(read: list[str], pieces: list[bytes], *, stalls: bool = False, leaves: bool = False) -> Any:
    """An ASGI receiver that hands out pieces and remembers that it was asked."""
    import anyio

    waiting = list(pieces)

    async def receive() -> Message:
        read.append("asked")
        if not waiting:
            if leaves:
                return {"type": "http.disconnect"}
            await anyio.sleep_forever()
        return {"type": "http.request", "body": waiting.pop(0), "more_body": stalls or leaves or bool(waiting)}

    return receive


async def raw(place: GatewayPlace, headers: dict[str, str], receive: Any) -> tuple[int, dict[str, str], bytes]:
    """Send a request as a server would hand it over."""
    given = {"host": "localhost", "authorization": f"Bearer {place.tokens['everything']}", **JSON, **headers}
    scope: Scope = {
        "type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b"",
        "root_path": "", "scheme": "http", "http_version": "1.1", "client": None, "server": None,
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await place.application(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(each.get("body", b"") for each in sent[1:])
