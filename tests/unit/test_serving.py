"""The service behind every serving host: permission, organizations and connections of a key."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx
import pytest

from ingram_micro_cloud.errors import (
    InputError,
    KeyRefusedError,
    OrganizationNotMappedError,
    PermissionRefusedError,
    SignInRefusedError,
    UsageError,
)
from ingram_micro_cloud.hosts.serving.access import Access, local_access
from ingram_micro_cloud.hosts.serving.management import Management
from ingram_micro_cloud.hosts.serving.service import Call, Service
from ingram_micro_cloud.store.configurations import Health
from support.marketplace import Workplace

pytestmark = pytest.mark.anyio
OWNER = local_access(who="ada")
ORGANIZATIONS = [{"id": "org-1", "name": "One"}, {"id": "org-2", "name": "Two"}]


@pytest.fixture
async def service(workplace: Workplace) -> AsyncIterator[Service]:
    book = workplace.integration.book(workplace.state)
    book.save(workplace.configuration(name="main", allow="buy"), Health(True, None, 1, 0.0))
    serving = Service(
        workplace.integration, workplace.state, timing=workplace.timing, transport=workplace.transport, environ={},
        files=workplace.files,
    )  # fmt: skip
    async with serving:
        yield serving


async def mapped(service: Service, workplace: Workplace) -> list[str]:
    """Map both organizations to a customer each, and return the customers' ids."""
    manager = Management(service, OWNER)
    manager.import_organizations(ORGANIZATIONS, "test")
    ids = [str(each["id"]) for each in workplace.marketplace.control.state("customers")[:2]]
    for organization, customer in zip(("org-1", "org-2"), ids, strict=True):
        await manager.map_organization(None, organization, customer)
    return ids


async def test_two_calls_of_one_key_share_a_connection_and_a_sign_in(service: Service, workplace: Workplace) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(service.run, OWNER, "list_customers", {}, Call())
    assert workplace.marketplace.control.calls()["tokens"] == 1
    async with service.connection(OWNER, "main") as first, service.connection(OWNER, "main") as second:
        assert first is second


async def test_a_configuration_that_changes_gets_a_new_connection(service: Service, workplace: Workplace) -> None:
    async with service.connection(OWNER, "main") as before:
        workplace.integration.book(workplace.state).allow("main", "look")
        async with service.connection(OWNER, "main") as after:
            assert after is not before
            with pytest.raises(PermissionRefusedError, match="the configuration 'main' allows only 'look'"):
                await service.run(OWNER, "create_customer", workplace_customer(workplace), Call("main"))
        assert (await before.run("list_customers")).total  # whoever had it goes on


async def test_a_key_may_do_no_more_than_it_was_made_for(service: Service, workplace: Workplace) -> None:
    looking = Access("key looking", "look", None, reseller=True)
    assert {each.effect for each in service.allowed(looking).values()} <= {"read", "path"}
    with pytest.raises(PermissionRefusedError) as caught:
        await service.run(looking, "create_customer", workplace_customer(workplace), Call())
    assert "key looking" in caught.value.message
    assert "im-cloud keys add" in str(caught.value.hint)
    with pytest.raises(PermissionRefusedError):
        await service.run(looking, "generic_request", {"method": "POST", "path": "/orders", "json": {}}, Call())
    assert workplace.marketplace.control.calls()["total"] == 0


async def test_a_key_never_reaches_another_organization(service: Service, workplace: Workplace) -> None:
    await mapped(service, workplace)
    before = workplace.marketplace.control.calls()["total"]
    first = Access("key first", "buy", frozenset({"org-1"}))
    for spec in service.integration.actions.values():
        with pytest.raises(KeyRefusedError):
            await service.run(first, spec.id, {}, Call(organization="org-2"))
        if spec.scope != "catalogue":
            with pytest.raises(KeyRefusedError):
                await service.run(first, spec.id, {}, Call())
    for name in ("customerId", "subscriptionId"):
        with pytest.raises(KeyRefusedError):
            await service.options(first, "list_orders", name, call=Call(organization="org-2"))
    assert workplace.marketplace.control.calls()["total"] == before


async def test_a_key_sees_its_own_organization_only(service: Service, workplace: Workplace) -> None:
    own, _ = await mapped(service, workplace)
    first = Access("key first", "look", frozenset({"org-1"}))
    outcome = await service.run(first, "list_customers", {}, Call(organization="org-1"))
    assert isinstance(outcome.result, list)
    assert [row["id"] for row in outcome.result] == [own]
    options = await service.options(first, "list_orders", "customerId", call=Call(organization="org-1"))
    assert [each.value for each in options] == [own]


async def test_an_organization_without_a_customer_is_refused_before_any_call(
    service: Service, workplace: Workplace
) -> None:
    Management(service, OWNER).import_organizations(ORGANIZATIONS, "test")
    with pytest.raises(OrganizationNotMappedError):
        await service.run(OWNER, "list_subscriptions", {}, Call(organization="org-1"))
    assert workplace.marketplace.control.calls()["total"] == 0


async def test_changes_and_approvals_carry_the_name_of_the_key(service: Service, workplace: Workplace) -> None:
    await mapped(service, workplace)
    named = Access("key console", "buy", None, reseller=True, manage=True)
    manager = Management(service, named)
    manager.mapping(None).clear("org-2", why="not ours")
    assert manager.mapping(None).history("org-2")[0].who == "key console"


async def test_managing_is_refused_to_a_key_that_was_not_made_for_it(service: Service) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        Management(service, Access("key other", "buy", None, reseller=True))
    assert caught.value.specific_code == "manage_required"


async def test_a_filled_form_is_saved_only_when_it_works(service: Service, workplace: Workplace) -> None:
    manager = Management(service, OWNER)
    refused = await manager.save("second", workplace.values(password="wrong-password"))
    assert (refused.saved, refused.report.passing) == (False, False)
    assert manager.configurations.names() == ("main",)
    saved = await manager.save("second", workplace.values())
    assert (saved.saved, saved.report.passing) == (True, True)
    assert (await manager.test("second")).passing
    kept = await manager.save("third", workplace.values(password="wrong-password"), unverified=True)
    assert kept.saved
    assert not kept.report.passing


async def test_a_write_goes_on_when_nobody_waits_for_it_any_more(workplace: Workplace) -> None:
    leaving = anyio.CancelScope()
    reached: list[str] = []

    class Leaving(httpx.AsyncBaseTransport):
        """The caller goes away while the write is under way."""

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST" and request.url.path.endswith("/customers"):
                leaving.cancel()
                await anyio.lowlevel.checkpoint()
            response = await workplace.transport.handle_async_request(request)
            reached.append(f"{request.method} {response.status_code}")
            return response

    configuration = workplace.configuration(name="main", allow="buy")
    workplace.integration.book(workplace.state).save(configuration, Health(True, None, 1, 0.0))
    serving = Service(
        workplace.integration, workplace.state, timing=workplace.timing, transport=Leaving(), environ={},
        files=workplace.files,
    )  # fmt: skip
    outcomes: list[int | None] = []
    async with serving:
        with leaving:
            outcome = await serving.run(OWNER, "create_customer", workplace_customer(workplace), Call())
            outcomes.append(outcome.status_code)
    assert reached[-1].startswith("POST 20")
    assert outcomes in ([200], [201])


def workplace_customer(workplace: Workplace) -> dict[str, object]:
    """The example of create_customer."""
    return dict(workplace.integration.actions["create_customer"].examples[0].input)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../report.csv", "a/b.csv", "a\\b.csv", "", ".", "..", ".bashrc", "-rf", "a\x00.csv", "a\n.csv",
     "C:x", "x" * 200, "report. "],
)  # fmt: skip
async def test_a_file_goes_nowhere_but_to_the_holders_own_folder(
    service: Service, workplace: Workplace, tmp_path: Path, path: str
) -> None:
    given = {"name": "Seats by customer", "startDate": "2026-10-01", "path": path}
    with pytest.raises(InputError) as caught:
        await service.run(OWNER, "download_report", given, Call())
    assert caught.value.fields[0].pointer == "/path"
    assert workplace.marketplace.control.calls()["total"] == 0
    assert not os.listdir(tmp_path)  # noqa: PTH208  # pathlib's way is refused in async tests


async def test_a_link_in_the_holders_folder_leads_nowhere(service: Service, tmp_path: Path) -> None:
    folder = service.grant(OWNER).files
    assert folder is not None
    folder.mkdir(parents=True)
    (folder / "report.csv").symlink_to(tmp_path / "elsewhere.csv")
    given = {"name": "Seats by customer", "startDate": "2026-10-01", "path": "report.csv"}
    with pytest.raises(UsageError, match="is a link"):
        await service.run(OWNER, "download_report", given, Call())


async def test_two_holders_have_two_folders(service: Service) -> None:
    first, second = (service.grant(Access(who)).files for who in ("key first", "key ../second"))
    assert first is not None
    assert second is not None
    assert first != second
    assert first.parent == second.parent


async def test_after_a_refused_sign_in_the_next_call_opens_a_new_connection(
    service: Service, workplace: Workplace
) -> None:
    async with service.connection(OWNER, "main") as before:
        pass
    workplace.marketplace.control.add_fault({"operation": "generateAuthToken", "fault": "status", "status": 401})
    with pytest.raises(SignInRefusedError):
        await service.run(OWNER, "list_customers", {}, Call())
    async with service.connection(OWNER, "main") as after:
        assert after is not before
    assert (await service.run(OWNER, "list_customers", {}, Call())).total


async def test_searching_a_drop_down_reads_its_list_once_in_two_minutes(service: Service, workplace: Workplace) -> None:
    def calls() -> object:
        return workplace.marketplace.control.calls()["total"]

    whole = await service.options(OWNER, "list_orders", "customerId")
    before = calls()
    for letters in ("a", "al", "ald"):
        found = await service.options(OWNER, "list_orders", "customerId", query=letters)
        assert found == tuple(each for each in whole if letters in each.label.casefold())
    assert calls() == before
    workplace.clock.advance(120)
    await service.options(OWNER, "list_orders", "customerId")
    assert calls() != before


async def test_a_drop_down_is_read_again_after_a_change_and_for_everybody_else(
    service: Service, workplace: Workplace
) -> None:
    whole = await service.options(OWNER, "list_orders", "customerId")
    await service.run(OWNER, "create_customer", workplace_customer(workplace), Call())
    assert len(await service.options(OWNER, "list_orders", "customerId")) == len(whole) + 1
    before = workplace.marketplace.control.calls()["total"]
    other = Access("key other", "look", None, reseller=True)
    await service.options(other, "list_orders", "customerId")
    assert workplace.marketplace.control.calls()["total"] != before


async def test_saying_again_what_is_saved_sends_nothing(service: Service, workplace: Workplace) -> None:
    manager = Management(service, OWNER)
    assert (await manager.save("node", workplace.values(), unverified=True)).saved
    before = workplace.marketplace.control.calls()["total"]
    again = await manager.save("node", workplace.values(), unverified=True)
    assert (again.saved, again.report.passing, again.report.steps) == (True, True, ())
    assert workplace.marketplace.control.calls()["total"] == before
    manager.configurations.remove("main")
    assert manager.configurations.load("node").is_default
    assert (await manager.save("node", workplace.values(), unverified=True)).report.steps == ()
    changed = await manager.save("node", workplace.values(allow="look"), unverified=True)
    assert changed.report.steps
    assert manager.configurations.load("node").allow == "look"
