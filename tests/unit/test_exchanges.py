"""Single exchanges as they go over the wire, headers and bodies to the letter."""

import base64
import json
from collections.abc import Iterator

import pytest
from pytest_httpx import HTTPXMock

from ingram_micro_cloud import Integration
from ingram_micro_cloud.errors import InputError, OutcomeUnknownError, RedirectRefusedError
from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.store.state import State

pytestmark = pytest.mark.anyio
URL = "http://127.0.0.1:9/marketplace/na"
VALUES: dict[str, object] = {
    "name": "wire", "username": "ann.api", "password": "päss wörd", "subscription_key": "0123456789abcdef",
    "api_url": URL, "marketplace": "US", "allow": "buy",
}  # fmt: skip


@pytest.fixture
def state() -> Iterator[State]:
    with State.in_memory() as made:
        yield made


@pytest.fixture
def connection(integration: Integration, state: State) -> Connection:
    return integration.connect(integration.configuration(VALUES), state=state)


def signed_in(httpx_mock: HTTPXMock) -> None:
    token = {"token": "t-1", "expiresInSeconds": 1500}
    httpx_mock.add_response(method="POST", url=f"{URL}/token", json=token, headers={"X-Correlation-ID": "c-0"})


ORDER = {
    "type": "sales",
    "customerId": "1",
    "products": [{"mpn": "A", "quantity": 2, "specialPrice": {"currency": "USD", "amount": "0.10"}}],
}


def priced(httpx_mock: HTTPXMock) -> None:
    """Answer everything that is read before an order."""
    people = [{"type": "admin", "firstName": "A", "lastName": "B", "email": "a@b.example", "phoneNumber": "1"}]
    httpx_mock.add_response(url=f"{URL}/customers/1", json={"id": "1", "status": "active", "contactPersons": people})
    product = {
        "id": "P1", "mpn": "A", "vendor": "V", "name": "Product A", "minimumQuantity": "1.0", "maximumQuantity": "99.0",
        "subscriptionPeriod": {"type": "month", "duration": 1}, "billingPeriod": {"type": "month", "duration": 1},
    }  # fmt: skip
    httpx_mock.add_response(
        url=f"{URL}/products?mpn=A&limit=500&offset=0", json={"data": [product], "pagination": {"total": 1}}
    )
    httpx_mock.add_response(url=f"{URL}/validation/parameters", json={"data": []})
    total = {"currency": "USD", "amount": "0.20"}
    httpx_mock.add_response(
        url=f"{URL}/orders/estimate",
        json={"total": total, "products": [{"mpn": "A", "quantity": 2, "extendedPrice": total}]},
    )


async def test_the_sign_in_and_one_read(
    connection: Connection, httpx_mock: HTTPXMock, integration: Integration
) -> None:
    signed_in(httpx_mock)
    httpx_mock.add_response(
        url=f"{URL}/customers?name=A%26B+%C3%A9&limit=500&offset=0",
        json={"data": [{"id": "1", "name": "A&B é", "status": "active"}], "pagination": {"total": 1}},
        headers={"X-Correlation-ID": "c-1"},
    )
    async with connection:
        outcome = await connection.run("list_customers", {"name": "A&B é"})
    assert outcome.request_ids == ("c-0", "c-1")
    sign_in, read = httpx_mock.get_requests()
    assert base64.b64decode(sign_in.headers["Authorization"].removeprefix("Basic ")).decode() == "ann.api:päss wörd"
    assert json.loads(sign_in.content) == {"marketplace": "us"}
    assert read.headers["Authorization"] == "Bearer t-1"
    assert read.headers["X-Subscription-Key"] == "0123456789abcdef"
    assert read.headers["Accept"] == "application/json"
    assert read.headers["User-Agent"] == f"ingram-micro-cloud/{integration.version}"
    assert read.headers["Host"] == "127.0.0.1:9"


async def test_an_order_carries_exactly_what_was_given(connection: Connection, httpx_mock: HTTPXMock) -> None:
    signed_in(httpx_mock)
    priced(httpx_mock)
    httpx_mock.add_response(method="POST", url=f"{URL}/orders", json={"id": "7"})
    async with connection:
        await connection.run("create_order", {**ORDER, "poNumber": None})
    sent = httpx_mock.get_requests()[-1]
    body = json.loads(sent.content)
    marker = body.pop("poNumber")
    assert marker.startswith("IMC-"), "the caller gave no number of its own"
    assert body.pop("attributes") == {"imCloudIntent": marker}
    assert body == ORDER
    assert sent.headers["Content-Type"] == "application/json"
    assert b'"0.10"' in sent.content, "money stays the text it was"


async def test_an_id_cannot_change_which_operation_is_called(connection: Connection, httpx_mock: HTTPXMock) -> None:
    async with connection:
        with pytest.raises(InputError) as caught:
            await connection.run("get_customer", {"id": "../orders?a=1#"})
    assert [field.pointer for field in caught.value.fields] == ["/id"]
    assert httpx_mock.get_requests() == []


async def test_a_redirect_is_not_followed(connection: Connection, httpx_mock: HTTPXMock) -> None:
    signed_in(httpx_mock)
    httpx_mock.add_response(status_code=307, headers={"Location": "https://elsewhere.example/"})
    async with connection:
        with pytest.raises(RedirectRefusedError):
            await connection.run("get_customer", {"id": "1"})
    assert all(request.url.host == "127.0.0.1" for request in httpx_mock.get_requests())


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": None}, {"orderNumber": "1"}])
async def test_an_order_without_an_id_in_the_answer_is_unknown(
    connection: Connection, httpx_mock: HTTPXMock, body: dict[str, object]
) -> None:
    signed_in(httpx_mock)
    priced(httpx_mock)
    httpx_mock.add_response(method="POST", url=f"{URL}/orders", json=body)
    async with connection:
        with pytest.raises(OutcomeUnknownError) as caught:
            await connection.run("create_order", ORDER, deadline_seconds=5)
    assert caught.value.retry == "after_check"
    sent = [each for each in httpx_mock.get_requests() if each.url.path.endswith("/orders")]
    assert [each.method for each in sent] == ["POST"]


async def test_a_success_without_a_body_is_a_success(connection: Connection, httpx_mock: HTTPXMock) -> None:
    signed_in(httpx_mock)
    httpx_mock.add_response(method="PATCH", url=f"{URL}/customers/1", status_code=204)
    async with connection:
        outcome = await connection.run("update_customer", {"id": "1", "name": "New"})
    assert (outcome.status_code, outcome.result) == (204, None)
