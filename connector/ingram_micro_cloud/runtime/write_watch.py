"""Shows every write to the installed extensions before it is written down and sent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import anyio.to_thread

from ingram_micro_cloud.api.requests import ApiRequest
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec, Effect
from ingram_micro_cloud.ordering.models import OrderFacts, Verdict
from ingram_micro_cloud.ordering.ports import Consent
from ingram_micro_cloud.redaction import Redactor
from ingram_micro_cloud.runtime.extensions import Extensions
from ingram_micro_cloud.runtime.guard import Own
from ingram_micro_cloud.runtime.office import Office
from ingram_micro_cloud.runtime.planning import plan_declared, shown_request
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

    async def look(self, spec: ActionSpec, plan: GuardedCall, organization: str | None) -> None:
        """Have a write looked at that is no purchase.

        Args:
            spec: What was run.
            plan: What is about to be sent.
            organization: For whom.

        Raises:
            VetoedError: An extension objects, or failed; nothing was sent.
        """
        if self.extensions.watches_writes:
            customers = _customers(plan, self.bundle.mapping.guard.inputs)
            await self._ask(spec, plan.rules, plan.call.request, organization, customers,
                            effect=plan.call.effect, irreversible=plan.call.irreversible)  # fmt: skip

    def purchase(self, spec: ActionSpec, plan: GuardedCall, organization: str | None) -> Consent | None:
        """Return what has a planned purchase looked at; None where nobody looks."""

        async def consent(facts: OrderFacts, verdict: Verdict, preview_id: str | None) -> None:
            customers = [facts.customer_id] if facts.customer_id else _customers(plan, self.bundle.mapping.guard.inputs)
            await self._ask(spec, plan.rules, plan.call.request, organization, customers, effect="buy",
                            irreversible=facts.irreversible, order=_order(facts, verdict, preview_id))  # fmt: skip

        return consent if self.extensions.watches_writes else None

    def order(self, spec: ActionSpec, own: Own | None, organization: str | None) -> Consent | None:
        """Return what has an intent's order looked at; None where nobody looks."""

        async def consent(facts: OrderFacts, verdict: Verdict, preview_id: str | None) -> None:
            from ingram_micro_cloud.handlers.placing import ORDER

            order = self.bundle.actions[ORDER]
            customers = [facts.customer_id] if facts.customer_id else list(own.customers) if own else []
            await self._ask(spec, order, plan_declared(order, facts.request).request, organization, customers,
                            effect="buy", irreversible=facts.irreversible,
                            order=_order(facts, verdict, preview_id))  # fmt: skip

        return consent if self.extensions.watches_writes else None

    async def _ask(
        self,
        spec: ActionSpec,
        rules: ActionSpec,
        request: ApiRequest,
        organization: str | None,
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
            "organization": organization,
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
        # In a thread: what extensions do may take its time, and other runs go on meanwhile.
        await anyio.to_thread.run_sync(partial(self.extensions.consent, redacted))


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


def _customers(plan: GuardedCall, names: tuple[str, ...]) -> list[str]:
    """Return the customers a call names, else those it is proven to belong to."""
    wanted = {name.casefold() for name in names}
    found = [plan.inputs.get(plan.rules.mapped)] if plan.rules.mapped is not None else []
    found += [value for name, value in _members(plan.inputs) if name.casefold() in wanted]
    named = list(dict.fromkeys(str(each) for each in found if each is not None))
    return named or (list(plan.own.customers) if plan.own is not None else [])


def _members(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield str(name), member
            yield from _members(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _members(member)
