"""The customer guard: every way across the border that we could think of, and each is closed."""

from typing import Any

import pytest

from ingram_micro_cloud import load_integration
from ingram_micro_cloud.errors import (
    EgressRefusedError,
    GuardRefusedError,
    IngramMicroCloudError,
    OrganizationNotMappedError,
    PermissionRefusedError,
    UsageError,
)
from ingram_micro_cloud.organizations.models import Suggestion
from ingram_micro_cloud.organizations.ports import Binding
from ingram_micro_cloud.runtime import guard
from support import organizations
from support.marketplace import Workplace
from support.organizations import CODES, OURS, Careless, Lying, OneMapping, Tenancy, rows_of

pytestmark = pytest.mark.anyio
CUSTOMER_ACTIONS = sorted(n for n, s in load_integration().actions.items() if s.scope == "customer" and not s.handler)
RESELLER_ACTIONS = sorted(n for n, s in load_integration().actions.items() if s.scope == "reseller")
LINE = {"mpn": "{our_mpn}", "quantity": 3}
ORDER = {"type": "change", "products": [LINE]}
ALIGNED = {"alignExpirationDate": {"subscriptionId": "{their_subscription}"}}
PRICED = {"products": [{"mpn": "{their_mpn}", "unitPrice": {"currency": "USD", "amount": "1"}}]}
THEIR_LINE = {"mpn": "{our_mpn}", "subscriptionId": "{their_subscription}"}
OUR_ORDER = {**ORDER, "customerId": "{our_customer}"}
PARENT = {"id": "{our_customer}", "parent": {"customerId": "{their_customer}"}}
THEIR_INNER = {**LINE, "subscription": {"id": "{their_subscription}"}}
THEIR_SNAKE = {**LINE, "subscription_id": "{their_subscription}"}
ODDLY_SPELT = {"type": "change", "products": [{**LINE, "subscriptionID": "{their_subscription}"}]}


@pytest.fixture
def tenancy(undocumented: Workplace) -> Tenancy:
    return organizations.settle(undocumented)


async def refusal(tenancy: Tenancy, action: str, inputs: object, organization: str = OURS) -> IngramMicroCloudError:
    """Run what must be refused, check that nothing but reads was sent and that no owner is named, give the error."""
    async with tenancy.workplace.connect(allow="buy") as connection:
        with pytest.raises(IngramMicroCloudError) as caught:
            await connection.run(action, tenancy.filled(inputs), organization=organization)
    assert tenancy.written() == {}
    owner = tenancy.theirs["customer"]
    assert owner in str(tenancy.filled(inputs)) or owner not in str(caught.value.as_json()), "whose it is stays untold"
    return caught.value


# --- Organizations that have no customer ---------------------------------------------------------------------------


@pytest.mark.parametrize("organization", CODES)
@pytest.mark.parametrize("action", CUSTOMER_ACTIONS)
async def test_nothing_is_sent_for_an_organization_without_a_customer(
    tenancy: Tenancy, action: str, organization: str
) -> None:
    problem = await refusal(tenancy, action, {}, organization)
    assert isinstance(problem, OrganizationNotMappedError)
    assert (problem.specific_code, problem.exit_status) == (CODES[organization], 4)
    assert problem.message.startswith("Nothing was sent.")
    assert "im-cloud" in str(problem.hint)
    assert tenancy.sent() == {}


@pytest.mark.parametrize("organization", CODES)
async def test_nor_by_a_generic_request(tenancy: Tenancy, organization: str) -> None:
    problem = await refusal(tenancy, "generic_request", {"path": "/subscriptions"}, organization)
    assert isinstance(problem, OrganizationNotMappedError)
    assert tenancy.sent() == {}


@pytest.mark.parametrize("action", RESELLER_ACTIONS)
async def test_what_acts_for_the_reseller_is_refused(tenancy: Tenancy, action: str) -> None:
    problem = await refusal(tenancy, action, {})
    assert (type(problem), problem.exit_status) == (GuardRefusedError, 6)
    assert tenancy.sent() == {}


@pytest.mark.parametrize("organization", [OURS, *CODES])
async def test_the_catalogue_is_free(tenancy: Tenancy, organization: str) -> None:
    async with tenancy.workplace.connect() as connection:
        assert (await connection.run("list_products", organization=organization)).complete
        assert (await connection.run("generic_request", {"path": "/plans"}, organization=organization)).result


# --- Somebody else's ids in each input ------------------------------------------------------------------------------

FOREIGN: list[tuple[str, dict[str, Any]]] = [
    ("get_customer", {"id": "{their_customer}"}),
    ("update_customer", {"id": "{their_customer}", "name": "Mine now"}),
    ("list_subscriptions", {"customerId": "{their_customer}"}),
    ("list_orders", {"customerId": "{their_customer}"}),
    ("create_order", {**ORDER, "customerId": "{their_customer}", "subscriptionId": "{our_subscription}"}),
    ("create_order", {**ORDER, "subscriptionId": "{their_subscription}"}),
    ("create_order", {**ORDER, "targetSubscriptionId": "{their_subscription}"}),
    ("create_order", {"type": "change", "products": [{**LINE, "subscriptionId": "{their_subscription}"}]}),
    ("create_order", {"type": "change", "products": [LINE, {**LINE, "subscriptionId": "{their_subscription}"}]}),
    ("create_order", {"type": "change", "products": [{**LINE, "targetSubscriptionId": "{their_subscription}"}]}),
    ("create_order", {"type": "sales", "products": [LINE], **ALIGNED}),
    ("create_order", {"type": "cancellation", "subscriptionId": "{their_subscription}"}),
    ("create_order", {"type": "renewal", "subscriptionId": "{their_subscription}"}),
    ("create_order", {"type": "cancellation", "subscriptionId": "4999999"}),
    ("estimate_order_price", {**ORDER, "customerId": "{their_customer}"}),
    ("estimate_order_price", {**ORDER, "subscriptionId": "{their_subscription}"}),
    ("estimate_order_price", {"type": "change", "products": [{**LINE, "subscriptionId": "{their_subscription}"}]}),
    (
        "validate_product_activation_parameters",
        {"customerId": "{their_customer}", "products": [{"mpn": "{our_mpn}", "parameters": []}]},
    ),
    ("get_order", {"id": "{their_order}"}),
    ("update_order", {"id": "{their_order}", "statusCode": "CL"}),
    ("get_subscription", {"id": "{their_subscription}"}),
    ("update_subscription", {"id": "{their_subscription}", "renewalStatus": False}),
    ("update_subscription", {"id": "4999999", "renewalStatus": False}),
    ("update_subscription_details", {"id": "{their_subscription}", "attributes": {"a": "b"}}),
    ("update_subscription_pricing", {"id": "{their_subscription}", **PRICED}),
    ("get_customer", {"id": " {our_customer}"}),
    ("get_customer", {"id": "0{our_customer}"}),
    ("list_subscriptions", {"customerId": "{our_customer},{their_customer}"}),
]  # fmt: skip


@pytest.mark.parametrize(("action", "inputs"), FOREIGN)
async def test_somebody_elses_id_is_refused(tenancy: Tenancy, action: str, inputs: dict[str, Any]) -> None:
    problem = await refusal(tenancy, action, inputs)
    assert (type(problem), problem.exit_status) == (GuardRefusedError, 6)
    assert tenancy.workplace.marketplace.control.state("orders") is not None


async def test_an_id_that_would_leave_its_place_is_a_wrong_input(tenancy: Tenancy) -> None:
    problem = await refusal(tenancy, "get_customer", {"id": "{our_customer}/../{their_customer}"})
    assert problem.exit_status in (2, 6)
    assert tenancy.sent() == {}


GROUPED: list[tuple[str, dict[str, Any]]] = [
    ("get_customer", {"path_params": {"id": "{their_customer}"}}),
    ("update_customer", {"path_params": {"id": "{their_customer}"}, "json_body": {"name": "Mine now"}}),
    ("list_subscriptions", {"query_params": {"customerId": "{their_customer}"}}),
    ("list_orders", {"query_params": {"customerId": "{their_customer}"}}),
    ("create_order", {"json_body": {**ORDER, "customerId": "{their_customer}"}}),
    ("create_order", {"json_body": {**ORDER, "subscriptionId": "{their_subscription}"}}),
    ("update_subscription", {"path_params": {"id": "{their_subscription}"}, "json_body": {"renewalStatus": False}}),
    ("update_order", {"path_params": {"id": "{their_order}"}, "json_body": {"statusCode": "CL"}}),
]


@pytest.mark.parametrize(("action", "inputs"), GROUPED)
async def test_nor_in_the_groups_of_the_platform(tenancy: Tenancy, action: str, inputs: dict[str, Any]) -> None:
    assert isinstance(await refusal(tenancy, action, inputs), GuardRefusedError)


# --- The generic request --------------------------------------------------------------------------------------------

GENERIC: list[dict[str, Any]] = [
    {"path": "/customers/{their_customer}"},
    {"path": "/customers/{their_customer}/"},
    {"path": "/CUSTOMERS/{their_customer}"},
    {"path": "/customers/%32{their_customer}"},
    {"path": "/customers/{our_customer}%20"},
    {"path": "/customers/{our_customer};{their_customer}"},
    {"method": "PATCH", "path": "/customers/{their_customer}", "json": {"name": "Mine now"}},
    {"method": "PATCH", "path": "/customers/{our_customer}", "json": {"id": "{their_customer}", "name": "Mine now"}},
    {"path": "/subscriptions/{their_subscription}"},
    {"method": "PATCH", "path": "/subscriptions/{their_subscription}", "json": {"renewalStatus": False}},
    {"method": "POST", "path": "/subscriptions/{their_subscription}/specialPricing", "json": {"products": []}},
    {"path": "/orders/{their_order}"},
    {"method": "PATCH", "path": "/orders/{their_order}", "json": {"statusCode": "CL"}},
    {"path": "/subscriptions", "query": {"customerId": "{their_customer}"}},
    {"path": "/subscriptions?customerId={their_customer}"},
    {"path": "/subscriptions?customerId={our_customer}&customerId={their_customer}"},
    {"path": "/subscriptions", "query": {"customerId": ["{our_customer}", "{their_customer}"]}},
    {"path": "/subscriptions", "query": {"customerID": "{their_customer}"}},
    {"path": "/subscriptions", "query": {"nonsense": "1"}},
    {"path": "/subscriptions", "query": {"customerId": ""}},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "customerId": "{their_customer}"}},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "CustomerID": "{their_customer}"}},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "subscriptionId": "{their_subscription}"}},
    {"method": "POST", "path": "/orders", "json": ODDLY_SPELT},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "attributes": {"customerId": "{their_customer}"}}},
    {"method": "POST", "path": "/orders", "json": [{**ORDER, "customerId": "{their_customer}"}]},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "extra": {"customerId": "{their_customer}"}}},
    {"method": "POST", "path": "/orders", "body": '{"customerId": "{our_customer}", "customerId": "{their_customer}"}'},
    {"method": "POST", "path": "/orders", "body": "customerId={their_customer}", "content_type": "text/plain"},
    {"method": "POST", "path": "/orders/estimate", "json": {**ORDER, "customerId": "{their_customer}"}},
    {"method": "POST", "path": "/orders", "query": {"customerId": "{their_customer}"}, "json": {"type": "sales"}},
    {"method": "POST", "path": "/validation/parameters", "json": {"customerId": "{their_customer}", "products": []}},
    {"method": "POST", "path": "/customers", "json": {"name": "A new one"}},
    {"path": "/subscriptions?customerId={their_customer}", "json": {"customerId": "{our_customer}"}},
    {"path": "/subscriptions", "json": {"customerId": "{our_customer}"}},
    {"method": "POST", "path": "/orders?customerId={their_customer}", "json": OUR_ORDER},
    {"method": "POST", "path": "/orders?subscriptionId={their_subscription}", "json": ORDER},
    {"method": "POST", "path": "/orders/estimate?customerId={their_customer}", "json": ORDER},
    {"method": "POST", "path": "/validation/parameters", "json": {"products": [{"parameters": [], **THEIR_LINE}]}},
    {"method": "PATCH", "path": "/subscriptions/{our_subscription}", "json": {"products": [THEIR_LINE]}},
    {"method": "POST", "path": "/subscriptions/{our_subscription}/specialPricing", "json": {"products": [THEIR_LINE]}},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "customer": {"id": "{their_customer}"}}},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "products": [THEIR_INNER]}},
    {"method": "POST", "path": "/orders", "json": {**ORDER, "products": [THEIR_SNAKE]}},
    {"method": "POST", "path": "/orders", "json": ORDER, "headers": {"Content-Type": "text/json"}},
    {"path": "/products?customerId={their_customer}"},
    {"path": "/plans", "json": {"customerId": "{their_customer}"}},
    {"path": "/resellers"},
    {"path": "/resellers/1100001/customers"},
    {"path": "/reports"},
    {"path": "/anything"},
    {"method": "DELETE", "path": "/customers/{our_customer}"},
    {"method": "PUT", "path": "/subscriptions/{our_subscription}", "json": {}},
]  # fmt: skip


@pytest.mark.parametrize("inputs", GENERIC, ids=lambda each: f"{each.get('method', 'GET')} {each['path']}"[:60])
async def test_a_generic_request_cannot_cross_either(tenancy: Tenancy, inputs: dict[str, Any]) -> None:
    problem = await refusal(tenancy, "generic_request", inputs)
    assert isinstance(problem, GuardRefusedError | EgressRefusedError)
    assert problem.exit_status == 6


async def test_a_generic_request_is_filled_with_the_organizations_customer(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect(allow="buy") as connection:
        listed = await connection.run(
            "generic_request", {"path": "/subscriptions", "paginate": True}, organization=OURS
        )
        assert {row["customerId"] for row in rows_of(listed.result)} == {tenancy.ours["customer"]}
        one = await connection.run("generic_request", {"path": "/subscriptions"}, organization=OURS)
        assert isinstance(one.result, dict)
        assert {row["customerId"] for row in one.result["data"]} == {tenancy.ours["customer"]}
        body = tenancy.filled({"type": "change", "subscriptionId": "{our_subscription}", "products": [LINE]})
        request = {"method": "POST", "path": "/orders", "json": body}
        rehearsed = await connection.run("generic_request", request, organization=OURS, dry_run=True)
    assert rehearsed.request is not None
    assert rehearsed.request["json"]["customerId"] == tenancy.ours["customer"]  # type: ignore[index]
    assert tenancy.written() == {}


async def test_the_list_of_all_customers_holds_only_the_organizations(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        whole = await connection.run("generic_request", {"path": "/customers", "paginate": True}, organization=OURS)
        page = await connection.run("generic_request", {"path": "/customers?limit=100"}, organization=OURS)
    assert [row["id"] for row in rows_of(whole.result)] == [tenancy.ours["customer"]]
    assert isinstance(page.result, dict)
    assert [row["id"] for row in page.result["data"]] == [tenancy.ours["customer"]]
    assert page.result["pagination"]["total"] == 1


# --- What comes back ------------------------------------------------------------------------------------------------


async def test_lists_hold_only_what_is_the_organizations(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        for action in ("list_subscriptions", "list_orders"):
            outcome = await connection.run(action, organization=OURS)
            assert {row["customerId"] for row in rows_of(outcome.result)} == {tenancy.ours["customer"]}
            assert (outcome.complete, outcome.warnings, outcome.organization) == (True, (), OURS)


async def test_listing_customers_reads_the_mapped_one_by_its_id(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        outcome = await connection.run("list_customers", organization=OURS)
        assert [row["id"] for row in rows_of(outcome.result)] == [tenancy.ours["customer"]]
        assert (outcome.total, outcome.complete) == (1, True)
        assert tenancy.sent() == {"getCustomerById": 1}
        by_name = await connection.run("list_customers", {"name": "no such name"}, organization=OURS)
        assert (by_name.result, by_name.total, by_name.complete) == ([], 0, True)
        cut = await connection.run("list_customers", {"offset": 1}, organization=OURS)
    assert (cut.result, cut.complete) == ([], False)


async def test_streamed_pages_are_guarded_as_well(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        pages = [page async for page in connection.pages("list_orders", organization=OURS)]
        with pytest.raises(GuardRefusedError):
            await anext(connection.pages("list_orders", {"customerId": tenancy.theirs["customer"]}, organization=OURS))
    assert {row["customerId"] for page in pages for row in rows_of(list(page.rows))} == {tenancy.ours["customer"]}


async def test_a_vendor_that_ignores_the_filter_gives_nothing_away(tenancy: Tenancy) -> None:
    tenancy.workplace.wrap = lambda inner: Careless(inner, ignores=("customerId",))
    async with tenancy.workplace.connect() as connection:
        outcome = await connection.run("list_subscriptions", organization=OURS)
        page = await connection.run("generic_request", {"path": "/orders?limit=500"}, organization=OURS)
    assert {row["customerId"] for row in rows_of(outcome.result)} == {tenancy.ours["customer"]}
    (notice,) = outcome.warnings
    assert notice.code == "rows_withheld"
    assert notice.count > 0
    assert isinstance(page.result, dict)
    assert {row["customerId"] for row in page.result["data"]} == {tenancy.ours["customer"]}


@pytest.mark.parametrize(
    ("action", "inputs", "swap"),
    [
        ("get_customer", {}, ("/customers/{our_customer}", "/customers/{their_customer}")),
        (
            "get_subscription", {"id": "{our_subscription}"},
            ("/subscriptions/{our_subscription}", "/subscriptions/{their_subscription}"),
        ),
        ("get_order", {"id": "{our_order}"}, ("/orders/{our_order}", "/orders/{their_order}")),
        (
            "generic_request", {"path": "/orders/{our_order}"},
            ("/orders/{our_order}", "/orders/{their_order}"),
        ),
    ],
)  # fmt: skip
async def test_an_answer_that_is_somebody_elses_is_withheld(
    tenancy: Tenancy, action: str, inputs: dict[str, str], swap: tuple[str, str]
) -> None:
    instead = {tenancy.filled(swap[0]): tenancy.filled(swap[1])}
    tenancy.workplace.wrap = lambda inner: Careless(inner, instead=instead)
    problem = await refusal(tenancy, action, inputs)
    assert isinstance(problem, GuardRefusedError)
    assert "withheld" in problem.message


async def test_a_write_answered_with_somebody_elses_object_keeps_it_back(tenancy: Tenancy) -> None:
    ours, theirs = tenancy.ours["customer"], tenancy.theirs["customer"]
    tenancy.workplace.wrap = lambda inner: Careless(inner, instead={f"/customers/{ours}": f"/customers/{theirs}"})
    async with tenancy.workplace.connect() as connection:
        outcome = await connection.run("update_customer", {"externalId": "x"}, organization=OURS)
    assert outcome.result is None
    assert [notice.code for notice in outcome.warnings] == ["answer_withheld"]


STRANGERS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("get_customer", {}, "/customers/{our_customer}", [{"id": "{their_customer}"}]),
    ("get_customer", {}, "/customers/{our_customer}", {"data": [{"id": "{their_customer}"}]}),
    ("get_customer", {}, "/customers/{our_customer}", {"customer": {"id": "{their_customer}"}}),
    ("get_customer", {}, "/customers/{our_customer}", {"id": {"value": "{their_customer}"}, "name": "x"}),
    ("get_customer", {}, "/customers/{our_customer}", {"id": 2040019.0, "name": "x"}),
    ("get_customer", {}, "/customers/{our_customer}", {"name": "Foreign Ltd"}),
    ("get_customer", {}, "/customers/{our_customer}", PARENT),
    ("generic_request", {"path": "/customers/{our_customer}"}, "/customers/{our_customer}", {"name": "Foreign Ltd"}),
    ("estimate_order_price", {**ORDER, "subscriptionId": "{our_subscription}"}, "/orders/estimate", [{"total": 1}]),
    (
        "estimate_order_price", {**ORDER, "subscriptionId": "{our_subscription}"}, "/orders/estimate",
        {"order": {"customerId": "{their_customer}"}},
    ),
    (
        "validate_product_activation_parameters", {"products": [{"mpn": "{our_mpn}", "parameters": []}]},
        "/validation/parameters", {"data": [], "customerId": "{their_customer}"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("action", "inputs", "path", "answer"), STRANGERS)
async def test_an_answer_that_does_not_say_whose_it_is_is_withheld(
    tenancy: Tenancy, action: str, inputs: dict[str, Any], path: str, answer: object
) -> None:
    told = tenancy.filled(answer)
    tenancy.workplace.wrap = lambda inner: Lying(inner, tenancy.filled(path), told)
    async with tenancy.workplace.connect(allow="buy") as connection:
        with pytest.raises(GuardRefusedError, match="withheld"):
            await connection.run(action, tenancy.filled(inputs), organization=OURS)


async def test_an_owner_read_of_something_else_proves_nothing(tenancy: Tenancy) -> None:
    theirs = tenancy.theirs["subscription"]
    lie = {"id": tenancy.ours["subscription"], "customerId": tenancy.ours["customer"]}
    tenancy.workplace.wrap = lambda inner: Lying(inner, f"/subscriptions/{theirs}", lie)
    async with tenancy.workplace.connect(allow="buy") as connection:
        await connection.run("get_subscription", {"id": theirs}, organization=OURS)
        with pytest.raises(GuardRefusedError):
            await connection.run("update_subscription", {"id": theirs, "renewalStatus": False}, organization=OURS)
    assert tenancy.written() == {}


@pytest.mark.parametrize("action", ["get_order", "get_subscription"])
async def test_what_does_not_exist_looks_like_what_is_somebody_elses(tenancy: Tenancy, action: str) -> None:
    kind = action.removeprefix("get_")
    foreign = await refusal(tenancy, action, {"id": tenancy.theirs[kind]})
    nothing = await refusal(tenancy, action, {"id": "9999999"})
    assert foreign.as_json() == nothing.as_json()


async def test_one_page_of_all_customers_is_the_organizations_wherever_it_stands(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        outcome = await connection.run("generic_request", {"path": "/customers"}, organization=OURS)
    assert isinstance(outcome.result, dict)
    assert [row["id"] for row in outcome.result["data"]] == [tenancy.ours["customer"]]
    assert outcome.result["pagination"] == {"offset": 0, "limit": 1, "total": 1}


async def test_how_many_others_there_are_is_not_told(tenancy: Tenancy) -> None:
    tenancy.workplace.wrap = lambda inner: Careless(inner, ignores=("customerId",))
    async with tenancy.workplace.connect() as connection:
        outcome = await connection.run("list_subscriptions", organization=OURS)
        page = await connection.run("generic_request", {"path": "/orders"}, organization=OURS)
    assert outcome.total is None
    assert isinstance(page.result, dict)
    assert "total" not in page.result["pagination"]


async def test_an_organization_is_a_text(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        with pytest.raises(UsageError):
            await connection.run("list_products", organization=5)  # type: ignore[arg-type]  # on purpose


def test_commands_can_be_copied_whatever_the_id_looks_like() -> None:
    for key, expected in (("Acme Inc", "set 'Acme Inc' 7"), ("-5", "set -- -5 7"), ("$(id)", "set '$(id)' 7")):
        advice = Suggestion(key, "Acme", "suggested", "7", "Acme Ltd", 0.9, "likely")
        problem = guard.not_mapped(Binding(key, "Acme", "unmapped", known=True), OneMapping(advice))
        assert problem.hint == f"Accept: im-cloud mapping {expected}"


# --- What is the organization's own works ---------------------------------------------------------------------------


async def test_the_customer_is_filled_in_and_ids_of_its_own_are_proven_once(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        read = await connection.run("get_customer", organization=OURS)
        assert isinstance(read.result, dict)
        assert read.result["id"] == tenancy.ours["customer"]
        off = {"id": tenancy.ours["subscription"], "renewalStatus": False}
        assert (await connection.run("update_subscription", off, organization=OURS)).calls == 2
        assert (await connection.run("update_subscription", off, organization=OURS)).calls == 1
    assert tenancy.sent() == {"getCustomerById": 1, "getSubscription": 1, "updateSubscription": 2}


async def test_what_was_read_need_not_be_looked_up_before_it_is_changed(tenancy: Tenancy) -> None:
    key = tenancy.ours["order"]
    async with tenancy.workplace.connect() as connection:
        await connection.run("get_order", {"id": key}, organization=OURS)
        await connection.run("update_order", {"id": key, "creditCheck": True}, organization=OURS)
    assert tenancy.sent() == {"getOrderDetails": 1, "updateOrder": 1}


async def test_an_explicit_customer_of_its_own_is_fine_and_null_means_fill_it(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        for given in (tenancy.ours["customer"], None):
            outcome = await connection.run("list_subscriptions", {"customerId": given}, organization=OURS)
            assert {row["customerId"] for row in rows_of(outcome.result)} == {tenancy.ours["customer"]}


async def test_permission_still_counts(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect(allow="look") as connection:
        with pytest.raises(PermissionRefusedError):
            await connection.run("update_customer", {"name": "x"}, organization=OURS)
    assert tenancy.sent() == {}


# --- Other configurations, drop-downs -------------------------------------------------------------------------------


async def test_another_configuration_knows_nothing_of_this_mapping(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect(name="other") as connection:
        with pytest.raises(OrganizationNotMappedError):
            await connection.run("list_subscriptions", organization=OURS)
    assert tenancy.sent() == {}


async def test_owners_read_for_one_account_are_not_believed_for_another(tenancy: Tenancy) -> None:
    workplace = tenancy.workplace
    off = {"id": tenancy.ours["subscription"], "renewalStatus": False}
    async with workplace.connect() as connection:
        await connection.run("update_subscription", off, organization=OURS)
    stranger = workplace.configuration(api_url="https://marketplace.example/marketplace/eu")
    key = workplace.state.fingerprint("account", stranger.api_url, stranger.marketplace, stranger.username)
    assert workplace.state.ownership.get(key, "get_subscription", off["id"], newer_than=0) is None


async def test_an_owner_read_long_ago_is_read_again(tenancy: Tenancy) -> None:
    off = {"id": tenancy.ours["subscription"], "renewalStatus": False}
    async with tenancy.workplace.connect() as connection:
        await connection.run("update_subscription", off, organization=OURS)
        tenancy.workplace.clock.advance(90_000)
        await connection.run("update_subscription", off, organization=OURS)
    assert tenancy.sent()["getSubscription"] == 2


async def test_drop_downs_show_only_what_is_the_organizations(tenancy: Tenancy) -> None:
    async with tenancy.workplace.connect() as connection:
        customers = await connection.options("list_subscriptions", "customerId", organization=OURS)
        assert [option.value for option in customers] == [tenancy.ours["customer"]]
        held = await connection.options("get_subscription", "id", organization=OURS)
        everybody = await connection.options("get_subscription", "id")
        assert {option.value for option in held} < {option.value for option in everybody}
        assert await connection.options("create_order", "products.*.mpn", query="harbor", organization=OURS)
        with pytest.raises(GuardRefusedError):
            await connection.options("list_customers", "resellerId", organization=OURS)
        with pytest.raises(OrganizationNotMappedError):
            await connection.options("list_subscriptions", "customerId", organization=organizations.UNMAPPED)


# --- Declared completely --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", CUSTOMER_ACTIONS)
def test_every_input_that_names_somebodys_thing_is_declared_to_the_guard(action: str) -> None:
    from ingram_micro_cloud.manifest.described import described_members

    spec = load_integration().actions[action]
    declared = {lookup.input for lookup in spec.owner.lookups} | {spec.mapped}
    for member in described_members(spec.input, spec.input):
        last = member.name.rpartition(".")[2].casefold()
        if last.endswith(("customerid", "subscriptionid", "orderid")):
            proven_by_rows = spec.lists and spec.owner.answer is not None and member.name != spec.mapped
            assert member.name in declared or proven_by_rows, member.name


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
async def test_a_raw_body_without_end_is_refused_as_one(tenancy: Tenancy, content_type: str) -> None:
    endless = {"method": "POST", "path": "/orders", "body": "[" * 100_000, "content_type": content_type}
    problem = await refusal(tenancy, "generic_request", endless)
    assert [(field.pointer, field.code) for field in problem.fields] == [("/body", "too_deep")]
    assert tenancy.sent() == {}
