"""Drop-downs over HTTP: the entries of an action's inputs, and the table that maps organizations to customers."""

import anyio.to_thread

from ingram_micro_cloud.hosts.gateway.action_routes import CONFIGURATION, accepted_names, read_call
from ingram_micro_cloud.hosts.gateway.answers import Answer
from ingram_micro_cloud.hosts.gateway.routing import Asked
from ingram_micro_cloud.hosts.serving.service import Call
from ingram_micro_cloud.hosts.surface.common import LONGEST_SECONDS
from ingram_micro_cloud.hosts.surface.operations import Operation, operation


async def list_options(asked: Asked) -> Answer:
    """Answer the entries of one drop-down."""
    integration, query, exchange = asked.gateway.service.integration, asked.query, asked.exchange
    spec = integration.lookup(asked.path["action_id"])
    chosen = operation(spec, integration.manifest)
    exchange.action, exchange.effect = spec.id, "read"
    call, part, search = read_call(query), query.part(), query.text("search", empty=True) or ""
    exchange.organization = call.organization
    given = chosen.inputs(query.inputs(accepted_names(chosen)))
    query.finish()
    found = await asked.gateway.service.options(
        asked.access, spec.id, _vendor_name(asked.path["input"], chosen), query=search, given=given, call=call
    )
    rows: list[object] = [{"id": each.value, "name": each.label} for each in found]
    return Answer({"items": part.of(rows), "total": len(rows)})


async def list_customers_for_mapping(asked: Asked) -> Answer:
    """Answer every customer of the reseller, or a part of them; only for keys that may act for the reseller."""
    service, access, exchange = asked.gateway.service, asked.access, asked.exchange
    configuration = asked.query.text("configuration", CONFIGURATION)
    part = asked.query.part()
    asked.query.finish()
    access.for_organization(None)

    def declared() -> tuple[str, str, str]:
        source = service.integration.mapping(service.configuration(access, configuration), service.state).spec.source
        return source.action, source.key, source.label

    action, key, label = await anyio.to_thread.run_sync(declared)
    exchange.action, exchange.effect = action, "read"
    inputs: dict[str, object] = {"offset": part.offset} if part.offset else {}
    if part.limit is not None:
        inputs["limit"] = part.limit
    outcome = await service.run(access, action, inputs, Call(configuration, deadline_seconds=LONGEST_SECONDS))
    exchange.calls = outcome.calls
    rows = outcome.result if isinstance(outcome.result, list) else []
    items = [{"id": str(row.get(key)), "name": str(row.get(label) or row.get(key))} for row in rows]
    return Answer({"items": items, "total": len(items) if outcome.total is None else outcome.total})


def _vendor_name(path: str, chosen: Operation) -> str:
    first, dot, deeper = path.partition(".")
    names = {each.name: each.vendor_name for each in chosen.parameters}
    return f"{names.get(first, first)}{dot}{deeper}"
