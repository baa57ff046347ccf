"""The longest a request is worked on, for what takes no deadline of its own."""

from collections.abc import Awaitable
from typing import TypeVar

import anyio

from ingram_micro_cloud.errors import DeadlineError
from ingram_micro_cloud.hosts.surface.common import LONGEST_SECONDS

Result = TypeVar("Result")


async def in_time(work: Awaitable[Result], seconds: float = LONGEST_SECONDS) -> Result:
    """Return what came of work that changes nothing at the vendor.

    Raises:
        DeadlineError: It was not done in so many seconds; what it keeps here is kept whole or not at all.
    """
    with anyio.move_on_after(seconds):
        return await work
    raise DeadlineError(f"It was not done within {seconds:g} seconds.", hint="Try again later.")
