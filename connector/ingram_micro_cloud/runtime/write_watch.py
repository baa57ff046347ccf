"""Shows every write to the installed extensions before it is written down and sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ingram_micro_cloud.api.requests import ApiRequest
from ingram_micro_cloud.errors import DeadlineError
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec, Effect
from ingram_micro_cloud.ordering.models import OrderFacts, Verdict
from ingram_micro_cloud.ordering.ports import Consent
from ingram_micro_cloud.redaction import Redactor
from ingram_micro_cloud.runtime.extension_threads import LONGEST, NoAnswerError, in_own_thread
from ingram_micro_cloud.runtime.extensions import Extensions, vetoed
from ingram_micro_cloud.runtime.guard import Own
from ingram_micro_cloud.runtime.named_customers import named_customers
from ingram_micro_cloud.runtime.office import Office
from ingram_micro_cloud.runtime.planning import plan_declared, shown_request
from ingram_micro_cloud.runtime.runs import Run
from ingram_micro_cloud.runtime.screening import GuardedCall
from ingram_micro_cloud.runtime.secret_inputs import secret_paths

Json = Mapping[str, object]


@dataclass(frozen=True)
class WriteWatch:
    """Asks the extensions of one connection.

    Attributes:
        redactor: Gives what takes secrets out at that moment; a token is learned late.
    """

    extensions: Extensions
    bundle: Bundle
    office: Office
    redactor: Callable[[], Redactor]

    async def look(self, spec: ActionSpec, plan: GuardedCall, run: Run) -> None:
        """Have a write looked at that is no purchase.

        Args:
            spec: What was run.
            plan: What is about to be sent.
            run: For whom, and until when.

        Raises:
            VetoedError: An extension objects, failed, or did not answer in time; nothing was sent.
        """
        if self.extensions.watchers:
            await self._ask(spec, plan.rules, plan.call.request, run, self._customers(spec, plan),
                            effect=plan.call.effect, irreversible=plan.call.irreversible)  # fmt: skip

    def purchase(self, spec: ActionSpec, plan: GuardedCall, run: Run) -> Consent | None:
        """Return what has a planned purchase looked at; None where nobody looks."""

        async def consent(facts: OrderFacts, verdict: Verdict, preview_id: str | None) -> None:
            customers = [facts.customer_id] if facts.customer_id else self._customers(spec, plan)
            await self._ask(spec, plan.rules, plan.call.request, run, customers, effect="buy",
                            irreversible=facts.irreversible, order=_order(facts, verdict, preview_id))  # fmt: skip

        return consent if self.extensions.watchers else None

    def order(self, spec: ActionSpec, own: Own | None, run: Run) -> Consent | None:
        """Return what has an intent's order looked at; None where nobody looks."""

        async def consent(facts: OrderFacts, verdict: Verdict, preview_id: str | None) -> None:
            from ingram_micro_cloud.handlers.placing import ORDER

            order = self.bundle.actions[ORDER]
            customers = [facts.customer_id] if facts.customer_id else list(own.customers) if own else []
            await self._ask(spec, order, plan_declared(order, facts.request).request, run, customers,
                            effect="buy", irreversible=facts.irreversible,
                            order=_order(facts, verdict, preview_id))  # fmt: skip

        return consent if self.extensions.watchers else None

    def _customers(self, spec: ActionSpec, plan: GuardedCall) -> list[str]:
        return named_customers(spec, plan, self.bundle.mapping.guard.inputs)

    async def _ask(
        self,
        spec: ActionSpec,
        rules: ActionSpec,
        request: ApiRequest,
        run: Run,
        customers: list[str],
        *,
        effect: Effect,
        irreversible: bool,
        order: Json | None = None,
    ) -> None:
        shown = shown_request(request, secret_paths(self.bundle.actions.values()))
        preview = {
            "action": spec.id,
            "operation": rules.id,
            "title": spec.title,
            "effect": effect,
            "irreversible": irreversible,
            "configuration": self.office.configuration.name,
            "organization": run.organization,
            "who": self.office.who,
            "customer_ids": customers,
            "method": shown["method"],
            "path": shown["path"],
            "query": shown["query"],
            "body": shown.get("json", shown.get("body")),
            "order": order,
        }
        redacted = self.redactor().value(preview)
        if not isinstance(redacted, dict):
            raise TypeError("a redacted object is an object")
        for watcher in self.extensions.watchers:
            await self._consent(watcher, redacted, run.meter.deadline)

    async def _consent(self, watcher: str, preview: Json, deadline: float | None) -> None:
        seconds = LONGEST if deadline is None else deadline - self.office.timing.now()
        if seconds <= 0:
            raise DeadlineError(
                "Nothing was sent. The time ran out before it was looked at.",
                hint="Give it more time (--deadline SECONDS).",
            )
        try:
            await in_own_thread(partial(self.extensions.consent, watcher, preview), seconds)
        except NoAnswerError as problem:
            raise vetoed(watcher, f"{problem} when it was shown this write") from problem


def _order(facts: OrderFacts, verdict: Verdict, preview_id: str | None) -> Json:
    from ingram_micro_cloud.handlers.placing import change_json

    return {
        "preview_id": preview_id,
        "kind": facts.kind,
        "price": None if facts.price is None else facts.price.as_json(),
        "changes": [change_json(each) for each in facts.changes],
        "warnings": list(facts.warnings),
        "verdict": verdict.as_json(),
    }
