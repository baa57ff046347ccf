"""Signing in: once for many, again when a token ends, never again after a refusal."""

import base64
import json
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import httpx
import pytest
from pydantic import SecretStr

from ingram_micro_cloud.api.auth import MarketplaceAuth
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.api.tokens import SignInDetails, StoredToken
from ingram_micro_cloud.errors import ServerError, SignInRefusedError, UnreadableAnswerError
from support.clock import FakeClock
from support.stores import TokenShelf

pytestmark = pytest.mark.anyio
DETAILS = SignInDetails("ann", SecretStr("canary-password"), SecretStr("canary-key"), "us")


@dataclass
class Vendor:
    """Counts sign-ins, gives numbered tokens, and accepts the newest only."""

    sign_ins: list[httpx.Request] = field(default_factory=list)
    calls: list[httpx.Request] = field(default_factory=list)
    seconds: object = 1500
    refusal: httpx.Response | None = None
    valid: str | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await anyio.lowlevel.checkpoint()  # lets the other callers come in between
        if request.url.path.endswith("/token"):
            self.sign_ins.append(request)
            if self.refusal is not None:
                return self.refusal
            self.valid = f"token-{len(self.sign_ins)}"
            return httpx.Response(200, json={"token": self.valid, "expiresInSeconds": self.seconds})
        self.calls.append(request)
        good = request.headers["Authorization"] == f"Bearer {self.valid}"
        return httpx.Response(200 if good else 401, json={})


@dataclass
class Desk:
    vendor: Vendor = field(default_factory=Vendor)
    clock: FakeClock = field(default_factory=FakeClock)
    shelf: TokenShelf = field(default_factory=TokenShelf)
    learned: list[str] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        auth = MarketplaceAuth(
            token_url="https://api.example/token",
            details=DETAILS,
            fingerprint="f",
            store=self.shelf,
            timing=Timing(now=self.clock.now, sleep=self.clock.sleep),
            on_token=self.learned.append,
        )
        return httpx.AsyncClient(
            transport=httpx.MockTransport(self.vendor), base_url="https://api.example", auth=auth, timeout=5
        )


async def test_the_sign_in_carries_all_four_together() -> None:
    desk = Desk()
    async with desk.client() as client:
        await client.get("/customers")
    (sign_in,) = desk.vendor.sign_ins
    basic = base64.b64decode(sign_in.headers["Authorization"].removeprefix("Basic ")).decode()
    assert (sign_in.method, basic) == ("POST", "ann:canary-password")
    assert sign_in.headers["X-Subscription-Key"] == "canary-key"
    assert json.loads(sign_in.content) == {"marketplace": "us"}
    (call,) = desk.vendor.calls
    assert call.headers["Authorization"] == "Bearer token-1"
    assert call.headers["X-Subscription-Key"] == "canary-key"
    assert desk.learned == ["token-1"], "the redactor is told before the token is used"


async def test_fifty_callers_sign_in_once() -> None:
    desk = Desk()
    async with desk.client() as client, anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(client.get, "/customers")
    assert len(desk.vendor.sign_ins) == 1
    assert len(desk.vendor.calls) == 50


async def test_a_second_process_uses_the_stored_token() -> None:
    desk = Desk()
    for _ in range(2):
        async with desk.client() as client:
            assert (await client.get("/customers")).status_code == 200
    assert len(desk.vendor.sign_ins) == 1
    assert desk.learned == ["token-1", "token-1"]


@pytest.mark.parametrize(
    ("seconds", "pause", "sign_ins"),
    [
        (1500, 1439, 1),
        (1500, 1440, 2),
        (100, 89, 1),
        (100, 90, 2),
        (0, 0, 2),
        (-5, 0, 2),
        ("soon", 0, 2),
        (None, 0, 2),
        (10**400, 0, 2),
        (True, 0, 2),
    ],
)
async def test_a_token_is_renewed_shortly_before_it_ends(seconds: object, pause: float, sign_ins: int) -> None:
    desk = Desk(vendor=Vendor(seconds=seconds))
    async with desk.client() as client:
        await client.get("/customers")
        desk.clock.advance(pause)
        await client.get("/customers")
    assert len(desk.vendor.sign_ins) == sign_ins


async def test_a_token_that_dies_early_costs_one_sign_in_and_one_repetition() -> None:
    desk = Desk()
    async with desk.client() as client:
        await client.get("/customers")
        desk.vendor.valid = "revoked"
        answer = await client.post("/orders", json={"type": "sales"})
    assert answer.status_code == 200
    assert [call.method for call in desk.vendor.calls] == ["GET", "POST", "POST"]
    assert desk.vendor.calls[2].content == desk.vendor.calls[1].content
    assert len(desk.vendor.sign_ins) == 2


async def test_many_callers_with_a_dead_token_sign_in_once_together() -> None:
    desk = Desk()
    async with desk.client() as client:
        await client.get("/customers")
        desk.vendor.valid = "revoked"
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(client.get, "/customers")
    assert len(desk.vendor.sign_ins) == 2


async def test_a_token_another_process_has_renewed_is_taken_instead_of_signing_in() -> None:
    desk = Desk()
    async with desk.client() as client:
        await client.get("/customers")
        desk.vendor.valid = "renewed-elsewhere"
        desk.shelf.kept["f"] = StoredToken(SecretStr("renewed-elsewhere"), desk.clock.now() + 1000)
        assert (await client.get("/customers")).status_code == 200
    assert len(desk.vendor.sign_ins) == 1


async def test_a_second_401_is_final() -> None:
    desk = Desk()
    async with desk.client() as client:
        await client.get("/customers")
        desk.vendor.calls.clear()
        desk.vendor.__class__ = Stubborn
        answer = await client.get("/customers")
    assert answer.status_code == 401
    assert len(desk.vendor.calls) == 2


class Stubborn(Vendor):
    """Gives tokens and takes none."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = await super().__call__(request)
        return answer if request.url.path.endswith("/token") else httpx.Response(401, json={})


async def test_a_refused_sign_in_is_not_tried_again_and_a_correction_works() -> None:
    desk = Desk(vendor=Vendor(refusal=httpx.Response(401, json={"status": 401, "message": "no"})))
    async with desk.client() as client:
        with pytest.raises(SignInRefusedError):
            await client.get("/customers")
        assert len(desk.vendor.sign_ins) == 1
        desk.vendor.refusal = None
        assert (await client.get("/customers")).status_code == 200


async def test_a_sign_in_that_fails_lets_the_next_waiting_caller_try() -> None:
    desk = Desk(vendor=Vendor(refusal=httpx.Response(503)))
    failed = 0

    async def call(client: httpx.AsyncClient) -> None:
        nonlocal failed
        try:
            await client.get("/customers")
        except ServerError:
            failed += 1
            desk.vendor.refusal = None

    async with desk.client() as client, anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(call, client)
    assert failed == 1
    assert len(desk.vendor.calls) == 4


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"token":5}', b'{"token":""}', b"<html>", b'{"token":null}'])
async def test_an_answer_without_a_token_is_not_the_marketplace(body: bytes) -> None:
    desk = Desk(vendor=Vendor(refusal=httpx.Response(200, content=body)))
    async with desk.client() as client:
        with pytest.raises(UnreadableAnswerError, match="without a token"):
            await client.get("/customers")


async def test_a_caller_that_gives_up_while_signing_in_does_not_block_the_others() -> None:
    desk = Desk()
    async with desk.client() as client:
        with anyio.move_on_after(0):
            await client.get("/customers")
        assert (await client.get("/customers")).status_code == 200


def test_the_flow_cannot_be_used_without_await() -> None:
    auth = MarketplaceAuth(
        token_url="https://api.example/token", details=DETAILS, fingerprint="f", store=TokenShelf(),
        timing=Timing(), on_token=lambda _: None,
    )  # fmt: skip
    with httpx.Client(auth=auth) as client, pytest.raises(RuntimeError, match="AsyncClient"):
        client.get("https://api.example/customers")
