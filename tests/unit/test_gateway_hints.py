"""Hints at the gateway name what its callers have: parameters and paths, not commands of another machine."""

import pytest

from ingram_micro_cloud import errors
from ingram_micro_cloud.hosts.gateway.hints import at_the_gateway
from support.gateway import ONE, error_of, gateway_place, map_organizations
from support.marketplace import Workplace


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (None, None),
        ("Correct the fields named.", "Correct the fields named."),
        (
            "Look (reads only): im-cloud order check 'run 7'. If you want it once more, give this one a key of its "
            "own: --key KEY",
            "Look (reads only): POST /actions/check_orders with keys: 'run 7'. If you want it once more, give this one "
            "a key of its own: purchase_key",
        ),
        ("Look again (reads only): im-cloud order check --all", "Look again (reads only): POST /actions/check_orders"),
        ("Give it more time (--deadline SECONDS).", "Give it more time (deadline_seconds)."),
        ("What it takes: im-cloud describe create_order", "What it takes: GET /openapi.json"),
        ("List them all: im-cloud actions", "List them all: GET /actions"),
        ("Wait for it: im-cloud order follow 1000001", "Wait for it: POST /actions/follow_order with id: 1000001"),
        (
            "Follow its order to the end (im-cloud order follow), then ask again.",
            "Follow its order to the end (POST /actions/follow_order), then ask again.",
        ),
        (
            "Preview it first: im-cloud order preview; then submit what it gives: im-cloud order submit PREVIEW_ID",
            "Preview it first: POST /actions/preview_order; then submit what it gives: POST /actions/submit_order with "
            "preview_id: PREVIEW_ID",
        ),
        (
            "Approve: im-cloud order approve AB12CD34",
            "Approve: POST /orders/previews/AB12CD34/approval, with a key that may manage",
        ),
        (
            "Look again: im-cloud mapping refresh. Then map it anew: im-cloud mapping set org-7 CUSTOMER",
            "Look again: POST /mapping/refresh. Then map it anew: PUT /mapping/organizations/org-7 with customer_id: "
            "CUSTOMER",
        ),
        (
            "Change max_order_amount in the configuration main: im-cloud config save main --from FILE",
            "Change max_order_amount in the configuration main: PUT /configurations/main",
        ),
        (
            "Run it without an organization to act for the reseller.",
            "Run it without an organization to act for the reseller.",
        ),
    ],
)
def test_a_hint_for_a_caller_that_may_do_everything(hint: str | None, told: str | None) -> None:
    assert at_the_gateway(hint, reseller=True) == told


@pytest.mark.parametrize(
    "hint",
    [
        "Run it without an organization to act for the reseller.",
        "Use the action of its own instead, or run it without an organization to act for the reseller.",
    ],
)
def test_who_may_not_act_without_an_organization_is_not_told_to(hint: str) -> None:
    told = at_the_gateway(hint, reseller=False)
    assert told is not None
    assert "without an organization" not in told
    assert "takes a key that acts for the reseller" in told


def test_no_hint_of_the_wording_module_keeps_a_command() -> None:
    from ingram_micro_cloud.ordering.wording import check_command

    for key in ("ABC", "run 7", "ticket.1-2", "it's"):
        assert "im-cloud" not in str(at_the_gateway(f"Look: {check_command(key)}.", reseller=True)), key


@pytest.mark.anyio
async def test_the_answer_has_the_gateways_words(workplace: Workplace) -> None:
    async with gateway_place(workplace) as place:
        await map_organizations(place)
        for key, told in (("look", "It takes a key"), ("everything", "Run it without an organization")):
            refused = await place.ask(key, "GET", f"/actions/list_reports?organization={ONE}")
            assert refused.status_code == 403
            assert str(error_of(refused)["hint"]).startswith(told)
        wrong = await place.ask("everything", "POST", "/actions/create_order", json={"nonsense": 1})
        assert "GET /openapi.json" in error_of(wrong)["hint"]
        assert "im-cloud" not in error_of(wrong)["hint"]


def test_errors_keep_their_own_hint_elsewhere() -> None:
    assert errors.DeadlineError("x", hint="Give it more time (--deadline SECONDS).").as_json()["hint"] == (
        "Give it more time (--deadline SECONDS)."
    )
