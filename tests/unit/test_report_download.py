"""A signed address becomes a file: whole or not at all, without our credentials, and nobody gets to read it."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingram_micro_cloud.api.download import Downloaded, download
from ingram_micro_cloud.api.network import PinnedTransport
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import (
    AccessDeniedError,
    DeadlineError,
    EgressRefusedError,
    IngramMicroCloudError,
    InputError,
    NotFoundError,
    RedirectRefusedError,
    ServerError,
    UnreachableError,
)
from support.clock import FakeClock

pytestmark = pytest.mark.anyio
URL = "https://files.example/storage/r.csv?se=9&sig=canary-signature"
Answer = Callable[[httpx.Request], httpx.Response]


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def timing(clock: FakeClock) -> Timing:
    return Timing(now=clock.now, sleep=clock.sleep)


async def fetched(answer: Answer, target: Path, url: str = URL, **more: Any) -> Downloaded:
    return await download(url, target, transport=httpx.MockTransport(answer), **more)


async def test_the_file_is_written_and_nothing_of_ours_is_sent(tmp_path: Path) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"a,b\n1,2\n")

    told: list[tuple[int, int | None]] = []
    done = await fetched(answer, tmp_path / "r.csv", on_progress=lambda *each: told.append(each))
    assert done == Downloaded(tmp_path / "r.csv", 8)
    assert done.path.read_bytes() == b"a,b\n1,2\n"
    assert set(seen[0].headers) == {"host", "accept-encoding"}
    assert told[-1] == (8, 8)
    assert names(tmp_path) == ["r.csv"]


REFUSED = [
    "http://files.example/r.csv",
    "ftp://files.example/r.csv",
    "https://user:word@files.example/r.csv",
    "file:///etc/hostname",
    "r.csv",
    "http://127.0.0.1/r.csv",
    "https://",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_an_address_that_is_not_one_to_fetch_from_is_refused_unsent(tmp_path: Path, url: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError("it was sent")

    with pytest.raises(EgressRefusedError, match="Nothing was sent") as refused:
        await fetched(answer, tmp_path / "r.csv", url)
    assert url not in str(refused.value.as_json())


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "127.0.0.1", "fd00::1"])
async def test_a_name_that_leads_inside_is_refused(tmp_path: Path, address: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return [address]

    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError("it was sent")

    network = PinnedTransport(
        loopback_named=False, private_allowed=False, timing=timing(FakeClock()), resolve=resolve,
        inner=httpx.MockTransport(answer),
    )  # fmt: skip
    with pytest.raises(EgressRefusedError, match="private or local"):
        await download(URL, tmp_path / "r.csv", transport=network)
    assert names(tmp_path) == []


def failing(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("broke", request=request)


def cut(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"half", headers={"Content-Length": "8"})


BROKEN: list[tuple[str, Answer, type[IngramMicroCloudError]]] = [
    ("redirect", lambda _: httpx.Response(302, headers={"Location": "https://other.example/"}), RedirectRefusedError),
    ("over", lambda _: httpx.Response(403), AccessDeniedError),
    ("gone", lambda _: httpx.Response(404), NotFoundError),
    ("failed", lambda _: httpx.Response(500), ServerError),
    ("dropped", failing, UnreachableError),
    ("cut off", cut, UnreachableError),
]


@pytest.mark.parametrize(("answer", "kind"), [each[1:] for each in BROKEN], ids=[each[0] for each in BROKEN])
async def test_a_fetch_that_fails_leaves_what_was_there_and_tells_no_address(
    tmp_path: Path, answer: Answer, kind: type[IngramMicroCloudError]
) -> None:
    (tmp_path / "r.csv").write_text("before")
    with pytest.raises(kind) as failed:
        await fetched(answer, tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text() == "before"
    assert names(tmp_path) == ["r.csv"]
    assert failed.value.__cause__ is None
    assert "canary-signature" not in f"{failed.value} {failed.value.as_json()}"


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "1000"}], ids=["as it comes", "announced"])
async def test_a_file_that_is_too_large_is_not_kept(tmp_path: Path, headers: Mapping[str, str]) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 100

    with pytest.raises(InputError, match="larger than 500 bytes"):
        await fetched(
            lambda _: httpx.Response(200, content=pieces(), headers=headers), tmp_path / "r.csv", max_bytes=500
        )
    assert names(tmp_path) == []


async def test_a_file_that_trickles_ends_with_its_time(tmp_path: Path) -> None:
    clock = FakeClock()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            clock.advance(10)
            yield b"x"

    with pytest.raises(DeadlineError, match="bytes had come"):
        await fetched(
            lambda _: httpx.Response(200, content=pieces()), tmp_path / "r.csv", seconds=60, timing=timing(clock)
        )
    assert names(tmp_path) == []


@pytest.mark.parametrize("target", ["", "no-such-folder/r.csv"])
async def test_a_target_that_cannot_be_a_file_is_refused_unsent(tmp_path: Path, target: str) -> None:
    with pytest.raises(InputError) as refused:
        await fetched(failing, tmp_path / target)
    assert refused.value.fields[0].pointer == "/target"
