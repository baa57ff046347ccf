"""Withholds what an answer holds of other customers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingram_micro_cloud.errors import GuardRefusedError
from ingram_micro_cloud.handlers.calls import PlannedCall
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.guard import Own, kept_rows, owner_in
from ingram_micro_cloud.runtime.outcomes import Notice


@dataclass(frozen=True, slots=True)
class GuardedCall:
    """A planned call and what the guard knows about it.

    Attributes:
        rules: The action whose owner rules count; for a generic request the one it amounts to.
        inputs: The checked inputs.
        own: Whose customers it may touch; None where it is not guarded.
        bound: Whether every id it was sent with is proven to be the organization's.
        narrowed: Whether the vendor was asked for one customer's rows only.
    """

    call: PlannedCall
    rules: ActionSpec
    inputs: Mapping[str, object]
    own: Own | None = None
    bound: bool = False
    narrowed: bool = False


def screened_rows(plan: GuardedCall, rows: Sequence[object]) -> tuple[Sequence[object], int]:
    """Return the rows that are the organization's, and how many were withheld though only its own were asked for."""
    member = plan.rules.owner.answer
    if plan.own is None:
        return rows, 0
    kept = [] if member is None else kept_rows(rows, member, plan.own)
    return kept, len(rows) - len(kept) if plan.narrowed else 0


def screened_answer(plan: GuardedCall, answer: object) -> tuple[object, tuple[Notice, ...]]:
    """Return a single answer when it is the organization's.

    Raises:
        GuardRefusedError: What was read is somebody else's, or does not say whose it is.
    """
    if plan.own is None or answer is None:
        return answer, ()
    paging, member = plan.rules.paginate, plan.rules.owner.answer
    if paging is not None:
        return _screened_envelope(plan, answer, paging.items)
    owner = owner_in(answer, member)
    if owner in plan.own or (owner is None and plan.bound):
        return answer, ()
    if plan.call.effect == "read":
        raise GuardRefusedError(
            f"The answer was withheld: {plan.call.what} read something that is not proven to belong to "
            f"{plan.own.name} ({plan.own.organization}).",
            hint="Take ids from this organization's own lists.",
        )
    text = "It was done, but the answer names another customer and was withheld."
    return None, (Notice("answer_withheld", text),)


def withheld_notice(count: int) -> tuple[Notice, ...]:
    """Return the notice for rows of others that came although only the organization's were asked for."""
    if not count:
        return ()
    text = f"{count} rows were not proven to be this organization's and were withheld."
    return (Notice("rows_withheld", text, count=count),)


def _screened_envelope(plan: GuardedCall, answer: object, items: str) -> tuple[object, tuple[Notice, ...]]:
    rows = answer.get(items) if isinstance(answer, Mapping) else None
    if not isinstance(answer, Mapping) or not isinstance(rows, list):
        return None, (Notice("answer_withheld", "The answer is no list as expected and was withheld."),)
    kept, withheld = screened_rows(plan, rows)
    pagination = answer.get("pagination")
    if isinstance(pagination, Mapping) and not plan.narrowed:
        # How many customers there are in all is not this organization's business.
        pagination = {**pagination, "total": len(kept)}
    return {items: list(kept), "pagination": pagination}, withheld_notice(withheld)
