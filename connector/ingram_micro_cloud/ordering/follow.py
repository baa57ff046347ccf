"""Follows an order to its end: by reading only, for a bounded time, and again whenever somebody asks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from ingram_micro_cloud.errors import CallBudgetError, DeadlineError, IngramMicroCloudError, NotFoundError
from ingram_micro_cloud.ordering.figures import members, text
from ingram_micro_cloud.ordering.ports import Caller

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
PAUSES: Final = (2.0, 5.0, 10.0, 15.0)
"""Seconds between looks at first; then every PATIENT seconds, because each look costs a call."""
PATIENT: Final = 30.0
LAST_LOOK: Final = 10.0
"""Seconds before a run's deadline at which it is looked for the last time, so that the look itself still fits in."""
ENDS: Final = frozenset({"completed", "error", "cancelled"})


@dataclass(frozen=True, slots=True)
class SeenState:
    """A state as it was seen, and when: seconds since 1970."""

    state: str
    at: float


@dataclass(frozen=True, slots=True)
class Followed:
    """Where something stands after it was followed.

    Attributes:
        state: The vendor's last state; running when the time was up before an end.
        history: Every state that was seen, in order, each once.
        last: The object as it was read last.
        message: Where it stands, in one sentence.
        looks: How often it was read.
    """

    key: str
    state: Literal["completed", "error", "cancelled", "running"]
    history: tuple[SeenState, ...]
    last: Mapping[str, object] = field(default_factory=dict)
    message: str = ""
    looks: int = 0

    def as_json(self) -> dict[str, object]:
        """Return what `order follow --json` prints."""
        seen = [{"state": each.state, "at": each.at} for each in self.history]
        return {"id": self.key, "state": self.state, "message": self.message, "history": seen, "last": dict(self.last)}


OnProgress: TypeAlias = Callable[[SeenState], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What ends following before its own time is up; where things stand is then the answer, and no error.

    Attributes:
        deadline: The moment, in seconds since 1970, after which the run begins nothing more, or None.
        hurried: Whether whoever waits is to come to an end soon.
        sent: What is followed was sent in this very run, so whatever keeps it from being looked at is no error either:
            one would read as if nothing had been done.
    """

    deadline: float | None = None
    hurried: Callable[[], bool] = lambda: False
    sent: bool = False

    def until(self, moment: float) -> float:
        """Return the moment of the last look, where nothing but ``moment`` was wanted."""
        return moment if self.deadline is None else min(moment, self.deadline - LAST_LOOK)


UNBOUNDED: Final = Bounds()


async def follow(
    order_id: str,
    caller: Caller,
    *,
    sleep: Sleep,
    now: Callable[[], float],
    seconds: float = 300.0,
    on_progress: OnProgress | None = None,
    history: Sequence[SeenState] = (),
    bounds: Bounds = UNBOUNDED,
) -> Followed:
    """Return where an order stands once it has ended, or once the time is up; that is no error.

    Args:
        order_id: The vendor's id of the order.
        caller: Reads.
        sleep: Waits so many seconds.
        now: The present moment, seconds since 1970.
        seconds: How long to stay with it; 0 looks once.
        on_progress: Told of every state when it is first seen.
        history: States seen by an earlier run that was interrupted.
        bounds: What ends it sooner.

    Raises:
        NotFoundError: There is no such order.
        IngramMicroCloudError: It could not be read, and the last try of the time allowed failed as well.
    """
    found = await follow_states(
        order_id,
        "get_order",
        "id",
        caller,
        sleep=sleep,
        now=now,
        seconds=seconds,
        on_progress=on_progress,
        history=history,
        bounds=bounds,
    )  # fmt: skip
    number = text(found.last.get("orderNumber")) or order_id
    told = {
        "completed": f"Order {number} is completed.",
        "error": f"Order {number} ended in error. The vendor shows the reason in the reseller panel only: "
        "look the order up there before ordering again.",
        "cancelled": f"Order {number} was cancelled before it was done; nothing was changed by it.",
        "running": f"Order {number} is still running ({_last(found.history)}). Look again: "
        f"im-cloud order follow {order_id}",
    }
    return _with_message(found, told[found.state])


async def follow_states(
    key: str,
    action: str,
    name: str,
    caller: Caller,
    *,
    sleep: Sleep,
    now: Callable[[], float],
    seconds: float,
    on_progress: OnProgress | None = None,
    history: Sequence[SeenState] = (),
    bounds: Bounds = UNBOUNDED,
) -> Followed:
    """Return where any object with a status stands, read by an action whose input ``name`` is its key."""
    until = bounds.until(now() + seconds)
    seen, last = list(history), dict[str, object]()
    looks = 0
    while True:
        problem: IngramMicroCloudError | None = None
        try:
            looks += 1
            last = dict(members(await caller.one(action, {name: key})))
        except IngramMicroCloudError as failure:
            problem = failure
        else:
            state = text(last.get("status")).casefold() or "unknown"
            if not seen or seen[-1].state != state:
                seen.append(SeenState(state, now()))
                if on_progress is not None:
                    on_progress(seen[-1])
            if state in ENDS:
                return Followed(key, _ended(state), tuple(seen), last, looks=looks)
        left = until - now()
        over = left <= 0 or bounds.hurried()
        # Following outlives a dropped connection, but not something that asking again cannot mend.
        if problem is not None and (over or problem.retry != "yes" or isinstance(problem, NotFoundError)):
            if not bounds.sent and not (last and isinstance(problem, DeadlineError | CallBudgetError)):
                raise problem
            over = True
        if over:
            return Followed(key, "running", tuple(seen), last, looks=looks)
        await sleep(min(left, PAUSES[looks - 1] if looks <= len(PAUSES) else PATIENT))


def _ended(state: str) -> Literal["completed", "error", "cancelled"]:
    return "completed" if state == "completed" else "error" if state == "error" else "cancelled"


def _last(history: Sequence[SeenState]) -> str:
    return history[-1].state if history else "unknown"


def _with_message(found: Followed, message: str) -> Followed:
    return replace(found, message=message)
