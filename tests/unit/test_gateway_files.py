"""Files that actions write at a gateway: to a folder of the key's own, and back to that key only."""

from collections.abc import AsyncIterator

import pytest

from support.gateway import GatewayPlace, error_of, gateway_place
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
CONTENT = b"customer,seats\r\nAlder,5\r\n"


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[GatewayPlace]:
    async with gateway_place(workplace) as made:
        folder = made.service.grant(made.gateway.keys.access(made.tokens["reseller"])).files
        assert folder is not None
        folder.mkdir(parents=True)
        (folder / "seats.csv").write_bytes(CONTENT)
        (folder.parent / "outside.txt").write_text("not yours")
        (folder / "link.txt").symlink_to(folder.parent / "outside.txt")
        (folder / "page.html").write_text("<script>alert(1)</script>")
        yield made


async def test_a_file_comes_back_as_it_is_to_the_key_that_wrote_it(place: GatewayPlace) -> None:
    answer = await place.ask("reseller", "GET", "/files/seats.csv")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "X-Correlation-ID" in answer.headers


async def test_no_browser_shows_a_file_as_a_page(place: GatewayPlace) -> None:
    answer = await place.ask("reseller", "GET", "/files/page.html")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("everything", "seats.csv"),
        ("manage", "seats.csv"),
        ("reseller", "other.csv"),
        ("reseller", "link.txt"),
        ("reseller", "..%2Foutside.txt"),
        ("reseller", "%2E%2E"),
        ("reseller", "%2Fetc%2Fpasswd"),
        ("reseller", "."),
    ],
)
async def test_anything_else_is_not_there(place: GatewayPlace, key: str, name: str) -> None:
    answer = await place.ask(key, "GET", f"/files/{name}")
    assert answer.status_code == 404
    assert error_of(answer)["code"] in ("unknown_file", "unknown_path")


async def test_without_a_key_nothing_is_told(place: GatewayPlace) -> None:
    answer = await place.ask(None, "GET", "/files/seats.csv")
    assert (answer.status_code, error_of(answer)["code"]) == (401, "key_missing")


async def test_a_path_from_elsewhere_writes_nothing(place: GatewayPlace) -> None:
    given = {"name": "Seats by customer", "startDate": "2026-10-01", "path": "../../seats.csv"}
    answer = await place.ask("everything", "POST", "/actions/download_report", json=given)
    assert (answer.status_code, error_of(answer)["fields"][0]["code"]) == (400, "outside")
    assert place.calls == 0
