"""Previews are bound to their content, live for a day, are approved by a person, and are submitted once."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ingram_micro_cloud.errors import BuyingRuleRefusedError, PreviewRefusedError, RateLimitedError, RejectedError
from ingram_micro_cloud.ordering.journal.keys import ALPHABET
from ingram_micro_cloud.ordering.models import JournalEntry, Money, OrderFacts, Preview
from ingram_micro_cloud.ordering.rules.judging import judge
from ingram_micro_cloud.ordering.rules.limits import BuyingRules, Spent
from support.direct_caller import sale, unchanged
from support.journals import ACTING, FREELY, Desk, opened

pytestmark = pytest.mark.anyio
STRICT = replace(FREELY, max_seat_change=5)


@pytest.fixture
def desk(state_place: str) -> Iterator[Desk]:
    with opened(state_place) as state:
        yield Desk(state)


def previewed(desk: Desk, facts: OrderFacts, rules: BuyingRules = STRICT, **more: Any) -> Preview:
    verdict = judge(
        facts, rules, Spent(), previewed=True, approved=False, preview_id=None, configuration=ACTING.configuration
    )
    return desk.book(**more).save(facts, verdict)


async def submit(
    desk: Desk, preview: Preview | str, facts: OrderFacts, rules: BuyingRules = STRICT, **more: Any
) -> JournalEntry:
    name = preview if isinstance(preview, str) else preview.preview_id
    return await desk.journal(rules).place(facts, desk.caller.send, refresh=unchanged(facts), preview_id=name, **more)


def basis(facts: OrderFacts, **given: str) -> OrderFacts:
    return replace(facts, basis={**facts.basis, **given})


def test_a_preview_is_kept_whole_and_found_however_its_id_is_typed(desk: Desk) -> None:
    facts = basis(sale(desk.customer, quantity=9), seats="10")
    made = previewed(desk, facts)
    assert len(made.preview_id) == 8
    assert set(made.preview_id) <= set(ALPHABET)
    assert made.facts == facts
    assert (made.expires_at - made.created_at, made.approved_by, made.used_by) == (86_400, None, None)
    assert (made.verdict.allowed, made.verdict.needs_approval) == (False, True)
    fixes = [each.fix for each in made.verdict.rules if not each.passed]
    assert fixes == [f"Approve: im-cloud order approve {made.preview_id}"]
    typed = f" {made.preview_id.lower().replace('0', 'o').replace('1', 'l')} "
    assert desk.book().get(typed) == made
    with pytest.raises(PreviewRefusedError) as caught:
        desk.book().get("ZZZZZZZZ")
    assert caught.value.specific_code == "preview_unknown"


def test_what_is_asked_for_is_sealed_where_it_is_kept(state_place: str) -> None:
    with opened(state_place) as state:
        desk = Desk(state)
        previewed(desk, sale(desk.customer, poNumber="canary-7"))
        with state._database.transaction() as connection:
            rows = connection.exec_driver_sql("SELECT facts_encrypted, verdict_json FROM order_previews").all()
        assert "canary-7" not in repr(rows)


async def test_a_preview_within_the_rules_is_submitted_without_asking_anybody(desk: Desk) -> None:
    facts = sale(desk.customer)
    made = previewed(desk, facts)
    entry = await submit(desk, made, facts)
    assert (entry.state, entry.preview_id) == ("submitted", made.preview_id)
    assert desk.book().get(made.preview_id).used_by == entry.key


async def test_an_approval_lets_its_content_through_once_and_says_who_gave_it(desk: Desk) -> None:
    facts = sale(desk.customer, quantity=9)
    made = previewed(desk, facts)
    with pytest.raises(PreviewRefusedError) as caught:
        await submit(desk, made, facts)
    assert caught.value.specific_code == "not_approved"
    assert caught.value.hint == f"Approve: im-cloud order approve {made.preview_id}"
    assert caught.value.message.startswith("Not ordered. +9 seats exceeds your limit of 5.")
    approved = desk.book(who="bob").approve(made.preview_id)
    assert approved.approved_by == "bob"
    assert desk.book(who="eve").approve(made.preview_id).approved_by == "bob", "the first approval stands"
    entry = await submit(desk, made, facts)
    assert entry.state == "submitted"
    sending = next(each.body for each in desk.state.audit.all() if each.body["event"] == "sending")
    assert (sending["approver"], sending["preview_id"]) == ("bob", made.preview_id)
    with pytest.raises(PreviewRefusedError) as used:
        await submit(desk, made, facts, key="once more")
    assert used.value.specific_code == "preview_used"
    assert f"im-cloud order check {entry.key}" in str(used.value.hint)
    with pytest.raises(PreviewRefusedError) as again:
        desk.book().approve(made.preview_id)
    assert again.value.specific_code == "preview_used"
    assert len(desk.orders()) == 1


async def test_an_approval_is_of_no_use_for_other_content(desk: Desk) -> None:
    made = previewed(desk, sale(desk.customer, quantity=9))
    desk.book().approve(made.preview_id)
    for facts in (
        sale(desk.customer, quantity=10),
        sale(desk.customers[1], quantity=9),
        sale(desk.customer, quantity=9, poNumber="other"),
        sale(desk.customer, quantity=9, currency="EUR"),
        replace(sale(desk.customer, quantity=9), kind="migration"),
    ):
        with pytest.raises(PreviewRefusedError) as caught:
            await submit(desk, made, facts)
        assert caught.value.specific_code == "preview_changed"
    assert desk.orders() == []
    assert (await submit(desk, made, sale(desk.customer, quantity=9))).state == "submitted"


@pytest.mark.parametrize(
    ("price", "code"),
    [("10.00", None), ("10.10", None), ("10.11", "price_rose"), ("9.00", None), ("0.01", None)],
)
async def test_a_price_may_rise_by_one_percent(desk: Desk, price: str, code: str | None) -> None:
    made = previewed(desk, sale(desk.customer, price="10.00"))
    now = sale(desk.customer, price=price)
    if code is None:
        assert (await submit(desk, made, now)).price == Money("USD", Decimal(price))
        return
    with pytest.raises(PreviewRefusedError) as caught:
        await submit(desk, made, now)
    assert caught.value.specific_code == code
    assert "10.00" in caught.value.message
    assert desk.orders() == []


@pytest.mark.parametrize("price", [None, "10.00"])
async def test_a_price_that_came_or_went_is_a_change(desk: Desk, price: str | None) -> None:
    made = previewed(desk, sale(desk.customer, price="10.00" if price is None else None))
    with pytest.raises(PreviewRefusedError, match="currency") as caught:
        await submit(desk, made, sale(desk.customer, price=price))
    assert caught.value.specific_code == "preview_changed"


async def test_ground_that_moved_is_named(desk: Desk) -> None:
    facts = basis(sale(desk.customer), **{"seats of 4060007": "10"})
    made = previewed(desk, facts)
    with pytest.raises(PreviewRefusedError, match="seats of 4060007: 10 → 12") as caught:
        await submit(desk, made, basis(sale(desk.customer), **{"seats of 4060007": "12"}))
    assert caught.value.specific_code == "preview_changed"


async def test_a_preview_ends_after_a_day(desk: Desk) -> None:
    facts = sale(desk.customer, quantity=9)
    made, other = previewed(desk, facts), previewed(desk, sale(desk.customer))
    desk.clock.advance(86_400 - 1)
    desk.book().approve(made.preview_id)
    assert (await submit(desk, other, sale(desk.customer))).state == "submitted"
    desk.clock.advance(1)
    for act in (lambda: desk.book().approve(made.preview_id), None):
        with pytest.raises(PreviewRefusedError) as caught:
            act() if act is not None else await submit(desk, made, facts)
        assert caught.value.specific_code == "preview_expired"
    assert desk.book().open() == ()


async def test_what_no_approval_overrides_is_not_approved(desk: Desk) -> None:
    rules = replace(STRICT, denied_mpns=("HMP-STD-M",))
    made = previewed(desk, sale(desk.customer, quantity=9), rules)
    with pytest.raises(BuyingRuleRefusedError, match="no approval overrides") as caught:
        desk.book().approve(made.preview_id)
    assert "Change denied_mpns in the configuration practice" in str(caught.value.hint)
    assert desk.book().get(made.preview_id).approved_by is None


async def test_an_approved_preview_is_judged_again_by_what_was_spent_meanwhile(desk: Desk) -> None:
    rules = replace(STRICT, max_day_amount=Decimal(30))
    facts = sale(desk.customer, quantity=9)
    made = previewed(desk, facts, rules)
    desk.book().approve(made.preview_id)
    await desk.journal(rules).place(
        sale(desk.customer), desk.caller.send, refresh=unchanged(sale(desk.customer)), key="another"
    )
    with pytest.raises(BuyingRuleRefusedError, match="24 hours"):
        await submit(desk, made, facts, rules)
    desk.clock.advance(86_400 - 60)
    with pytest.raises(BuyingRuleRefusedError, match="24 hours"):
        await submit(desk, made, facts, rules)


async def test_a_plain_order_over_a_rule_leaves_a_preview_to_approve(desk: Desk) -> None:
    facts, journal = sale(desk.customer, quantity=9), desk.journal(STRICT)

    async def plainly(**more: Any) -> JournalEntry:
        return await journal.place(facts, desk.caller.send, refresh=unchanged(facts), **more)

    hints = set()
    for _ in range(2):
        with pytest.raises(BuyingRuleRefusedError) as caught:
            await plainly()
        hints.add(caught.value.hint)
    waiting = [each for each in journal.entries() if each.state == "previewed"]
    assert hints == {f"Approve: im-cloud order approve {waiting[0].key}"}, "one preview for the same content"
    assert len(waiting) == 1
    desk.book(who="bob").approve(waiting[0].key)
    assert [each.key for each in journal.entries(states=["approved"])] == [waiting[0].key]
    assert (await plainly()).preview_id == waiting[0].key, "the same call again is what was approved"
    desk.clock.advance(3600)
    with pytest.raises(BuyingRuleRefusedError):
        await plainly()
    assert len(desk.orders()) == 1


async def test_require_preview_is_not_fulfilled_by_a_preview_that_was_not_named(desk: Desk) -> None:
    rules = replace(FREELY, require_preview=True)
    facts = sale(desk.customer)
    made = previewed(desk, facts, rules)
    with pytest.raises(BuyingRuleRefusedError, match="preview before every order"):
        await desk.journal(rules).place(facts, desk.caller.send, refresh=unchanged(facts))
    assert (await submit(desk, made, facts, rules)).state == "submitted"


async def test_previews_of_another_configuration_organization_or_account_are_unknown(desk: Desk) -> None:
    facts = sale(desk.customer)
    made = previewed(desk, facts)
    for acting in (
        replace(ACTING, configuration="second"),
        replace(ACTING, organization="org-7"),
        replace(ACTING, account="account-2"),
    ):
        for act in (desk.book(acting).get, desk.book(acting).approve):
            with pytest.raises(PreviewRefusedError) as caught:
                act(made.preview_id)
            assert caught.value.specific_code == "preview_unknown"
        placed = desk.journal(FREELY, acting).place(
            facts, desk.caller.send, refresh=unchanged(facts), preview_id=made.preview_id
        )
        with pytest.raises(PreviewRefusedError) as caught:
            await placed
        assert caught.value.specific_code == "preview_unknown"
        assert desk.book(acting).open() == ()
    assert desk.orders() == []


async def test_an_approval_is_used_up_by_an_order_and_not_by_a_call_that_did_not_arrive(desk: Desk) -> None:
    facts = sale(desk.customer, quantity=9)
    made = previewed(desk, facts)
    desk.book().approve(made.preview_id)
    desk.fault("refuse")
    with pytest.raises(RateLimitedError):
        await submit(desk, made, facts, key="k")
    assert desk.book().get(made.preview_id).used_by is None
    assert (await submit(desk, made, facts)).state == "submitted"
    bad = sale(desk.customer, mpn="NOT-THERE")
    other = previewed(desk, bad)
    with pytest.raises(RejectedError):
        await submit(desk, other, bad)
    assert desk.book().get(other.preview_id).used_by is not None


async def test_the_same_key_with_the_same_preview_returns_the_first_outcome(desk: Desk) -> None:
    facts = sale(desk.customer)
    made = previewed(desk, facts)
    first = await submit(desk, made, facts, key="k")
    assert await submit(desk, made, facts, key="k") == first
    assert len(desk.orders()) == 1
