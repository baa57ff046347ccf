"""A clock that only moves when told, and the sleep that goes with it."""

from dataclasses import dataclass, field


@dataclass
class FakeClock:
    """Hand ``now`` and ``sleep`` to whatever needs time; sleeping is instant and remembered."""

    seconds: float = 1_795_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += max(0.0, seconds)

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
