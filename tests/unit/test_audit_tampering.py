"""What was cut off stays noticed, the journal is held against the audit, and a forged approval is of no use."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from ingram_micro_cloud.errors import BuyingRuleRefusedError, PreviewRefusedError
from ingram_micro_cloud.ordering.models import OrderFacts, Preview
from ingram_micro_cloud.ordering.rules.judging import judge
from ingram_micro_cloud.ordering.rules.limits import Spent
from ingram_micro_cloud.store.journal_tables import audit, heads, intents, previews
from ingram_micro_cloud.store.state import State
from support.direct_caller import sale, unchanged
from support.journals import ACTING, FREELY, Desk, opened

pytestmark = pytest.mark.anyio
STRICT = replace(FREELY, max_seat_change=5)


@pytest.fixture
def desk(state_place: str) -> Iterator[Desk]:
    with opened(state_place) as state:
        yield Desk(state)


async def bought(desk: Desk, *keys: str) -> None:
    for key in keys:
        facts = sale(desk.customer, poNumber=key)
        await desk.journal().place(facts, desk.caller.send, refresh=unchanged(facts), key=key)


def tampered(state: State, *statements: sa.Executable) -> None:
    with state._database.transaction() as connection:
        for statement in statements:
            connection.execute(statement)


def previewed(desk: Desk, facts: OrderFacts) -> Preview:
    verdict = judge(facts, STRICT, Spent(), previewed=True, approved=False, preview_id=None, configuration="practice")
    return desk.book().save(facts, verdict)


async def submit(desk: Desk, preview: Preview | None, facts: OrderFacts) -> str:
    name = None if preview is None else preview.preview_id
    entry = await desk.journal(STRICT).place(facts, desk.caller.send, refresh=unchanged(facts), preview_id=name)
    return entry.state


def record_without_a_head(state: State) -> None:
    """Make the chain what an earlier version left: records sealed as then, no head, no sealed intents."""
    from ingram_micro_cloud.store.audit import FIRST, _sealed

    with state._database.transaction() as connection:
        previous = FIRST
        for row in connection.execute(sa.select(audit).order_by(audit.c.sequence)).all():
            body = json.dumps({name: value for name, value in json.loads(row.body).items() if name != "intent"})
            seal = _sealed(state._box, "audit", row.sequence, row.at, row.who, previous, body)
            mine = sa.update(audit).where(audit.c.sequence == row.sequence)
            connection.execute(mine.values(previous=previous, body=body, hash=seal))
            previous = seal
        connection.execute(sa.delete(heads))


CUT_OFF: dict[str, tuple[int, list[sa.Executable]]] = {
    "the newest record": (6, [sa.delete(audit).where(audit.c.sequence == 6)]),
    "the last order, its entry too": (
        5,
        [sa.delete(audit).where(audit.c.sequence >= 5), sa.delete(intents).where(intents.c.key == "c")],
    ),
    "everything but the head": (1, [sa.delete(audit), sa.delete(intents)]),
    "the end and the head": (
        5,
        [
            sa.delete(audit).where(audit.c.sequence >= 5),
            sa.delete(intents).where(intents.c.key == "c"),
            sa.delete(heads),
        ],
    ),
    "the end, the head turned back": (
        5,
        [
            sa.delete(audit).where(audit.c.sequence >= 5),
            sa.delete(intents).where(intents.c.key == "c"),
            sa.update(heads).values(sequence=4, records=4),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CUT_OFF)
async def test_a_chain_that_was_cut_off_is_noticed_also_once_more_was_appended(desk: Desk, what: str) -> None:
    await bought(desk, "a", "b", "c")
    place, statements = CUT_OFF[what]
    tampered(desk.state, *statements)
    further: list[list[str]] = [[], ["d"], ["e", "f"]]
    for keys in further:
        await bought(desk, *keys)
        check = desk.state.audit.verify()
        assert (check.whole, check.broken_at, check.records) == (False, place, place - 1)
        assert check.message.startswith(f"Record {place} ")


async def test_an_approval_that_was_cut_off_is_noticed(desk: Desk) -> None:
    made = previewed(desk, sale(desk.customer, quantity=9))
    desk.book().approve(made.preview_id)
    tampered(desk.state, sa.delete(audit))
    await bought(desk, "a")
    assert desk.state.audit.verify().broken_at == 1


async def test_a_head_put_back_to_an_older_one_does_not_hide_what_came_after(desk: Desk) -> None:
    await bought(desk, "a")
    with desk.state._database.transaction() as connection:
        older = dict(connection.execute(sa.select(heads)).one()._mapping)
    await bought(desk, "b")
    tampered(desk.state, sa.update(heads).values(**older))
    assert desk.state.audit.verify().broken_at == 3
    await bought(desk, "c")
    assert not desk.state.audit.verify().whole


async def test_an_older_chain_gets_its_head_with_the_next_record(desk: Desk) -> None:
    await bought(desk, "a", "b")
    record_without_a_head(desk.state)
    assert desk.state.audit.verify().whole
    await bought(desk, "c")
    assert (desk.state.audit.verify().whole, desk.state.audit.verify().records) == (True, 6)
    tampered(desk.state, sa.delete(audit).where(audit.c.sequence == 6))
    await bought(desk, "d")
    assert desk.state.audit.verify().broken_at == 6


CHANGED = {
    "a cap that was reset": sa.update(intents).where(intents.c.key == "b").values(amount="0.00", state="failed"),
    "another amount": sa.update(intents).where(intents.c.key == "b").values(amount="0.01"),
}
ONLY_SEALED = {
    "another day": sa.update(intents).where(intents.c.key == "b").values(sent_at=1.0),
    "another customer": sa.update(intents).where(intents.c.key == "b").values(customer_id="1"),
    "taken out": sa.delete(intents).where(intents.c.key == "b"),
}


@pytest.mark.parametrize("what", [*CHANGED, *ONLY_SEALED])
async def test_an_order_that_was_changed_in_the_journal_is_named(desk: Desk, what: str) -> None:
    await bought(desk, "a", "b", "c")
    tampered(desk.state, {**CHANGED, **ONLY_SEALED}[what])
    check = desk.state.audit.verify()
    assert (check.whole, check.broken_at, check.records, check.intent) == (False, None, 6, "b")
    assert check.message.startswith("The order with the key b was ")
    if what == "a cap that was reset":
        assert "record 4: state failed, was submitted, amount 0.00, was 3.20" in check.message


@pytest.mark.parametrize("what", CHANGED)
async def test_orders_of_earlier_versions_are_compared_with_what_their_records_say(desk: Desk, what: str) -> None:
    await bought(desk, "a", "b", "c")
    record_without_a_head(desk.state)
    tampered(desk.state, CHANGED[what])
    assert desk.state.audit.verify().intent == "b"


async def test_an_order_put_into_the_journal_is_named(desk: Desk) -> None:
    await bought(desk, "a")
    with desk.state._database.transaction() as connection:
        row = dict(connection.execute(sa.select(intents)).one()._mapping)
        connection.execute(sa.insert(intents).values(**{**row, "key": "forged"}))
    assert desk.state.audit.verify().intent == "forged"


async def test_looks_that_find_nothing_and_refused_keys_leave_the_journal_as_the_audit_has_it(desk: Desk) -> None:
    await bought(desk, "a")
    other = sale(desk.customer, poNumber="other")
    with pytest.raises(Exception, match="key"):
        await desk.journal().place(other, desk.caller.send, refresh=unchanged(other), key="a")
    assert desk.state.audit.verify().whole
    record_without_a_head(desk.state)
    assert desk.state.audit.verify().whole


FORGED = {
    "never approved": {"approved_by": "boss", "approved_at": 1.0},
    "another record": {"approved_by": "boss", "approved_at": 1.0, "approval": 1},
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("what", FORGED)
async def test_a_forged_approval_is_not_honoured(desk: Desk, what: str, named: bool) -> None:
    await bought(desk, "a")
    facts = sale(desk.customer, quantity=9)
    made = previewed(desk, facts)
    tampered(desk.state, sa.update(previews).values(**FORGED[what]))
    assert desk.book().get(made.preview_id).approved_by is None
    with pytest.raises((PreviewRefusedError, BuyingRuleRefusedError)) as caught:
        await submit(desk, made if named else None, facts)
    assert caught.value.hint == f"Approve: im-cloud order approve {made.preview_id}"
    assert desk.book(who="bob").approve(made.preview_id).approved_by == "bob"
    assert await submit(desk, made if named else None, facts) == "submitted"


@pytest.mark.parametrize(
    "statement",
    [
        sa.delete(audit).where(audit.c.body.like('%"event": "approved"%')),
        sa.update(audit).where(audit.c.body.like('%"event": "approved"%')).values(who="eve"),
        sa.update(previews).values(approved_by="eve"),
        sa.update(previews).values(expires_at=previews.c.expires_at + 86_400),
    ],
    ids=["record taken out", "record changed", "another person", "a longer life"],
)
async def test_an_approval_counts_only_with_its_intact_record(desk: Desk, statement: sa.Executable) -> None:
    facts = sale(desk.customer, quantity=9)
    made = previewed(desk, facts)
    desk.book(who="bob").approve(made.preview_id)
    tampered(desk.state, statement)
    with pytest.raises(PreviewRefusedError) as caught:
        await submit(desk, made, facts)
    assert caught.value.specific_code == "not_approved"


async def test_the_approval_of_one_preview_does_not_serve_another(desk: Desk) -> None:
    small, large = sale(desk.customer, quantity=6), sale(desk.customer, quantity=90)
    approved, forged = previewed(desk, small), previewed(desk, large)
    desk.book(who=ACTING.who).approve(approved.preview_id)
    wanted = previews.c.preview_id == forged.preview_id
    tampered(desk.state, sa.update(previews).where(wanted).values(approved_by=ACTING.who, approved_at=1.0, approval=1))
    with pytest.raises(PreviewRefusedError):
        await submit(desk, forged, large)
    assert await submit(desk, approved, small) == "submitted"


@pytest.mark.parametrize("named", [True, False])
async def test_an_approval_that_was_used_lets_nothing_more_through(desk: Desk, named: bool) -> None:
    facts = sale(desk.customer, quantity=9)
    made = previewed(desk, facts)
    desk.book().approve(made.preview_id)
    assert await submit(desk, made, facts) == "submitted"
    tampered(desk.state, sa.update(previews).values(used_by=None))
    desk.clock.advance(3_600)
    assert desk.book().open() == ()
    with pytest.raises((PreviewRefusedError, BuyingRuleRefusedError)):
        await submit(desk, made if named else None, facts)
    assert len(desk.orders()) == 1


async def test_a_state_of_the_version_before_is_brought_up_and_goes_on(state_place: str) -> None:
    with opened(state_place) as state:
        desk = Desk(state)
        await bought(desk, "a")
        made = previewed(desk, sale(desk.customer, quantity=9))
        desk.book(who="bob").approve(made.preview_id)
        record_without_a_head(state)
        with state._database.transaction() as connection:
            connection.exec_driver_sql("DROP TABLE access_keys")
            connection.exec_driver_sql("DROP TABLE audit_heads")
            connection.exec_driver_sql("ALTER TABLE order_previews DROP COLUMN approval")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
    with opened(state_place) as state:
        desk.state = state
        assert (state.audit.verify().whole, state.audit.verify().records) == (True, 3)
        assert desk.book().get(made.preview_id).approved_by == "bob"
        await bought(desk, "b")
        assert (state.audit.verify().whole, state.audit.verify().records) == (True, 5)
