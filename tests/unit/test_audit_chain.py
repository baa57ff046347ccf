"""The audit's chain: whatever is changed, taken out, put in or cut off is noticed and named."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from ingram_micro_cloud.store.audit import AuditRecords
from ingram_micro_cloud.store.journal_tables import audit, intents
from ingram_micro_cloud.store.secrets import SecretBox
from ingram_micro_cloud.store.state import State
from support.direct_caller import sale, unchanged
from support.journals import Desk, opened

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(state_place: str) -> Iterator[Desk]:
    with opened(state_place) as state:
        yield Desk(state)


async def filled(desk: Desk) -> None:
    for number in range(3):
        facts = sale(desk.customer, poNumber=f"n{number}")
        await desk.journal().place(facts, desk.caller.send, refresh=unchanged(facts))


def tampered(state: State, *statements: sa.Executable) -> None:
    with state._database.transaction() as connection:
        for statement in statements:
            connection.execute(statement)


async def test_an_untouched_chain_is_whole(desk: Desk) -> None:
    assert desk.state.audit.verify().whole
    await filled(desk)
    check = desk.state.audit.verify()
    assert (check.records, check.broken_at, check.whole) == (6, None, True)
    assert [each.sequence for each in desk.state.audit.all()] == [1, 2, 3, 4, 5, 6]


async def test_a_record_says_what_was_tried_by_whom_and_what_came_of_it(desk: Desk) -> None:
    await filled(desk)
    sending, sent = desk.state.audit.all()[:2]
    assert (sending.who, sending.at) == ("ann", desk.clock.now())
    assert sending.body["verdict"] == {"allowed": True, "broken": []}
    assert {"event", "key", "marker", "content", "customer_id", "price", "configuration"} <= set(sending.body)
    assert sent.body["order_id"] == sent.body["outcome"]["id"]  # type: ignore[index]
    assert "products" not in json.dumps([sending.body, sent.body])


TAMPERING = {
    "a changed body": (3, sa.update(audit).where(audit.c.sequence == 3).values(body='{"event":"sent"}')),
    "another person": (2, sa.update(audit).where(audit.c.sequence == 2).values(who="eve")),
    "another time": (4, sa.update(audit).where(audit.c.sequence == 4).values(at=1.0)),
    "a changed hash": (5, sa.update(audit).where(audit.c.sequence == 5).values(hash="0" * 64)),
    "another one before": (3, sa.update(audit).where(audit.c.sequence == 3).values(previous="0" * 64)),
    "a record taken out": (4, sa.delete(audit).where(audit.c.sequence == 4)),
    "the first one taken out": (1, sa.delete(audit).where(audit.c.sequence == 1)),
    "the end cut off": (5, sa.delete(audit).where(audit.c.sequence >= 5)),
    "everything taken out": (1, sa.delete(audit)),
}


@pytest.mark.parametrize("what", TAMPERING)
async def test_tampering_is_noticed_at_the_first_record_that_does_not_fit(desk: Desk, what: str) -> None:
    await filled(desk)
    place, statement = TAMPERING[what]
    tampered(desk.state, statement)
    check = desk.state.audit.verify()
    assert (check.whole, check.broken_at, check.records) == (False, place, place - 1)
    assert check.message.startswith(f"Record {place} ")


async def test_records_in_another_order_do_not_fit(desk: Desk) -> None:
    await filled(desk)
    tampered(
        desk.state,
        sa.update(audit).where(audit.c.sequence == 2).values(sequence=99),
        sa.update(audit).where(audit.c.sequence == 3).values(sequence=2),
        sa.update(audit).where(audit.c.sequence == 99).values(sequence=3),
    )
    assert desk.state.audit.verify().broken_at == 2


async def test_nobody_without_the_key_can_write_a_chain_that_fits(desk: Desk) -> None:
    await filled(desk)
    stranger = AuditRecords(desk.state._database, SecretBox(b"another-key-of-many-letters"))
    assert stranger.verify().broken_at == 1


async def test_a_step_that_fails_leaves_neither_intent_nor_record(desk: Desk) -> None:
    await filled(desk)

    def half() -> None:
        with desk.state.journal.step("account-1") as step:
            step.note(at=1.0, who="ann", audit={"event": "half"})
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="middle"):
        half()
    assert desk.state.audit.verify().records == 6
    with desk.state._database.transaction() as connection:
        assert connection.execute(sa.select(sa.func.max(intents.c.audited))).scalar() == 6


def test_a_step_of_the_journal_is_on_the_disk_when_it_is_over(desk: Desk) -> None:
    question, sure = ("PRAGMA synchronous", 2) if desk.state._database.is_sqlite else ("SHOW synchronous_commit", "on")
    with desk.state.journal.step("account-1") as step:
        assert step._connection.exec_driver_sql(question).scalar() == sure
    if desk.state._database.is_sqlite:
        with desk.state._database.transaction() as connection:
            assert connection.exec_driver_sql(question).scalar() == 1, "nothing else waits for the disk"
