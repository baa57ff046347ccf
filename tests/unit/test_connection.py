"""Running actions: outcomes, streaming, dry runs, deadlines, what is refused before anything is sent."""

import logging
from typing import TYPE_CHECKING

import httpx
import pytest

from ingram_micro_cloud.errors import (
    CallBudgetError,
    DeadlineError,
    GuardRefusedError,
    InputError,
    OrganizationNotMappedError,
    PermissionRefusedError,
    RejectedError,
    UnknownActionError,
    UsageError,
)
from ingram_micro_cloud.redaction import MASK
from support.marketplace import Workplace

if TYPE_CHECKING:
    from ingram_micro_cloud.runtime.outcomes import Page

pytestmark = pytest.mark.anyio
SECRET = "Canary-contact-5"
CONTACT = {
    "type": "admin",
    "firstName": "Ada",
    "lastName": "M",
    "email": "a@b.example",
    "phoneNumber": "1##3125550142#",
}
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}
CUSTOMER = {
    "name": "Acme",
    "language": "en_US",
    "address": ADDRESS,
    "contactPersons": [{**CONTACT, "login": "ada.moreau", "password": SECRET}],
}


async def test_a_list_is_merged_and_counts_what_it_cost(workplace: Workplace) -> None:
    async with workplace.connect() as connection:
        outcome = await connection.run("list_customers")
    assert isinstance(outcome.result, list)
    assert (len(outcome.result), outcome.total, outcome.complete) == (25, 25, True)
    assert (outcome.calls, outcome.pages, outcome.status_code) == (2, 1, 200)
    assert len(outcome.request_ids) == 2
    assert set(outcome.as_json()) == {
        "action", "organization", "result", "complete", "total", "calls", "pages", "request_ids", "status_code",
        "dry_run", "warnings",
    }  # fmt: skip


async def test_pages_stream_one_by_one(workplace: Workplace) -> None:
    async with workplace.connect() as connection:
        pages = [page async for page in connection.pages("list_customers", {"max_items": 20})]
        assert [page.received for page in pages] == [20]
        assert not pages[-1].complete
        with pytest.raises(UsageError, match="not a list"):
            await anext(connection.pages("get_customer", {"id": "1"}))


async def test_a_stream_that_is_left_early_asks_for_no_more(workplace: Workplace) -> None:
    workplace.marketplace = type(workplace.marketplace)(seed=7, customers=1200, unlimited=True, now=workplace.clock.now)
    async with workplace.connect() as connection:
        stream = connection.pages("list_customers")
        async for page in stream:
            assert len(page.rows) == 500
            break
        await stream.aclose()
        assert workplace.marketplace.control.calls()["total"] == 2


async def test_on_page_is_told_as_pages_come(workplace: Workplace) -> None:
    told: list[Page] = []
    async with workplace.connect() as connection:
        await connection.run("list_customers", on_page=told.append)
    assert [(page.received, page.total) for page in told] == [(25, 25)]


async def test_a_dry_run_sends_nothing_and_masks_secrets(workplace: Workplace) -> None:
    async with workplace.connect() as connection:
        outcome = await connection.run("create_customer", CUSTOMER, dry_run=True)
    assert workplace.marketplace.control.calls()["total"] == 0
    assert (outcome.dry_run, outcome.result, outcome.status_code, outcome.calls) == (True, None, None, 0)
    assert outcome.request is not None
    assert (outcome.request["method"], outcome.request["path"]) == ("POST", "/customers")
    assert SECRET not in str(outcome.as_json())
    assert MASK in str(outcome.as_json())


async def test_a_dry_run_is_refused_as_the_run_would_be(workplace: Workplace) -> None:
    async with workplace.connect(allow="look") as connection:
        with pytest.raises(PermissionRefusedError):
            await connection.run("create_customer", CUSTOMER, dry_run=True)


async def test_what_the_vendor_quotes_of_a_secret_is_masked(workplace: Workplace) -> None:
    class Quoting(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/token"):
                return httpx.Response(200, json={"token": "canary-token-value", "expiresInSeconds": 1500})
            said = f"{SECRET} {request.headers['Authorization']} {request.headers['X-Subscription-Key']}"
            return httpx.Response(400, json={"status": 400, "message": said})

    workplace.wrap = lambda _: Quoting()
    async with workplace.connect() as connection:
        with pytest.raises(RejectedError) as caught:
            await connection.run("create_customer", {"json_body": CUSTOMER})
    told = str(caught.value.as_json())
    assert SECRET not in told
    assert "canary-token-value" not in told
    assert workplace.marketplace.credentials.subscription_key not in told
    assert MASK in told


@pytest.mark.parametrize(
    ("action", "inputs", "kind"),
    [
        ("nonsense", {}, UnknownActionError),
        ("list_customers", {"nmae": "x"}, InputError),
        ("create_order", {}, InputError),
    ],
)
async def test_a_wrong_call_costs_nothing(
    workplace: Workplace, action: str, inputs: dict[str, object], kind: type[Exception]
) -> None:
    async with workplace.connect(allow="buy") as connection:
        with pytest.raises(kind):
            await connection.run(action, inputs)
    assert workplace.marketplace.control.calls()["total"] == 0


async def test_switching_auto_renewal_on_counts_as_buying(workplace: Workplace) -> None:
    async with workplace.connect() as connection:
        held = await connection.run("list_subscriptions", {"status": "active", "limit": 1})
        assert isinstance(held.result, list)
        key = held.result[0]["id"]
        with pytest.raises(PermissionRefusedError):
            await connection.run("update_subscription", {"id": key, "renewalStatus": True})
        assert (await connection.run("update_subscription", {"id": key, "renewalStatus": False})).status_code == 200


@pytest.mark.parametrize(
    ("action", "inputs", "kind"),
    [
        ("list_customers", {}, OrganizationNotMappedError),
        ("create_order", {}, OrganizationNotMappedError),
        ("list_resellers", {}, GuardRefusedError),
        ("create_customer", CUSTOMER, GuardRefusedError),
        ("generic_request", {"path": "/orders/7"}, OrganizationNotMappedError),
        ("generic_request", {"path": "/customers"}, OrganizationNotMappedError),
        ("generic_request", {"path": "/anything"}, GuardRefusedError),
    ],
)
async def test_an_organization_nobody_knows_may_do_nothing(
    workplace: Workplace, action: str, inputs: dict[str, object], kind: type[Exception]
) -> None:
    async with workplace.connect(allow="buy") as connection:
        with pytest.raises(kind, match="Nothing was sent"):
            await connection.run(action, inputs, organization="org-7")
        assert workplace.marketplace.control.calls()["total"] == 0
        outcome = await connection.run("list_products", organization="org-7")
    assert outcome.organization == "org-7", "the catalogue is free"


async def test_a_deadline_bounds_the_waits_as_well(workplace: Workplace) -> None:
    async with workplace.connect(calls_per_minute=3) as connection:
        await connection.run("list_products", {"limit": 1})
        with pytest.raises(CallBudgetError) as caught:
            await connection.run("list_products", {"limit": 1}, deadline_seconds=10)
        assert caught.value.retry_after is not None
        workplace.clock.advance(caught.value.retry_after)
        assert (await connection.run("list_products", {"limit": 1}, deadline_seconds=10)).calls == 1


async def test_a_deadline_cuts_a_slow_answer(workplace: Workplace) -> None:
    workplace.marketplace.control.add_fault({"operation": "getCatalog", "fault": "delay", "times": 9, "seconds": 50})
    async with workplace.connect() as connection:
        began = workplace.clock.now()
        with pytest.raises(Exception, match=r"in time|deadline"):
            await connection.run("list_products", deadline_seconds=20)
        assert workplace.clock.now() - began <= 21


async def test_a_deadline_that_has_passed_sends_nothing(workplace: Workplace) -> None:
    async with workplace.connect() as connection:
        with pytest.raises(DeadlineError):
            await connection.run("list_products", deadline_seconds=0)
    assert workplace.marketplace.control.calls()["total"] == 0


async def test_a_used_up_quota_is_remembered_for_this_key(workplace: Workplace) -> None:
    control = workplace.marketplace.control
    quota = httpx.Response(403, json={"statusCode": 403, "message": "Quota used up. Replenished in 00:10:00."})

    class Out(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self.inner, self.left = inner, 1

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/products") and self.left:
                self.left -= 1
                return httpx.Response(403, json=quota.json(), request=request)
            return await self.inner.handle_async_request(request)

    workplace.wrap = Out
    async with workplace.connect() as connection:
        with pytest.raises(Exception, match="quota"):
            await connection.run("list_products")
        arrived = control.calls()["total"]
        with pytest.raises(CallBudgetError, match="600 seconds"):
            await connection.run("list_products", deadline_seconds=60)
        assert control.calls()["total"] == arrived, "nothing is sent while the quota is known to be used up"
        workplace.clock.advance(601)
        assert (await connection.run("list_products")).complete


async def test_an_answer_that_is_not_as_declared_is_kept_with_a_warning(workplace: Workplace) -> None:
    class Odd(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self.inner = inner

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/customers"):
                return await self.inner.handle_async_request(request)
            rows = [{"id": number, "name": ["x"], "status": "brand-new"} for number in range(30)]
            return httpx.Response(200, json={"data": rows, "pagination": {"total": 30}})

    workplace.wrap = Odd
    async with workplace.connect() as connection:
        outcome = await connection.run("list_customers")
    assert isinstance(outcome.result, list)
    assert len(outcome.result) == 30
    assert {(each.pointer, each.count) for each in outcome.warnings} == {("/*/id", 30), ("/*/name", 30)}
    assert "x" not in str(outcome.warnings[0].message.split("/")[0])


async def test_logs_tell_the_action_and_never_a_body(workplace: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with workplace.connect() as connection:
        await connection.run("create_customer", CUSTOMER)
        with pytest.raises(RejectedError):
            await connection.run("generic_request", {"path": "/orders", "query": {"status": "no such state"}})
    assert "create_customer done" in caplog.text
    for secret in (SECRET, workplace.marketplace.credentials.password, "Bearer", "Ada"):
        assert secret not in caplog.text
