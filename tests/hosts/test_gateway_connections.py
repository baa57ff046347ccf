"""Slow and broken clients over real sockets: each is given up in time, and the next one is answered."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from ingram_micro_cloud.hosts.gateway.application import make_application
from ingram_micro_cloud.hosts.gateway.connections import Patience, server_config
from ingram_micro_cloud.hosts.gateway.server import GatewayServer, listen
from support.gateway import GatewayPlace, gateway_place
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
SHORT = Patience(headers_seconds=0.3, idle_seconds=1, reading_seconds=0.3, connections=4)
HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
AT_MOST = 10.0
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Served:
    """A gateway that listens, and raw lines to it."""

    def __init__(self, place: GatewayPlace, port: int) -> None:
        self.place, self.port = place, port
        self.open: list[asyncio.StreamWriter] = []

    async def line(self, sent: bytes = b"") -> Line:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.open.append(writer)
        writer.write(sent)
        await writer.drain()
        return reader, writer

    async def healthy(self) -> bool:
        reader, _ = await self.line(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return b'{"status":"ok"}' in await told(reader)


@asynccontextmanager
async def served(workplace: Workplace, patience: Patience, **changes: Any) -> AsyncIterator[Served]:
    async with gateway_place(workplace, **changes) as place:
        listening = listen("127.0.0.1", 0)
        server = GatewayServer(
            server_config(make_application(place.gateway), patience), place.gateway.in_flight, reads_seconds=0.2
        )
        task = asyncio.create_task(server.serve(sockets=[listening]))
        made = Served(place, listening.getsockname()[1])
        try:
            yield made
        finally:
            for writer in made.open:
                writer.transport.abort()
            server.should_exit = True
            await asyncio.wait_for(task, AT_MOST)
            listening.close()


async def told(reader: asyncio.StreamReader) -> bytes:
    """Everything that comes until the other end closes, or breaks, the line."""
    try:
        return await asyncio.wait_for(reader.read(), AT_MOST)
    except ConnectionError:
        return b""


@pytest.mark.parametrize("sent", [b"", b"GET", b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-A:"])
async def test_headers_that_never_end_are_given_up(workplace: Workplace, sent: bytes) -> None:
    async with served(workplace, SHORT) as gateway:
        reader, _ = await gateway.line(sent)
        assert await told(reader) == b""
        assert await gateway.healthy()


async def test_the_second_request_of_a_line_has_no_more_time_for_its_headers(workplace: Workplace) -> None:
    async with served(workplace, replace(SHORT, idle_seconds=60)) as gateway:
        reader, writer = await gateway.line(HEALTH)
        assert b"200" in await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(15)
        writer.write(b"GET /hea")
        assert await told(reader) == b""


async def test_many_requests_on_one_line_are_answered(workplace: Workplace) -> None:
    async with served(workplace, SHORT) as gateway:
        reader, writer = await gateway.line()
        for _ in range(3):
            writer.write(HEALTH)
            assert b"200" in await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(15)
            await asyncio.sleep(0.15)
        assert await told(reader) == b""  # in the end it was idle


async def test_beyond_the_most_connections_new_ones_are_closed_until_old_ones_are(workplace: Workplace) -> None:
    async with served(workplace, replace(SHORT, headers_seconds=1.0)) as gateway:
        several = [await gateway.line() for _ in range(4)]
        beyond, _ = await gateway.line(HEALTH)
        assert await told(beyond) == b""
        for reader, _ in several:
            assert await told(reader) == b""
        assert await gateway.healthy()


async def test_a_client_that_does_not_read_its_answer_is_given_up(workplace: Workplace) -> None:
    huge = {"x": "y" * 30_000_000}
    async with served(workplace, SHORT, document=lambda: huge) as gateway:
        request = HEALTH.replace(b"/health", b"/openapi.json")
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port, limit=1024)
        writer.write(request)
        await asyncio.sleep(1.0)
        read = await told(reader)
        assert 0 < len(read) < 30_000_000
        writer.transport.abort()
        assert await gateway.healthy()


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"nonsense\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000,
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /actions HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
    ],
    ids=["tls", "nonsense", "no host", "long headers", "bytes in the path", "no length"],
)
async def test_what_is_no_http_gets_the_one_error_object(workplace: Workplace, sent: bytes) -> None:
    async with served(workplace, SHORT) as gateway:
        reader, _ = await gateway.line(sent)
        head, _, body = (await told(reader)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"X-Correlation-ID: " in head
        assert json.loads(body)["error"]["code"] == "invalid_http"
        assert await gateway.healthy()


@pytest.mark.parametrize(
    "more",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
)
async def test_a_body_with_two_ends_is_refused_and_ends_the_line(workplace: Workplace, more: bytes) -> None:
    async with served(workplace, SHORT) as gateway:
        key = gateway.place.tokens["everything"].encode()
        head = (
            b"POST /actions/list_customers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + key + b"\r\n"
        )
        reader, _ = await gateway.line(head + more + HEALTH)
        answer = await told(reader)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.count(b"HTTP/1.1 ") == 1
        assert b'"invalid_http"' in answer


async def test_long_headers_that_come_at_once_are_too_long_as_well(workplace: Workplace) -> None:
    async with served(workplace, SHORT) as gateway:
        for size, status in ((30_000, b"HTTP/1.1 200 "), (40_000, b"HTTP/1.1 400 ")):
            long = HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\nX: " + b"a" * size + b"\r\n\r\n")
            reader, _ = await gateway.line(long)
            assert (await told(reader)).startswith(status)


@pytest.mark.parametrize("path", [b"/health", b"/ready"])
async def test_health_is_told_without_a_body(workplace: Workplace, path: bytes) -> None:
    async with served(workplace, SHORT) as gateway:
        asked = HEALTH.replace(b"GET /health", b"HEAD " + path).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        head, _, body = (await told((await gateway.line(asked))[0])).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert body == b""


async def test_an_answer_before_the_whole_body_ends_the_line(workplace: Workplace) -> None:
    async with served(workplace, SHORT) as gateway:
        head = (
            "POST /actions/list_orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {gateway.place.tokens['everything']}\r\nContent-Length: 2000000\r\n\r\n"
        )
        reader, _ = await gateway.line(head.encode() + b"GET /health HTTP/1.1\r\nHost: smuggled\r\n\r\n")
        answer = await told(reader)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"connection: close" in answer
        assert answer.count(b"HTTP/1.1") == 1
