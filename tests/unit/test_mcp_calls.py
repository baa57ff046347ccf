"""Calling tools: whom a call acts for, what comes back, how errors are told, and what cancelling does."""

import json
import logging
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from ingram_micro_cloud.errors import error_classes
from ingram_micro_cloud.hosts.mcp.results import answer, failure
from ingram_micro_cloud.hosts.mcp.server import make_server
from ingram_micro_cloud.ordering.journal.entries import journal_entries
from ingram_micro_cloud.runtime.outcomes import Outcome
from ingram_micro_cloud.sandbox.access import Credentials
from ingram_micro_cloud.sandbox.engine import Marketplace
from support.marketplace import Workplace
from support.mcp_tools import access, assistant, saved, serving
from support.organizations import OURS, Tenancy, settle

pytestmark = pytest.mark.anyio
CANARY, CANARY_KEY = "Canary-password-1", "canary-subscription-key-0123456789"
PERSON = {
    "type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example", "phoneNumber": "1##3125550142#",
}  # fmt: skip
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}
CUSTOMER = {"name": "Alder LLC", "language": "en_US", "address": ADDRESS, "contactPersons": [PERSON]}


@pytest.fixture
def office(workplace: Workplace) -> Workplace:
    saved(workplace)
    return workplace


@pytest.fixture
def tenancy(workplace: Workplace) -> Tenancy:
    saved(workplace, "practice")
    return settle(workplace)


def calls(workplace: Workplace) -> int:
    total = workplace.marketplace.control.calls()["total"]
    assert isinstance(total, int)
    return total


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_a_list_comes_back_whole_as_object_and_as_text(office: Workplace, mode: str) -> None:
    async with assistant(office, access(), mode=mode) as somebody:
        result = await somebody.result("list_customers")
        told = result.structured_content
        assert len(told["result"]) == told["total"] == 25
        assert told["complete"] is True
        assert told["calls"] >= 1
        assert told["warnings"] == []
        assert result.content[0].type == "text"
        assert json.loads(result.content[0].text) == told
        part = await somebody.call("list_customers", limit=3)
        assert (len(part["result"]), part["complete"]) == (3, False)


async def test_every_read_that_needs_nothing_answers_by_its_schema(office: Workplace) -> None:
    asked = [
        name
        for name, spec in office.integration.actions.items()
        if spec.effect == "read" and not spec.input.get("required")
    ]
    assert len(asked) > 8
    async with assistant(office, access()) as somebody:
        for name in asked:
            await somebody.call(name)


async def test_the_examples_that_read_answer_by_their_schemas(office: Workplace) -> None:
    rows = office.marketplace.control.state
    subscription = rows("subscriptions")[0]
    known: dict[str, dict[str, Any]] = {
        "get_customer": {"id": rows("customers")[0]["id"]},
        "get_order": {"id": rows("orders")[0]["id"]},
        "get_subscription": {"id": subscription["id"]},
        "list_orders": {"customerId": subscription["customerId"]},
        "generic_request": {"path": "/plans", "query": {"limit": 1}},
        "follow_order": {"id": rows("orders")[0]["id"], "seconds": 0},
    }
    async with assistant(office, access()) as somebody:
        for tool, arguments in known.items():
            assert (await somebody.call(tool, **arguments))["result"] is not None


async def test_a_write_changes_things_and_a_dry_run_does_not(office: Workplace) -> None:
    async with assistant(office, access("edit")) as somebody:
        rehearsed = await somebody.call("create_customer", **CUSTOMER, dry_run=True)
        assert rehearsed["dry_run"] is True
        assert rehearsed["result"] is None
        assert rehearsed["request"]["path"] == "/customers"
        assert len(office.marketplace.control.state("customers")) == 25
        made = await somebody.call("create_customer", **CUSTOMER)
        assert made["result"]["name"] == "Alder LLC"
        assert "dry_run" not in made
        assert len(office.marketplace.control.state("customers")) == 26


async def test_an_organization_sees_its_own_customer_only(tenancy: Tenancy) -> None:
    whom = access("buy", organizations=(OURS,), reseller=False)
    async with assistant(tenancy.workplace, whom) as somebody:
        own = await somebody.call("list_customers", organization=OURS)
        assert [row["id"] for row in own["result"]] == [tenancy.ours["customer"]]
        error = await somebody.refused("get_customer", organization=OURS, id=tenancy.theirs["customer"])
        assert error["code"] in ("guard_refused", "not_found")
        assert (await somebody.call("list_products", limit=1))["result"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"organization": "org-other"}, "organization_refused"),
        ({"organization": ""}, "invalid_input"),
        ({}, "organization_required"),
        ({"organization": None}, "organization_required"),
    ],
)
async def test_another_organization_is_refused_without_a_call(
    tenancy: Tenancy, arguments: dict[str, object], code: str
) -> None:
    whom = access("buy", organizations=(OURS,), reseller=False)
    async with assistant(tenancy.workplace, whom) as somebody:
        for spec in tenancy.workplace.integration.actions.values():
            if spec.scope != "catalogue":
                error = await somebody.refused(spec.id, **arguments)
                assert error["code"] == code, spec.id
                assert error["hint"]
    assert calls(tenancy.workplace) == 0


async def test_started_for_nobody_every_refusal_says_how_to_start_it(office: Workplace) -> None:
    async with assistant(office, access(reseller=False)) as somebody:
        error = await somebody.refused("list_customers")
        assert error["code"] == "organization_required"
        assert "im-cloud mcp with --org ID" in error["hint"]
        assert (await somebody.call("list_products", limit=1))["result"]


@pytest.mark.parametrize(
    ("tool", "arguments", "code", "pointer"),
    [
        ("no_such_tool", {}, "unknown_action", None),
        ("list_custmers", {}, "unknown_action", None),
        ("get_customer", {}, "invalid_input", "/id"),
        ("get_customer", {"id": 7.5, "more": 1}, "invalid_input", "/more"),
        ("list_customers", {"limit": "many"}, "invalid_input", "/limit"),
        ("list_customers", {"dry_run": "perhaps"}, "invalid_input", "/dry_run"),
        ("list_customers", {"organization": 7}, "invalid_input", "/organization"),
        ("list_customers", {"configuration": "nowhere"}, "configuration_missing", None),
        ("get_customer", {"id": "../orders"}, "invalid_input", "/id"),
        ("get_customer", {"id": "999999999"}, "not_found", None),
    ],
)
async def test_a_wrong_call_is_an_answer_with_the_error(
    office: Workplace, tool: str, arguments: dict[str, object], code: str, pointer: str | None
) -> None:
    async with assistant(office, access()) as somebody:
        result = await somebody.result(tool, **arguments)
        assert result.is_error
        error = result.structured_content["error"]
        assert error["code"] == code
        if pointer is not None:
            assert pointer in [each["pointer"] for each in error["fields"]]
        text = result.content[0].text if result.content[0].type == "text" else ""
        assert error["message"] in text
        assert error["hint"] is None or error["hint"] in text
        assert "Traceback" not in text
        assert (await somebody.call("list_customers", limit=1))["result"], "the server goes on"


async def test_without_a_configuration_the_tools_are_there_and_say_what_is_missing(workplace: Workplace) -> None:
    async with assistant(workplace, access()) as somebody:
        assert len((await somebody.client.list_tools()).tools) > 20
        error = await somebody.refused("list_customers")
        assert error["code"] == "configuration_missing"
        assert "im-cloud config save" in error["hint"]
        saved(workplace)
        assert (await somebody.call("list_customers", limit=1))["result"], "saved meanwhile, it works"


async def test_of_several_configurations_one_is_named(office: Workplace) -> None:
    saved(office, "second", allow="look")
    async with assistant(office, access("edit")) as somebody:
        listed = {each.name: each for each in (await somebody.client.list_tools()).tools}
        assert listed["list_customers"].input_schema["properties"]["configuration"]["enum"] == ["main", "second"]
        error = await somebody.refused("create_customer", **CUSTOMER, configuration="second")
        assert error["code"] == "permission_refused"
        assert (await somebody.call("create_customer", **CUSTOMER, configuration="main"))["result"]
    async with assistant(office, access("edit", configurations=("second",))) as somebody:
        listed = {each.name: each for each in (await somebody.client.list_tools()).tools}
        assert "create_customer" not in listed
        assert "configuration" not in listed["list_customers"].input_schema["properties"]
        assert (await somebody.refused("list_customers", configuration="main"))["code"] == "configuration_refused"


async def test_what_nobody_foresaw_is_one_error_without_its_words(
    office: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(office) as service:

        async def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError(CANARY)

        service.run = broken  # type: ignore[assignment, method-assign]  # a mistake inside, as it might arise
        async with Client(make_server(service, lambda _: access("edit")), mode="legacy") as client:
            for tool, arguments in (("list_customers", {}), ("create_customer", CUSTOMER)):
                result = await client.call_tool(tool, arguments)
                assert result.is_error
                assert result.structured_content["error"]["code"] == "internal"
                assert CANARY not in str(result)
    assert CANARY not in caplog.text


async def test_signed_addresses_are_masked_also_by_another_path(office: Workplace) -> None:
    row = {"id": "r1", "reportName": "Seats", "downloadUrl": "https://store.example/?sig=CANARY"}
    spec = office.integration.actions

    def outcome(result: object) -> Outcome:
        return Outcome("x", None, result, True, None, 1, 1, (), 200)

    for name, result in (
        ("get_report", row),
        ("list_reports", [row]),
        ("generic_request", {"data": [row]}),
        ("generic_request", row),
    ):
        told = answer(spec[name], outcome(result), spec.values())
        assert "CANARY" not in str(told)
        assert "••••" in str(told)


async def test_half_characters_of_the_vendor_can_be_sent_on(office: Workplace) -> None:
    spec = office.integration.actions["generic_request"]
    outcome = Outcome("x", None, {"name \ud83d": ["Half \ud83d"]}, True, None, 1, 1, (), 200)
    told = answer(spec, outcome, [])
    assert told.structured_content["result"] == {"name ?": ["Half ?"]}
    told.model_dump_json().encode()


async def test_passwords_do_not_go_through_a_model(office: Workplace) -> None:
    person = {**PERSON, "login": "ada.m", "password": CANARY}
    async with assistant(office, access("edit")) as somebody:
        given = {**CUSTOMER, "contactPersons": [person]}
        error = await somebody.refused("create_customer", **given)
        assert "passwords do not go through a model" in error["message"]
        assert CANARY not in json.dumps(error)
        error = await somebody.refused("generic_request", method="POST", path="/customers", json=given)
        assert CANARY not in json.dumps(error)
    assert len(office.marketplace.control.state("customers")) == 25


async def test_no_credential_surfaces(workplace: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    workplace.marketplace = Marketplace(
        seed=7, customers=5, unlimited=True, now=workplace.clock.now,
        credentials=Credentials("ann.api", CANARY, CANARY_KEY, "us"),
    )  # fmt: skip
    saved(workplace)
    written: list[str] = []
    async with assistant(workplace, access("buy")) as somebody:
        written.append(str((await somebody.client.list_tools()).model_dump()))
        resources = (await somebody.client.list_resources()).resources
        written += [str(await somebody.client.read_resource(each.uri)) for each in resources]
        for spec in workplace.integration.actions.values():
            given: list[dict[str, Any]] = [dict(spec.examples[0].input), {"organization": "x"}, {}]
            written += [str(await somebody.result(spec.id, **arguments)) for arguments in given]
    for secret in (CANARY, CANARY_KEY):
        assert not any(secret in each for each in [*written, caplog.text])


async def test_a_long_list_tells_its_pages(workplace: Workplace) -> None:
    workplace.marketplace = Marketplace(seed=7, customers=1200, unlimited=True, now=workplace.clock.now)
    saved(workplace)
    async with assistant(workplace, access()) as somebody:
        await somebody.call("list_customers", max_items=5000)
        assert len(somebody.progress) == 3
        assert somebody.progress[-1] == (1200.0, 1200.0, "1200 of 1200 rows")
        numbers = [number for number, _, _ in somebody.progress]
        assert numbers == sorted(set(numbers))


async def test_states_of_a_followed_order_are_told(office: Workplace) -> None:
    order = office.marketplace.control.state("orders")[0]["id"]
    async with assistant(office, access()) as somebody:
        await somebody.call("follow_order", id=order, seconds=0)
        assert somebody.progress
        assert somebody.progress[0][2]


async def test_waits_for_permits_are_told(workplace: Workplace) -> None:
    saved(workplace, calls_per_minute=4)
    async with assistant(workplace, access()) as somebody:
        for _ in range(6):
            await somebody.call("list_products", limit=1)
        assert any("Waiting" in str(message) for _, _, message in somebody.progress)


class Slow:
    """A vendor that takes its time over one operation, until it is let go on."""

    def __init__(self, workplace: Workplace, method: str) -> None:
        inner, self.reached, self.go_on, self.answered = (
            workplace.transport,
            anyio.Event(),
            anyio.Event(),
            anyio.Event(),
        )
        slow = self

        class Transport(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                if request.method != method or request.url.path.endswith("/token"):
                    return await inner.handle_async_request(request)
                slow.reached.set()
                await slow.go_on.wait()
                answer = await inner.handle_async_request(request)
                slow.answered.set()
                return answer

        workplace.wrap = lambda _: Transport()


async def test_a_cancelled_read_ends(office: Workplace) -> None:
    slow = Slow(office, "GET")
    async with assistant(office, access()) as somebody, anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: somebody.result("list_customers"))
        with anyio.fail_after(5):
            await slow.reached.wait()
        tasks.cancel_scope.cancel()
    assert not slow.answered.is_set()


@pytest.mark.parametrize("ending", ["cancelled", "disconnected"])
async def test_a_write_in_flight_is_finished_whoever_goes(office: Workplace, ending: str) -> None:
    slow = Slow(office, "POST")

    async def let_go() -> None:
        for _ in range(100):  # until the server has seen that nobody waits any more
            await anyio.lowlevel.checkpoint()
        slow.go_on.set()

    with anyio.fail_after(10):
        async with anyio.create_task_group() as around, assistant(office, access("edit")) as somebody:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(lambda: somebody.result("create_customer", **CUSTOMER))
                await slow.reached.wait()
                tasks.cancel_scope.cancel()
            around.start_soon(let_go)
            if ending == "cancelled":
                await slow.answered.wait()
                assert (await somebody.call("list_customers"))["total"] == 26
    assert slow.answered.is_set()
    assert len(office.marketplace.control.state("customers")) == 26


async def test_an_order_in_flight_ends_in_the_journal(office: Workplace) -> None:
    customer = next(row["id"] for row in office.marketplace.control.state("customers") if row["status"] == "active")
    order = {"type": "sales", "customerId": customer, "products": [{"mpn": "HMP-STD-M", "quantity": 2}]}
    async with assistant(office, access("buy")) as somebody:
        preview = (await somebody.call("create_order", **order))["result"]["preview_id"]
    slow = Slow(office, "POST")
    slow.go_on.set()  # the estimate passes, and the order is caught below
    async with assistant(office, access("buy")) as somebody, anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: somebody.result("submit_order", preview_id=preview))
        with anyio.fail_after(5):
            await slow.reached.wait()
        tasks.cancel_scope.cancel()
    office_of = office.integration.office(office.configuration(name="main"), office.state, timing=office.timing)
    (entry,) = [
        each
        for each in journal_entries(office.state, office_of.acting(None), now=office.clock.now)
        if each.preview_id == preview
    ]
    assert entry.state in ("submitted", "completed")
    async with assistant(office, access("buy")) as somebody:
        again = await somebody.refused("submit_order", preview_id=preview)
        assert again["code"] == "preview_used"


async def test_resources_are_the_reference(office: Workplace) -> None:
    async with assistant(office, access()) as somebody:
        listed = {str(each.uri) for each in (await somebody.client.list_resources()).resources}
        allowed = {name for name, spec in office.integration.actions.items() if spec.effect in ("read", "path")}
        assert {"im-cloud://actions", "im-cloud://errors", "im-cloud://buying"} <= listed
        assert {f"im-cloud://actions/{name}" for name in allowed} < listed
        templates = (await somebody.client.list_resource_templates()).resource_templates
        assert [each.uri_template for each in templates] == ["im-cloud://actions/{id}"]

        async def text(uri: str) -> str:
            found = (await somebody.client.read_resource(uri)).contents[0]
            return str(getattr(found, "text", ""))

        assert "`list_customers`" in await text("im-cloud://actions")
        assert "create_order" not in await text("im-cloud://actions")
        page = await text("im-cloud://actions/get_customer")
        assert page.index("## Get Customer") < page.index("**Inputs**") < page.index("**Example**")
        assert "100 rows unless `max_items`" not in page
        assert "100 rows unless `max_items`" in await text("im-cloud://actions/list_customers")
        assert "outcome_unknown" in await text("im-cloud://errors")
        assert "im-cloud order approve" in await text("im-cloud://buying")
        for wrong in ("im-cloud://actions/create_order", "im-cloud://nothing", "file:///etc/passwd"):
            with pytest.raises(MCPError, match="no such resource"):
                await text(wrong)


def test_every_error_is_told_with_its_message_and_hint() -> None:
    for kind in error_classes():
        told = failure(kind("What happened.", hint="What to do."))
        assert told.is_error
        assert told.structured_content["error"]["code"] == kind.code
        assert [each.text for each in told.content if each.type == "text"] == ["What happened.\nWhat to do."]


async def test_the_server_says_what_it_is(office: Workplace) -> None:
    async with assistant(office, access()) as somebody:
        found: Any = somebody.client
        assert found.server_info.name == "im-cloud"
        assert found.server_info.version == office.integration.version
        assert "preview" in found.instructions
        assert found.server_capabilities.prompts is None
