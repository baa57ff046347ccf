"""A declared call that commits money, placed through the journal: `create_order`, auto-renewal, unknown requests."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ingram_micro_cloud.api.requests import NO_BODY, ApiRequest
from ingram_micro_cloud.handlers.generic_request import path_values
from ingram_micro_cloud.handlers.placing import ORDER, named_facts, read_facts
from ingram_micro_cloud.ordering.facts.gathering import auto_renewal_facts
from ingram_micro_cloud.ordering.models import JournalEntry, OrderFacts
from ingram_micro_cloud.ordering.ports import Send
from ingram_micro_cloud.ordering.remembering import RememberingCaller
from ingram_micro_cloud.runtime.desk import RunDesk
from ingram_micro_cloud.runtime.guarded_requests import body_of
from ingram_micro_cloud.runtime.screening import GuardedCall

RENEWING: Final = ("update_subscription", "update_subscription_details")


async def buy(desk: RunDesk, plan: GuardedCall, send_plan: Send) -> JournalEntry:
    """Send a planned call that commits money, once, and return what the journal knows of it.

    Args:
        desk: The run.
        plan: The call.
        send_plan: Sends the planned request with this body.

    Raises:
        RefusedError: Rules, a possible duplicate or an unfinished order stand against it.
        MarketplaceError: It was certainly not done.
        OutcomeUnknownError: It was sent, and nobody can know.
    """
    body = body_of(plan.call.request)
    if plan.rules.id == ORDER:
        order = body if isinstance(body, Mapping) else {}
        named = named_facts(desk, order)

        async def refresh() -> OrderFacts:
            return await read_facts(desk, order)

        return await desk.journal.place(
            named, send_plan, refresh=refresh, key=desk.key, deadline=desk.deadline
        )  # fmt: skip
    facts = await _setting(desk, plan, body)

    async def same() -> OrderFacts:
        return await _setting(desk, plan, body)

    return await desk.journal.place(facts, send_plan, refresh=same, key=desk.key, deadline=desk.deadline)


def with_body(request: ApiRequest, body: Mapping[str, object], *, order: bool) -> ApiRequest:
    """Return the request with the journal's marker in its body, where it is an order; others leave as they are."""
    return replace(request, json=dict(body), content=None, content_type=None) if order else request


async def _setting(desk: RunDesk, plan: GuardedCall, body: object) -> OrderFacts:
    """Return the facts of a purchase that is no order."""
    if plan.rules.id in RENEWING and isinstance(body, Mapping):
        template = plan.rules.request.path if plan.rules.request else ""
        key = plan.inputs.get("id") or path_values(template, plan.call.request.path).get("id")
        return await auto_renewal_facts(body, str(key), RememberingCaller(desk.caller))
    request = plan.call.request
    told = {
        "method": request.method,
        "path": request.path,
        "query": [list(pair) for pair in request.query],
        "body": None if body is NO_BODY else body,
    }
    return OrderFacts(
        "setting", desk.own[0] if desk.own else "", None, told, (), None,
        irreversible=plan.call.irreversible, what=plan.call.what,
    )  # fmt: skip
