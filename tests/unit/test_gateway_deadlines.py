"""Every request at the gateway ends in time; what was placed by then is running, and no error."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
import pytest

from ingram_micro_cloud.errors import DeadlineError
from ingram_micro_cloud.hosts.documents.openapi import whole_document
from ingram_micro_cloud.hosts.gateway.opening import Wish, opened
from ingram_micro_cloud.hosts.gateway.time_limit import in_time
from ingram_micro_cloud.hosts.serving.service import Service
from ingram_micro_cloud.hosts.surface.common import LONGEST_SECONDS
from ingram_micro_cloud.store.configurations import Health
from support.gateway import FREELY, URL, GatewayPlace, error_of, gateway_place, map_organizations
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
ORDERED = {"submitted", "completed"}


@pytest.fixture
async def place(workplace: Workplace) -> AsyncIterator[GatewayPlace]:
    async with gateway_place(workplace) as made:
        await map_organizations(made)
        yield made


def seats(place: GatewayPlace, **more: object) -> dict[str, object]:
    return {"customerId": place.customers[0], "product": "HMP-STD-M", "in_use": 60, "free": 2, **more}


async def elapsed(place: GatewayPlace, path: str, body: Mapping[str, object]) -> tuple[Any, float]:
    began = place.workplace.clock.now()
    answer = await place.ask("everything", "POST", path, json=body)
    return answer, place.workplace.clock.now() - began


async def test_a_report_is_waited_for_no_longer_than_the_request_may_take(place: GatewayPlace) -> None:
    body = {"name": "Sales", "startDate": "2026-10-01", "path": "r.csv", "seconds": 3_600}
    answer, seconds = await elapsed(place, "/actions/download_report?deadline_seconds=100", body)
    assert (answer.status_code, answer.json()["item"]["state"]) == (200, "running")
    assert answer.json()["item"]["scheduled"]
    assert seconds == 90


async def test_an_order_that_is_placed_is_running_when_the_time_is_up(place: GatewayPlace) -> None:
    path = "/actions/ensure_free_seats?deadline_seconds=100"
    answer, seconds = await elapsed(place, path, seats(place, wait_seconds=1_200))
    item = answer.json()["item"]
    assert (answer.status_code, item["changed"]) == (200, True)
    assert item["state"] in ORDERED
    assert "still running" in item["message"]
    assert seconds == 90


async def test_an_order_that_is_placed_is_no_error_when_it_cannot_be_looked_at(place: GatewayPlace) -> None:
    place.fault("reset_before", "getOrderDetails", times=10_000)
    answer, seconds = await elapsed(place, "/actions/ensure_free_seats", seats(place, wait_seconds=1_200))
    assert answer.status_code == 200, answer.text
    assert answer.json()["item"]["order_id"]
    assert answer.json()["item"]["state"] in ORDERED
    assert LONGEST_SECONDS - 60 <= seconds <= LONGEST_SECONDS


async def test_following_ends_soon_once_the_gateway_is_being_stopped(place: GatewayPlace) -> None:
    order = (await elapsed(place, "/actions/ensure_free_seats", seats(place)))[0].json()["item"]["order_id"]
    place.gateway.service.hurry()
    answer, seconds = await elapsed(place, "/actions/follow_order", {"id": order, "seconds": 3_600})
    assert (answer.status_code, answer.json()["item"]["state"]) == (200, "running")
    assert seconds <= 60


async def test_a_gateway_that_stops_hurries_its_service(workplace: Workplace) -> None:
    async with Service(workplace.integration, workplace.state, timing=workplace.timing, environ={}) as service:
        made = opened(service, Wish(port=0), {})
        made.listening.close()
        assert not service.timing.hurried()
        made.gateway.in_flight.stop()
        assert service.timing.hurried()


async def test_without_a_deadline_nobody_waits_for_the_call_limit_for_hours(workplace: Workplace) -> None:
    async with gateway_place(workplace) as place:
        book = workplace.integration.book(workplace.state)
        values = workplace.values(**{**FREELY, "name": "main", "is_default": True, "calls_per_day": 3})
        book.save(workplace.integration.configuration(values), Health(True, None, 1, workplace.clock.now()))
        statuses = []
        for _ in range(6):
            began = workplace.clock.now()
            answer = await place.ask("everything", "GET", "/actions/list_orders?limit=1")
            statuses.append(answer.status_code)
            assert workplace.clock.now() - began <= LONGEST_SECONDS
            workplace.clock.advance(600)
        assert set(statuses) == {200, 429}
        assert error_of(answer)["code"] == "call_budget"
        assert int(answer.headers["retry-after"]) > LONGEST_SECONDS


async def test_work_that_takes_no_deadline_is_ended_as_well() -> None:
    with pytest.raises(DeadlineError, match="within 0 seconds"):
        await in_time(anyio.sleep_forever(), 0)

    async def quick() -> int:
        return 7

    assert await in_time(quick()) == 7


async def test_the_document_says_how_long_and_how_a_purchase_may_be_named(workplace: Workplace) -> None:
    paths: Any = whole_document(workplace.integration, URL)["paths"]
    given = {each["name"]: each["schema"] for each in paths["/actions/create_order"]["post"]["parameters"]}
    assert (given["deadline_seconds"]["maximum"], given["deadline_seconds"]["default"]) == (840, 840)
    longest = given["purchase_key"]["maxLength"]
    async with gateway_place(workplace) as place:
        body = {"order_type": "sales", "customerId": place.customers[0], "products": [{"mpn": "x", "quantity": 1}]}
        for more, fits in ((0, True), (1, False)):
            path = f"/actions/create_order?dry_run=true&purchase_key={'k' * (longest + more)}"
            answer = await place.ask("everything", "POST", path, json=body)
            said = answer.status_code == 400 and "purchase_key must be 1 to 200" in error_of(answer)["message"]
            assert said is not fits


def test_the_form_that_is_tested_needs_a_name(workplace: Workplace) -> None:
    paths: Any = whole_document(workplace.integration, URL)["paths"]
    tested = paths["/configuration-tests"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    saved = paths["/configurations/{configuration_name}"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    assert tested["required"] == ["name"]
    assert "required" not in saved
