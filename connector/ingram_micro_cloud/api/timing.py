"""Clock, sleep and randomness, handed in so that tests need no waiting."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio


@dataclass(frozen=True, slots=True)
class Timing:
    """What time and chance are for one connection.

    Attributes:
        now: Seconds of the wall clock; shared between processes, because permits and tokens are.
        sleep: Waits so many seconds.
        random: A number from 0 to 1, for jitter.
        hurried: Whether waiting for the vendor's work is to end soon, as while a host is being stopped.
    """

    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    random: Callable[[], float] = random.random
    hurried: Callable[[], bool] = lambda: False
