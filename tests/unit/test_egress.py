"""Paths and headers that may not leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingram_micro_cloud.api.egress import check_headers, check_path
from ingram_micro_cloud.errors import EgressRefusedError


@pytest.mark.parametrize(
    "path",
    ["/customers", "/customers/1000275", "/orders/2041877/", "/a%20b", "/a%C3%A9", "/x:y@z", "/v1.5/x", "/a,b;c=d"],
)
def test_plain_paths_pass(path: str) -> None:
    check_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "customers", "//evil.example", "/..", "/../token", "/customers/../token", "/%2e%2e/token", "/a/%2E%2E/b",
        "/.", "/a/./b", "/a%2Fb", "/a%5Cb", "/\\evil", "/a?b=c", "/a#b", "/a b", "/a\nb", "/a\x00", "/%00", "/%0d%0a",
        "/a/%252e%252e", "/%252e%252e/token", "/ünicode", "/%252Fevil", "/a\u2028",
    ],
)  # fmt: skip
def test_paths_that_could_lead_elsewhere_are_refused(path: str) -> None:
    with pytest.raises(EgressRefusedError, match="Nothing was sent"):
        check_path(path)


@given(st.text(max_size=30))
def test_whatever_passes_is_below_the_api_url(path: str) -> None:
    import httpx

    try:
        check_path(path)
    except EgressRefusedError:
        return
    url = httpx.URL("https://api.example/marketplace/na" + path)
    assert url.host == "api.example"
    assert url.path.startswith("/marketplace/na/")
    assert ".." not in url.path.split("/")


@pytest.mark.parametrize(
    "name",
    ["Authorization", "AUTHORIZATION", "X-Subscription-Key", "x-subscription-key", "Host", "Cookie", "Content-Length",
     "Transfer-Encoding", "Proxy-Authorization", "X-HTTP-Method-Override", "X-Forwarded-Host", "X-Original-URL"],
)  # fmt: skip
def test_headers_of_ours_cannot_be_replaced(name: str) -> None:
    with pytest.raises(EgressRefusedError, match=name):
        check_headers([(name, "x")])


@pytest.mark.parametrize(
    ("name", "value"),
    [("Bad Name", "x"), ("", "x"), ("Näme", "x"), ("X-A", "a\r\nHost: evil"), ("X-A", "a\x00"), ("X-A", "日")],
)
def test_headers_that_cannot_be_sent_are_refused(name: str, value: str) -> None:
    with pytest.raises(EgressRefusedError):
        check_headers([(name, value)])


def test_ordinary_headers_pass() -> None:
    check_headers([("Accept-Language", "de-DE"), ("X-Request-Id", "7"), ("X-Name", "Zoë")])
