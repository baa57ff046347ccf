"""Requests that two readers would read differently, headers that are too long, and questions without a body."""

from collections.abc import AsyncIterator

import pytest

from ingram_micro_cloud.hosts.gateway.framing import MOST_HEADER_BYTES
from support.gateway import GatewayPlace, error_of, gateway_place
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
LIST = "/actions/list_customers"


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[GatewayPlace]:
    async with gateway_place(workplace) as made:
        yield made


async def test_a_body_with_a_length_and_with_pieces_is_refused_and_ends_the_connection(place: GatewayPlace) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": "2", "Transfer-Encoding": "chunked"}
    refused = await place.ask("everything", "POST", LIST, headers=headers, content=b"{}")
    assert (refused.status_code, error_of(refused)["code"]) == (400, "invalid_http")
    assert refused.headers["connection"] == "close"
    assert place.calls == 0
    assert (await place.ask("everything", "POST", LIST, json={})).status_code == 200


@pytest.mark.parametrize("where", ["header", "names", "query", "path"])
async def test_headers_have_a_limit_wherever_the_bytes_are(place: GatewayPlace, where: str) -> None:
    for size, refused in ((MOST_HEADER_BYTES - 1_000, False), (MOST_HEADER_BYTES + 1, True)):
        headers = {"header": {"X": "a" * size}, "names": {f"X-{n:06d}": "" for n in range(size // 12)}}.get(where, {})
        path = {"query": f"/health?a={'a' * size}", "path": f"/{'a' * size}"}.get(where, "/health")
        answer = await place.ask(None, "GET", path, headers=headers)
        assert (answer.status_code == 400 and error_of(answer)["code"] == "invalid_http") is refused


async def test_head_is_answered_where_no_key_is_asked_for_and_nowhere_else(place: GatewayPlace) -> None:
    assert (await place.ask(None, "HEAD", "/health")).status_code == 200
    assert (await place.ask(None, "HEAD", "/ready")).status_code == 200
    place.gateway.in_flight.stop()
    assert (await place.ask(None, "HEAD", "/ready")).status_code == 503
    assert (await place.ask("everything", "HEAD", "/actions")).status_code == 405
    refused = await place.ask(None, "DELETE", "/health")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    assert (await place.ask("everything", "DELETE", "/actions")).headers["allow"] == "GET"
