"""Which names the gateway goes by, and which web pages it does not serve."""

import pytest

from ingram_micro_cloud.hosts.gateway.doors import Doors
from ingram_micro_cloud.hosts.gateway.refusals import HttpRefusalError
from support.gateway import error_of, gateway_place
from support.marketplace import Workplace

PUBLIC = "https://gateway.example.com/im"
HERE = {"host": "127.0.0.1:8520"}


@pytest.mark.parametrize(
    ("host", "loopback", "public_url", "code"),
    [
        ("127.0.0.1:8520", True, None, None),
        ("localhost", True, None, None),
        ("LOCALHOST:1", True, None, None),
        ("[::1]:8520", True, None, None),
        ("127.9.9.9", True, None, None),
        ("gateway.example.com", True, PUBLIC, None),
        ("Gateway.Example.com:443", True, PUBLIC, None),
        ("gateway.example.com", True, None, "host_refused"),
        ("evil.example", True, PUBLIC, "host_refused"),
        ("127.0.0.1.evil.example", True, None, "host_refused"),
        ("localhost.evil.example", True, None, "host_refused"),
        ("evil@127.0.0.1", True, None, "host_refused"),
        ("127.0.0.1/evil", True, None, "host_refused"),
        ("127.0.0.1:port", True, None, "host_refused"),
        ("[::1", True, None, "host_refused"),
        ("", True, None, "host_refused"),
        ("anything.example", False, None, None),
        ("gateway.example.com", False, PUBLIC, None),
        ("127.0.0.1:8520", False, PUBLIC, None),
        ("evil.example", False, PUBLIC, "host_refused"),
        ("10.0.0.5:8520", False, PUBLIC, "host_refused"),
    ],
)
def test_the_name_a_request_came_in_under(host: str, loopback: bool, public_url: str | None, code: str | None) -> None:
    assert refusal(Doors(loopback, public_url), {"host": host}) == code


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ({}, None),
        ({"sec-fetch-site": "none"}, None),
        ({"sec-fetch-site": "same-origin"}, None),
        ({"sec-fetch-site": "cross-site"}, "cross_site"),
        ({"sec-fetch-site": "Same-Site"}, "cross_site"),
        ({"origin": "http://127.0.0.1:8520"}, None),
        ({"origin": "https://gateway.example.com"}, None),
        ({"origin": "http://127.0.0.1:3000"}, "cross_site"),
        ({"origin": "https://evil.example"}, "cross_site"),
        ({"origin": "null"}, "cross_site"),
        ({"origin": ""}, "cross_site"),
        ({"x-forwarded-host": "127.0.0.1:8520", "origin": "https://evil.example"}, "cross_site"),
    ],
)
@pytest.mark.parametrize("loopback", [True, False])
def test_the_page_behind_a_request(marks: dict[str, str], code: str | None, loopback: bool) -> None:
    assert refusal(Doors(loopback, PUBLIC), {**HERE, **marks}) == code


@pytest.mark.anyio
async def test_every_path_is_behind_the_doors_and_opens_under_the_right_name(workplace: Workplace) -> None:
    async with gateway_place(workplace) as place:
        for path in ("/health", "/openapi.json", "/actions", "/nothing"):
            refused = await place.ask("everything", "GET", path, headers={"Host": "evil.example"})
            assert refused.status_code == 403
            assert error_of(refused)["code"] == "host_refused"
        preflight = await place.ask(None, "OPTIONS", "/actions", headers={"Origin": "https://evil.example"})
        assert preflight.status_code == 403
        assert not [name for name in preflight.headers if name.startswith("access-control")]
        assert (await place.ask("everything", "GET", "/actions", headers={"Host": "localhost"})).status_code == 200


def refusal(doors: Doors, headers: dict[str, str]) -> str | None:
    try:
        doors.check(headers)
    except HttpRefusalError as problem:
        assert problem.status == 403
        return problem.code
    return None
