"""No holder of a key takes the sessions of the others."""

import secrets
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.responses import Response

from ingram_micro_cloud.hosts.mcp.http import Entrance
from ingram_micro_cloud.hosts.mcp.place import Place
from ingram_micro_cloud.hosts.mcp.sessions import IDLE_SECONDS, Sessions
from ingram_micro_cloud.hosts.serving.keys import KeyRing
from support.marketplace import Workplace

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def opened(sessions: Sessions, who: str, session: str, status: int = 200) -> None:
    with sessions.request(who, None, opens=True, closes=False) as answered:
        answered(status, session if status < 400 else None)


def asked(sessions: Sessions, who: str, session: str, *, closes: bool = False, status: int = 200) -> None:
    with sessions.request(who, session, opens=False, closes=closes) as answered:
        answered(status, session)


def test_a_holder_has_so_many_and_others_have_theirs() -> None:
    sessions = Sessions(Clock(), most=2)
    opened(sessions, "one", "a")
    assert not sessions.full("one")
    opened(sessions, "one", "b")
    assert sessions.full("one")
    assert not sessions.full("two")


@pytest.mark.parametrize(
    ("closes", "status", "frees"),
    [(True, 200, True), (True, 204, True), (False, 200, False), (True, 405, False), (False, 404, True)],
)
def test_an_end_that_the_server_tells_frees_the_place(closes: bool, status: int, frees: bool) -> None:
    sessions = Sessions(Clock(), most=1)
    opened(sessions, "one", "a")
    asked(sessions, "two", "a", closes=closes, status=status)
    assert sessions.full("one"), "another's request ends nothing"
    asked(sessions, "one", "a", closes=closes, status=status)
    assert sessions.full("one") is not frees


def test_a_refused_opening_takes_no_place() -> None:
    sessions = Sessions(Clock(), most=1)
    opened(sessions, "one", "a", status=400)
    assert not sessions.full("one")
    with pytest.raises(RuntimeError), sessions.request("one", None, opens=True, closes=False):
        raise RuntimeError
    assert not sessions.full("one")


def test_openings_under_way_count() -> None:
    sessions = Sessions(Clock(), most=2)
    with ExitStack() as under_way:
        for _ in range(2):
            assert not sessions.full("one")
            under_way.enter_context(sessions.request("one", None, opens=True, closes=False))
        assert sessions.full("one")
    assert not sessions.full("one")


def test_a_session_without_use_ends_and_one_in_use_does_not() -> None:
    clock = Clock()
    sessions = Sessions(clock, most=1)
    opened(sessions, "one", "a")
    clock.time = IDLE_SECONDS - 1
    asked(sessions, "one", "a")
    clock.time += IDLE_SECONDS - 1
    assert sessions.full("one")
    with sessions.request("one", "a", opens=False, closes=False):
        clock.time += 10 * IDLE_SECONDS
        assert sessions.full("one")
    assert sessions.full("one")
    clock.time += IDLE_SECONDS
    assert not sessions.full("one")


async def behind(scope: "Scope", receive: "Receive", send: "Send") -> None:
    """Open a session for whoever names none, as the protocol's library does."""
    session = Headers(scope=scope).get("mcp-session-id", secrets.token_hex(8))
    await Response("{}", headers={"mcp-session-id": session})(scope, receive, send)


async def test_one_key_does_not_keep_the_others_out(workplace: Workplace) -> None:
    keys = KeyRing(workplace.state, workplace.clock.now)
    entrance = Entrance(behind, keys, Place(), Sessions(Clock(), most=2))
    first, second = (
        {"Authorization": f"Bearer {keys.issue(name, by='ada', reseller=True).token.get_secret_value()}"}
        for name in ("first", "second")
    )
    transport = httpx.ASGITransport(entrance)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answers = [await client.post("/mcp", headers=first) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert answers[2].json()["error"]["code"] == "too_many_sessions"
        assert "10 minutes" in answers[2].json()["error"]["hint"]
        assert (await client.post("/mcp", headers=second)).status_code == 200
        named = {**first, "mcp-session-id": answers[0].headers["mcp-session-id"]}
        assert (await client.post("/mcp", headers=named)).status_code == 200, "what is open goes on"
        newer = {**first, "mcp-protocol-version": "2026-07-28"}
        assert (await client.post("/mcp", headers=newer)).status_code == 200, "newer revisions know no sessions"
        assert (await client.delete("/mcp", headers=named)).status_code == 200
        assert (await client.post("/mcp", headers=first)).status_code == 200, "an end makes room"


async def test_a_foreign_name_or_page_is_refused_before_the_key_is_looked_at(workplace: Workplace) -> None:
    entrance = Entrance(behind, KeyRing(workplace.state, workplace.clock.now), Place(), Sessions(Clock()))
    transport = httpx.ASGITransport(entrance)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for headers, status, code in (
            ({"Host": "127.0.0.1:x@evil"}, 421, "host_refused"),
            ({"Origin": "http://localhost:99.evil.com"}, 403, "cross_site"),
            ({"Origin": "http://localhost:99"}, 401, "key_missing"),
        ):
            refused = await client.post("/mcp", headers=headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
