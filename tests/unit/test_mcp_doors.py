"""Which names the MCP server answers to over HTTP, and which web pages may talk to it."""

import pytest

from ingram_micro_cloud.hosts.mcp.place import Place
from ingram_micro_cloud.hosts.serving.host_names import host_name, origin_name

PUBLIC = "https://mcp.example.com"
EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing is bound


def status(place: Place, **headers: str) -> int | None:
    refusal = place.refusal(headers)
    return None if refusal is None else refusal.status


@pytest.mark.parametrize(
    ("host", "place", "wanted"),
    [
        ("127.0.0.1:8521", Place(), None),
        ("localhost", Place(), None),
        ("LOCALHOST:1", Place(), None),
        ("[::1]:8521", Place(), None),
        ("mcp.example.com", Place(EVERYWHERE, public_url=PUBLIC), None),
        ("MCP.example.com:443", Place(EVERYWHERE, public_url=PUBLIC), None),
        ("192.0.2.7:8521", Place("192.0.2.7"), None),
        ("[2001:db8::1]:8521", Place("2001:db8::1"), None),
        ("mcp.example.com", Place(), 421),
        ("evil.example", Place(EVERYWHERE, public_url=PUBLIC), 421),
        ("127.0.0.1:x@evil", Place(), 421),
        ("127.0.0.1:80@evil.example", Place(), 421),
        ("localhost:99.evil.com", Place(), 421),
        ("localhost:evil.com", Place(), 421),
        ("localhost.evil.com", Place(), 421),
        ("127.0.0.1/evil", Place(), 421),
        ("local\thost", Place(), 421),
        ("[::1]evil", Place(), 421),
        ("[::1", Place(), 421),
        ("", Place(), 421),
    ],
)
def test_the_name_a_request_comes_in_under(host: str, place: Place, wanted: int | None) -> None:
    assert status(place, host=host) == wanted


def test_a_request_without_a_name_is_refused() -> None:
    assert status(Place()) == 421


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        ("http://localhost:6274", None),
        ("https://localhost:6274", None),
        ("http://127.0.0.1", None),
        ("http://[::1]:80", None),
        ("https://mcp.example.com", None),
        ("http://mcp.example.com", 403),
        ("https://mcp.example.com:8443", 403),
        ("https://mcp.example.com.evil.com", 403),
        ("http://localhost:99.evil.com", 403),
        ("http://127.0.0.1:x@evil", 403),
        ("http://localhost/evil", 403),
        ("file://localhost", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_the_page_behind_a_request(origin: str, wanted: int | None) -> None:
    assert status(Place(public_url=PUBLIC), host="localhost", origin=origin) == wanted


def test_names_are_read_strictly() -> None:
    assert host_name("Example.COM:80") == "example.com"
    assert host_name("[2001:DB8::1]") == "2001:db8::1"
    assert origin_name("HTTPS://Example.com") == "example.com"
    for odd in ("a b", "a\\b", "a%00", "a:1:2", "user@a", "a:٣", "a\n"):
        assert host_name(odd) is None, odd
        assert origin_name(f"http://{odd}") is None, odd
