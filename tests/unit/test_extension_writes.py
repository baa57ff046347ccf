"""``before_write``: asked once for every write, whichever way it comes, and before anything is written down or sent."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from ingram_micro_cloud.errors import (
    BuyingRuleRefusedError,
    DeadlineError,
    IngramMicroCloudError,
    PossibleDuplicateError,
    VetoedError,
)
from ingram_micro_cloud.hookspecs import extension
from support import organizations
from support.extensions import Listener, Watcher, extended, written
from support.marketplace import Workplace
from support.organizations import OURS

pytestmark = pytest.mark.anyio
CONTACT: Final = "Canary-contact-7"
FREE: Final = {
    "allow": "buy", "approve_new_annual_commitment": False, "max_seat_change": None, "max_seat_change_percent": None,
    "max_order_amount": None, "max_day_amount": None,
}  # fmt: skip
MONTHLY: Final = "HMP-STD-M"
PERSON = {
    "type": "admin", "firstName": "Ada", "lastName": "M", "email": "a@b.example", "phoneNumber": "1##3125550142#",
    "login": "ada.moreau", "password": CONTACT,
}  # fmt: skip
ADDRESS = {"streetAddress": "1 Mill", "postalCode": "60614", "city": "Chicago", "state": "IL", "countryCode": "US"}
CUSTOMER = {"name": "Alder LLC", "language": "en_US", "address": ADDRESS, "contactPersons": [PERSON]}
SETTLED = ("submitted", "completed")


def rows(workplace: Workplace, kind: str) -> list[dict[str, Any]]:
    return [dict(row) for row in workplace.marketplace.control.state(kind)]


def customer(workplace: Workplace) -> str:
    holding = {
        row["customerId"]
        for row in rows(workplace, "subscriptions")
        if any(product["mpn"] == MONTHLY for product in row["products"])
    }
    return next(
        str(row["id"]) for row in rows(workplace, "customers") if row["status"] == "active" and row["id"] not in holding
    )


def sale(workplace: Workplace, quantity: int = 3) -> dict[str, Any]:
    return {"type": "sales", "customerId": customer(workplace), "products": [{"mpn": MONTHLY, "quantity": quantity}]}


def subscription(workplace: Workplace, period: str = "month", *, renews: bool | None = None) -> dict[str, Any]:
    active = {row["id"] for row in rows(workplace, "customers") if row["status"] == "active"}
    return next(
        row
        for row in rows(workplace, "subscriptions")
        if row["status"] == "active"
        and row["customerId"] in active
        and row["subscriptionPeriod"]["type"] == period
        and len(row["products"]) == 1
        and row["products"][0]["quantity"] > 4
        and (renews is None or row["renewalStatus"] is renews)
    )


Way = tuple[str, Callable[[Workplace], dict[str, Any]], Mapping[str, object]]


def patch(workplace: Workplace) -> dict[str, Any]:
    return {"method": "PATCH", "path": f"/customers/{customer(workplace)}", "json": {"name": "New"}}


WAYS: Mapping[str, Way] = {
    "a declared write": (
        "update_customer", lambda w: {"id": customer(w), "name": "New"},
        {"operation": "update_customer", "effect": "write", "method": "PATCH", "body": {"name": "New"}, "order": None},
    ),
    "a declared write of the reseller": (
        "create_customer", lambda _: CUSTOMER,
        {"operation": "create_customer", "effect": "write", "method": "POST", "path": "/customers", "order": None},
    ),
    "a generic request that is a declared write": (
        "generic_request", patch, {"operation": "update_customer", "effect": "write", "method": "PATCH"},
    ),
    "a generic request nobody declared": (
        "generic_request", lambda _: {"method": "POST", "path": "/rockets", "json": {"to": "moon"}},
        {"operation": "generic_request", "effect": "buy", "method": "POST", "path": "/rockets", "body": {"to": "moon"},
         "irreversible": True},
    ),
    "an order": (
        "create_order", sale, {"operation": "create_order", "effect": "buy", "method": "POST", "path": "/orders"},
    ),
    "a generic request that is an order": (
        "generic_request", lambda w: {"method": "POST", "path": "/orders", "json": sale(w)},
        {"operation": "create_order", "effect": "buy", "method": "POST", "path": "/orders"},
    ),
    "seats as an intent": (
        "set_subscription_seats", lambda w: {"id": subscription(w)["id"], "increase": 1},
        {"operation": "create_order", "effect": "buy", "method": "POST", "path": "/orders"},
    ),
    "free seats as an intent": (
        "ensure_free_seats", lambda w: {"customerId": customer(w), "product": MONTHLY, "in_use": 2, "free": 1},
        {"operation": "create_order", "effect": "buy", "method": "POST", "path": "/orders"},
    ),
    "auto-renewal": (
        "update_subscription", lambda w: {"id": subscription(w)["id"], "renewalStatus": True},
        {"operation": "update_subscription", "effect": "buy", "method": "PATCH", "body": {"renewalStatus": True}},
    ),
    "a report an intent schedules": (
        "download_report", lambda _: {"name": "Billing", "startDate": "2026-10-01", "path": "-", "seconds": 0},
        {"operation": "schedule_one_time_report", "effect": "write", "method": "POST", "path": "/reports"},
    ),
}  # fmt: skip


def given(way: str, workplace: Workplace, folder: Path) -> tuple[str, dict[str, Any]]:
    action, inputs, _ = WAYS[way]
    made = inputs(workplace)
    return action, {**made, "path": str(folder / "report.csv")} if action == "download_report" else made


@pytest.mark.parametrize("way", WAYS)
async def test_every_write_is_shown_once(undocumented: Workplace, tmp_path: Path, way: str) -> None:
    watcher = Watcher()
    action, inputs = given(way, undocumented, tmp_path)
    async with extended(undocumented, watcher=watcher).connect(**FREE) as connection:
        try:
            await connection.run(action, inputs, deadline_seconds=5)
        except IngramMicroCloudError as problem:
            assert way == "a generic request nobody declared", problem
    (preview,) = watcher.shown
    expected = {"action": action, **WAYS[way][2]}
    assert {name: preview[name] for name in expected} == expected
    assert json.dumps(preview), "it is JSON"
    assert set(preview) == {
        "action", "operation", "title", "effect", "irreversible", "configuration", "organization", "who",
        "customer_ids", "method", "path", "query", "body", "order",
    }  # fmt: skip
    assert (preview["order"] is not None) == (preview["effect"] == "buy")


@pytest.mark.parametrize("way", WAYS)
async def test_a_veto_stops_every_write_before_anything_is_sent(
    undocumented: Workplace, tmp_path: Path, way: str
) -> None:
    action, inputs = given(way, undocumented, tmp_path)
    freeze = Watcher(lambda _: "We change nothing on a Friday.")
    async with extended(undocumented, freeze=freeze).connect(**FREE) as connection:
        with pytest.raises(VetoedError) as refused:
            await connection.run(action, inputs, deadline_seconds=5)
    assert refused.value.as_json()["code"] == "vetoed"
    assert refused.value.exit_status == 6
    assert refused.value.message == "Nothing was sent. The extension 'freeze' objects: We change nothing on a Friday."
    assert written(undocumented) == 0


@pytest.mark.parametrize("way", WAYS)
async def test_a_dry_run_is_shown_to_nobody(undocumented: Workplace, tmp_path: Path, way: str) -> None:
    watcher = Watcher(lambda _: "no")
    action, inputs = given(way, undocumented, tmp_path)
    async with extended(undocumented, watcher=watcher).connect(**FREE) as connection:
        assert (await connection.run(action, inputs, dry_run=True)).dry_run
    assert watcher.shown == []


@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        ("list_customers", lambda _: {}),
        ("estimate_order_price", lambda w: {"customerId": customer(w), "products": [{"mpn": MONTHLY, "quantity": 1}]}),
        ("preview_order", sale),
        ("generic_request", lambda _: {"method": "GET", "path": "/customers"}),
        ("check_orders", lambda _: {}),
        ("set_subscription_seats", lambda w: {"id": (row := subscription(w))["id"],
                                              "seats": row["products"][0]["quantity"]}),
    ],
)  # fmt: skip
async def test_what_writes_nothing_is_shown_to_nobody(
    undocumented: Workplace, action: str, inputs: Callable[[Workplace], dict[str, Any]]
) -> None:
    watcher = Watcher(lambda _: "no")
    made = inputs(undocumented)
    if action == "estimate_order_price":
        made = {"type": "sales", **made}
    async with extended(undocumented, watcher=watcher).connect(**FREE) as connection:
        await connection.run(action, made)
    assert watcher.shown == []


# --- Purchases -------------------------------------------------------------------------------------------------------


async def test_a_purchase_is_shown_with_changes_price_and_verdict(workplace: Workplace) -> None:
    watcher = Watcher()
    order = sale(workplace, 3)
    async with extended(workplace, watcher=watcher).connect(**FREE) as connection:
        await connection.run("create_order", order)
    (preview,) = watcher.shown
    assert preview["customer_ids"] == [order["customerId"]]
    told = preview["order"]
    assert (told["kind"], told["preview_id"], told["price"]["amount"]) == ("sales", None, "9.60")
    (change,) = told["changes"]
    assert (change["mpn"], change["seats_before"], change["seats_after"]) == (MONTHLY, None, 3)
    assert told["verdict"]["allowed"] is True
    assert {"rule", "limit", "value", "passed"} <= set(told["verdict"]["rules"][0])


async def test_a_submitted_preview_is_shown_by_its_id(workplace: Workplace) -> None:
    watcher = Watcher()
    async with extended(workplace, watcher=watcher).connect(**FREE) as connection:
        made = (await connection.run("preview_order", sale(workplace))).result
        await connection.run("submit_order", {"preview_id": made["preview_id"]})  # type: ignore[index]
    (preview,) = watcher.shown
    assert preview["order"]["preview_id"] == made["preview_id"]  # type: ignore[index]


async def test_a_vetoed_purchase_is_in_the_journal_as_refused_and_may_be_tried_again(workplace: Workplace) -> None:
    answers: list[object] = ["Not before Monday", None]
    async with extended(workplace, freeze=Watcher(lambda _: answers.pop(0))).connect(**FREE) as connection:
        with pytest.raises(VetoedError):
            await connection.run("create_order", sale(workplace), key="T1")
        office = workplace.integration.office(connection.configuration, workplace.state, timing=workplace.timing)
        (entry,) = office.journal(None)
        assert (entry.key, entry.state) == ("T1", "refused")
        assert entry.problem is not None
        assert entry.problem["code"] == "vetoed"
        assert workplace.state.audit.verify().broken_at is None
        await connection.run("create_order", sale(workplace), key="T1")
        (entry,) = office.journal(None)
        assert entry.state in SETTLED


async def test_a_purchase_the_rules_refuse_is_shown_to_nobody(workplace: Workplace) -> None:
    watcher = Watcher()
    async with extended(workplace, watcher=watcher).connect(**{**FREE, "denied_mpns": [MONTHLY]}) as connection:
        with pytest.raises(BuyingRuleRefusedError):
            await connection.run("create_order", sale(workplace))
    assert watcher.shown == []


async def test_a_repeated_purchase_is_shown_once(workplace: Workplace) -> None:
    watcher = Watcher()
    async with extended(workplace, watcher=watcher).connect(**FREE) as connection:
        order = sale(workplace)
        first = await connection.run("create_order", order, key="T1")
        again = await connection.run("create_order", order, key="T1")
        with pytest.raises(PossibleDuplicateError):
            await connection.run("create_order", order)
    assert first.result == again.result
    assert len(watcher.shown) == 1


async def test_a_deadline_that_passes_meanwhile_ends_it_unsent(workplace: Workplace) -> None:
    slow = Watcher(lambda _: workplace.clock.advance(60))
    async with extended(workplace, slow=slow).connect(**FREE) as connection:
        with pytest.raises(DeadlineError):
            await connection.run("create_order", sale(workplace), deadline_seconds=30)
    assert written(workplace) == 0


async def test_who_takes_so_long_that_another_order_went_ahead_sends_nothing(workplace: Workplace) -> None:
    order = sale(workplace)
    objections: list[int] = []

    def slow(_: object) -> None:
        objections.append(1)
        if len(objections) == 1:
            workplace.clock.advance(3600)
            quick = workplace.integration.connect_sync(
                workplace.configuration(**FREE), state=workplace.state, transport=workplace.transport,
                timing=workplace.timing,
            )  # fmt: skip
            with quick as other:
                other.run("create_order", {**order, "products": [{"mpn": MONTHLY, "quantity": 1}]})

    async with extended(workplace, slow=Watcher(slow)).connect(**FREE) as connection:
        with pytest.raises(DeadlineError, match="another order may have gone ahead"):
            await connection.run("create_order", order)
    assert written(workplace) == 1


# --- What is shown ---------------------------------------------------------------------------------------------------


async def test_secrets_are_masked(workplace: Workplace) -> None:
    watcher = Watcher()
    password = workplace.marketplace.credentials.password
    generic = {"method": "POST", "path": "/customers", "json": {**CUSTOMER, "name": f"Alder {password}"}}
    async with extended(workplace, watcher=watcher).connect(allow="buy") as connection:
        await connection.run("create_customer", {**CUSTOMER, "name": f"Elm {password}"})
        await connection.run("generic_request", generic)
    text = json.dumps(watcher.shown)
    assert len(watcher.shown) == 2
    assert CONTACT not in text
    assert password not in text
    assert watcher.shown[0]["body"]["contactPersons"][0]["firstName"] == "Ada"


async def test_an_organization_is_shown_with_its_customer(undocumented: Workplace) -> None:
    tenancy = organizations.settle(undocumented)
    watcher = Watcher()
    ours = tenancy.ours["subscription"]
    async with extended(undocumented, watcher=watcher).connect(**FREE) as connection:
        await connection.run("update_customer", {"name": "New"}, organization=OURS)
        await connection.run("update_subscription", {"id": ours, "renewalStatus": False}, organization=OURS)
    for preview in watcher.shown:
        assert (preview["organization"], preview["customer_ids"]) == (OURS, [tenancy.ours["customer"]])
    assert len(watcher.shown) == 2


NAMING: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "in the path": lambda who: {"method": "PATCH", "path": f"/customers/{who}", "json": {"externalId": "x"}},
    "in an odd path": lambda who: {"method": "PATCH", "path": f"/Customers/{who}/", "json": {"externalId": "x"}},
    "in the path beside a raw body": lambda who: {
        "method": "PATCH", "path": f"/customers/{who}", "body": '{"externalId": "x"}',
    },
    "in the query": lambda who: {"method": "POST", "path": "/rockets", "query": {"CustomerID": who}, "json": {}},
    "in the path's own query": lambda who: {"method": "POST", "path": f"/rockets?customerId={who}", "json": {}},
    "deep in the body": lambda who: {"method": "POST", "path": "/rockets", "json": {"to": [{"customerid": who}]}},
    "in a raw body": lambda who: {"method": "POST", "path": "/rockets", "body": f'{{"customer\\u0049d": "{who}"}}'},
    "in a raw body, then overwritten": lambda who: {
        "method": "POST", "path": "/rockets", "body": f'{{"customerId": "{who}", "customerId": null}}',
    },
}  # fmt: skip


@pytest.mark.parametrize("way", NAMING)
async def test_a_generic_request_is_shown_with_the_customer_it_names(undocumented: Workplace, way: str) -> None:
    who = customer(undocumented)
    frozen = Watcher(lambda preview: "frozen" if who in preview["customer_ids"] else None)
    async with extended(undocumented, frozen=frozen).connect(**FREE) as connection:
        with pytest.raises(VetoedError, match="'frozen' objects: frozen"):
            await connection.run("generic_request", NAMING[way](who))
    assert written(undocumented) == 0


async def test_a_preview_is_a_copy(workplace: Workplace) -> None:
    def spoil(preview: Mapping[str, Any]) -> None:
        preview["body"]["name"] = "Spoilt"

    after = Watcher()
    inputs = {"id": customer(workplace), "name": "New"}
    async with extended(workplace, after=after, spoiler=Watcher(spoil)).connect() as connection:
        await connection.run("update_customer", inputs)
    assert after.shown[0]["body"] == {"name": "New"}
    assert next(row["name"] for row in rows(workplace, "customers") if row["id"] == inputs["id"]) == "New"


# --- Extensions that fail --------------------------------------------------------------------------------------------


def broken(_: object) -> None:
    raise KeyError("seats")


FAILING: Mapping[str, tuple[Callable[[Any], object], str]] = {
    "raising": (broken, "failed while it looked at this write (KeyError)"),
    "true": (lambda _: True, "answered with bool"),
    "false": (lambda _: False, "answered with bool"),
    "an empty reason": (lambda _: "  ", "answered with str"),
    "an object": (lambda _: {"allowed": True}, "answered with dict"),
}


@pytest.mark.parametrize("action", ["update_customer", "create_order"])
@pytest.mark.parametrize("name", FAILING)
async def test_an_extension_that_fails_refuses_the_write_and_is_named(
    workplace: Workplace, action: str, name: str
) -> None:
    answer, said = FAILING[name]
    inputs = sale(workplace) if action == "create_order" else {"id": customer(workplace), "name": "New"}
    async with extended(workplace, odd_one=Watcher(answer)).connect(**FREE) as connection:
        with pytest.raises(VetoedError) as refused:
            await connection.run(action, inputs)
    assert f"The extension 'odd_one' {said}" in refused.value.message
    assert written(workplace) == 0


async def test_one_objection_among_several_is_enough(workplace: Workplace) -> None:
    first, second = Watcher(), Watcher(lambda _: "no")
    inputs = {"id": customer(workplace), "name": "New"}
    async with extended(workplace, first=first, second=second).connect() as connection:
        with pytest.raises(VetoedError, match="'second' objects: no"):
            await connection.run("update_customer", inputs)
    assert len(first.shown) + len(second.shown) <= 2
    assert written(workplace) == 0


async def test_a_veto_is_told_as_an_outcome(workplace: Workplace) -> None:
    class Both:
        told: list[Mapping[str, Any]] = []  # noqa: RUF012  # one object only

        @extension
        def before_write(self, preview: object) -> str:
            return "no"

        @extension
        def after_action(self, outcome: Mapping[str, Any]) -> None:
            self.told.append(outcome)

    async with extended(workplace, both=Both(), other=Listener()).connect() as connection:
        with pytest.raises(VetoedError):
            await connection.run("update_customer", {"id": customer(workplace), "name": "New"})
    (told,) = Both.told
    assert told["error"]["code"] == "vetoed"
