"""Withholds what an answer holds of other customers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingram_micro_cloud.errors import GuardRefusedError
from ingram_micro_cloud.handlers.calls import PlannedCall
from ingram_micro_cloud.manifest.described import resolved
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
        names: Members under which an answer may carry a customer's id, at any depth.
    """

    call: PlannedCall
    rules: ActionSpec
    inputs: Mapping[str, object]
    own: Own | None = None
    bound: bool = False
    narrowed: bool = False
    names: tuple[str, ...] = ()


def screened_rows(plan: GuardedCall, rows: Sequence[object]) -> tuple[Sequence[object], int]:
    """Return the rows that are the organization's, and how many were withheld though only its own were asked for."""
    member = plan.rules.owner.answer
    if plan.own is None:
        return rows, 0
    proven = [] if member is None else kept_rows(rows, member, plan.own)
    kept = [row for row in proven if not names_others(row, plan.names, plan.own)]
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
    if _is_own(plan, answer, member, plan.own):
        return answer, ()
    if plan.call.effect == "read":
        raise withheld(plan)
    text = "It was done, but the answer is not proven to be this organization's and was withheld."
    return None, (Notice("answer_withheld", text),)


def withheld(plan: GuardedCall) -> GuardRefusedError:
    """Return the error for what was read and is somebody else's, does not say whose it is, or does not exist."""
    own = plan.own
    whose = f"{own.name} ({own.organization})" if own is not None else "the organization"
    return GuardRefusedError(
        f"The answer was withheld: what {plan.call.what} asked for is not proven to belong to {whose}.",
        hint="Take ids from this organization's own lists.",
    )


def names_others(value: object, names: Sequence[str], own: Own) -> bool:
    """Return whether a value names a customer that is not the organization's, at any depth and in any case."""
    wanted = {name.casefold() for name in names}
    if isinstance(value, Mapping):
        return any(
            (str(name).casefold() in wanted and member is not None and member not in own)
            or names_others(member, names, own)
            for name, member in value.items()
        )
    return isinstance(value, list | tuple) and any(names_others(member, names, own) for member in value)


def _is_own(plan: GuardedCall, answer: object, member: str | None, own: Own) -> bool:
    if not isinstance(answer, Mapping) or names_others(answer, plan.names, own):
        return False
    owner = owner_in(answer, member)
    if owner is not None:
        return owner in own
    # Some answers need not say whose they are; those belong to the ids that were proven before.
    required = resolved(plan.rules.output, plan.rules.output).get("required")
    must_say = member is not None and isinstance(required, list) and member in required
    return plan.bound and not must_say and (member is None or member not in answer)


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
    kept, withheld_rows = screened_rows(plan, rows)
    told = answer.get("pagination")
    known = (
        {name: told[name] for name in ("offset", "limit", "total") if name in told} if isinstance(told, Mapping) else {}
    )
    if withheld_rows:
        # How many others there are is not this organization's business.
        known.pop("total", None)
    return {items: list(kept), "pagination": known}, withheld_notice(withheld_rows)
