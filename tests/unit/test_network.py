"""Where a request may go: the address that was checked is the one connected to."""

import ipaddress
from collections.abc import Sequence

import httpx
import pytest

from ingram_micro_cloud.api.network import PinnedTransport, address_allowed, is_loopback_name
from ingram_micro_cloud.api.timing import Timing
from ingram_micro_cloud.errors import EgressRefusedError, UnreachableError
from support.clock import FakeClock

pytestmark = pytest.mark.anyio

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
PRIVATE = ["10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "fd00::1", "fe80::1"]
NEVER = ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "240.0.0.1", "255.255.255.255"]  # noqa: S104  # addresses to refuse
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_allowed(text: str) -> None:
    assert address_allowed(ipaddress.ip_address(text), loopback_named=False, private_allowed=False)


@pytest.mark.parametrize("text", [*PRIVATE, "::ffff:10.0.0.1", "2002:0a00:0001::"])
def test_private_addresses_need_the_switch(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert not address_allowed(address, loopback_named=False, private_allowed=False)
    assert not address_allowed(address, loopback_named=True, private_allowed=False)
    assert address_allowed(address, loopback_named=False, private_allowed=True)


@pytest.mark.parametrize("text", NEVER)
def test_some_addresses_are_never_allowed(text: str) -> None:
    assert not address_allowed(ipaddress.ip_address(text), loopback_named=True, private_allowed=True)


@pytest.mark.parametrize("text", LOOPBACK)
def test_loopback_is_only_for_a_host_that_is_named_so(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert address_allowed(address, loopback_named=True, private_allowed=False)
    assert not address_allowed(address, loopback_named=False, private_allowed=True)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("LOCALHOST.", True), ("127.0.0.1", True), ("[::1]", True), ("localhost.example", False),
     ("127.0.0.1.nip.example", False), ("", False)],
)  # fmt: skip
def test_names_of_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback_name(host) is loopback


class Network:
    """Remembers where requests went; some addresses refuse connections."""

    def __init__(self, *, refusing: Sequence[str] = ()) -> None:
        self.refusing, self.sent = refusing, list[httpx.Request]()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if request.url.host in self.refusing:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200)


class Names:
    """Answers name lookups, one list after the other."""

    def __init__(self, *answers: Sequence[str] | OSError) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, OSError):
            raise answer
        return answer


def client(network: Network, names: Names, clock: FakeClock, *, private: bool = False) -> httpx.AsyncClient:
    transport = PinnedTransport(
        loopback_named=False, private_allowed=private, timing=Timing(now=clock.now, sleep=clock.sleep),
        inner=httpx.MockTransport(network), resolve=names,
    )  # fmt: skip
    return httpx.AsyncClient(transport=transport)


async def test_the_checked_address_is_the_connected_one_and_the_name_stays() -> None:
    network = Network()
    async with client(network, Names(PUBLIC[:1]), FakeClock()) as http:
        await http.post("https://api.example/orders?x=1", json={"a": 1})
    (sent,) = network.sent
    assert sent.url.host == PUBLIC[0]
    assert sent.url.raw_path == b"/orders?x=1"
    assert sent.headers["Host"] == "api.example"
    assert sent.extensions["sni_hostname"] == "api.example"
    assert await sent.aread() == b'{"a":1}'


async def test_a_private_address_is_refused_and_nothing_is_sent() -> None:
    network = Network()
    async with client(network, Names(["10.0.0.5", "fe80::1"]), FakeClock()) as http:
        with pytest.raises(EgressRefusedError, match="Nothing was sent") as caught:
            await http.get("https://intranet.example/")
    assert caught.value.specific_code == "private_address"
    assert "allow_private_address" in str(caught.value.hint)
    assert network.sent == []


async def test_of_several_addresses_only_allowed_ones_are_used() -> None:
    network = Network(refusing=[PUBLIC[0]])
    async with client(network, Names(["169.254.169.254", *PUBLIC]), FakeClock()) as http:
        assert (await http.get("https://api.example/")).status_code == 200
    assert [request.url.host for request in network.sent] == PUBLIC


async def test_when_no_address_connects_the_last_failure_is_told() -> None:
    network = Network(refusing=PUBLIC)
    async with client(network, Names(PUBLIC), FakeClock()) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("https://api.example/")


async def test_a_name_is_looked_up_once_a_minute_and_again_after_a_failure() -> None:
    network, names, clock = Network(), Names(PUBLIC[:1]), FakeClock()
    async with client(network, names, clock) as http:
        await http.get("https://api.example/")
        await http.get("https://api.example/")
        assert names.asked == 1
        clock.advance(61)
        await http.get("https://api.example/")
        assert names.asked == 2
        network.refusing = PUBLIC
        with pytest.raises(httpx.ConnectError):
            await http.get("https://api.example/")
        network.refusing = []
        await http.get("https://api.example/")
        assert names.asked == 3


async def test_a_name_that_later_leads_inside_is_refused_then() -> None:
    network, clock = Network(), FakeClock()
    async with client(network, Names(PUBLIC[:1], ["192.168.0.9"]), clock) as http:
        await http.get("https://api.example/")
        clock.advance(61)
        with pytest.raises(EgressRefusedError):
            await http.get("https://api.example/")
    assert len(network.sent) == 1


@pytest.mark.parametrize("failure", [OSError("no name")])
async def test_an_unknown_name_says_so_and_recovers(failure: OSError) -> None:
    names = Names(failure, PUBLIC[:1])
    async with client(Network(), names, FakeClock()) as http:
        with pytest.raises(UnreachableError) as caught:
            await http.get("https://api.example/")
        assert caught.value.specific_code == "dns_failed"
        assert (await http.get("https://api.example/")).status_code == 200
