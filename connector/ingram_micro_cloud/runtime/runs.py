"""One run: its meter and for whom it is, and how what it is made of calls actions inside of it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingram_micro_cloud.api.client import MarketplaceClient
from ingram_micro_cloud.api.requests import ApiAnswer, CallMeter
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.outcomes import Page

if TYPE_CHECKING:
    from ingram_micro_cloud.ordering.follow import OnProgress
    from ingram_micro_cloud.runtime.execution import Execution

Given = Mapping[str, object]


@dataclass(frozen=True)
class Run:
    """One run: what it costs is counted on its meter, whatever it is made of.

    Attributes:
        key: The caller's name for a purchase.
        on_page: Told about every page of a list as it arrives.
        on_progress: Told about states an order or a report goes through.
    """

    meter: CallMeter
    organization: str | None = None
    key: str | None = None
    on_page: Callable[[Page], None] | None = None
    on_progress: "OnProgress | None" = None


class RunLine:
    """Calls actions inside a run: on its meter, behind its guard."""

    def __init__(
        self, execution: "Execution", bundle: Bundle, client: MarketplaceClient, run: Run, spec: ActionSpec
    ) -> None:
        self._execution, self._bundle, self._client, self._spec = execution, bundle, client, spec
        self._run = Run(run.meter, run.organization)

    async def rows(self, action: str, inputs: Given) -> AsyncIterator[Sequence[object]]:
        """Yield the rows of a list action, page by page, to its end."""
        async with aclosing(self._execution.pages(self._bundle.actions[action], inputs, self._run)) as pages:
            async for page in pages:
                yield page.rows

    async def one(self, action: str, inputs: Given) -> object:
        """Return what a reading action answers with."""
        return (await self._execution.outcome(self._bundle.actions[action], inputs, self._run)).result

    async def send(self, action: str, body: Given) -> ApiAnswer:
        """Send one declared write, at most once, past permission and guard."""
        plan = await self._execution.plan(self._bundle.actions[action], body, self._run)
        if plan.call.effect == "write":
            # What buys is looked at by the journal, before it is written down.
            await self._execution.watch.look(self._spec, plan, self._run)
        return await self._client.send(plan.call.request, self._run.meter)
