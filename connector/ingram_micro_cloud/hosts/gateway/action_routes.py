"""The actions over HTTP: one operation each, made from the bundle."""

from collections.abc import Mapping
from functools import partial

from ingram_micro_cloud.errors import FieldProblem, InputError, UnknownActionError
from ingram_micro_cloud.hosts.gateway.answers import Answer, Part, item_answer, list_answer
from ingram_micro_cloud.hosts.gateway.query import Query, part_of, wrong
from ingram_micro_cloud.hosts.gateway.routing import Asked, Entry
from ingram_micro_cloud.hosts.serving.service import Call
from ingram_micro_cloud.hosts.surface.operations import Operation, operations
from ingram_micro_cloud.ordering.journal.keys import LONGEST_KEY
from ingram_micro_cloud.plugin import Integration
from ingram_micro_cloud.runtime.secret_inputs import GROUPS

CONFIGURATION = "X-Im-Cloud-Configuration"
ORGANIZATION = "X-Im-Cloud-Organization"
PURCHASE_KEY = "Idempotency-Key"
KEY_INPUT = "key"
"""The input by which an action of ours takes the caller's name for a purchase."""


def action_entries(integration: Integration) -> list[Entry]:
    """Return the entries of every action, and of names that are no action's."""
    found = [
        Entry(
            method, operation.path, partial(run_action, operation), reads=operation.action.effect == "read",
            documented=method == operation.method,
        )
        for operation in operations(integration)
        for method in dict.fromkeys((operation.method, "POST"))
    ]  # fmt: skip
    # Last, because the first path that fits is taken.
    return found + [Entry(method, "/actions/{action_id}", no_action, documented=False) for method in ("GET", "POST")]


def read_call(query: Query) -> Call:
    """Take whom a call is for and how long it may take; see ``Call``.

    Raises:
        InputError: One of them is wrong, or given twice and different.
    """
    return Call(
        configuration=query.text("configuration", CONFIGURATION),
        organization=query.text("organization", ORGANIZATION),
        deadline_seconds=query.seconds("deadline_seconds"),
    )


async def run_action(operation: Operation, asked: Asked) -> Answer:
    """Run one action."""
    spec, query, exchange = operation.action, asked.query, asked.exchange
    exchange.action, exchange.effect = spec.id, spec.effect
    call = read_call(query)
    exchange.organization = call.organization
    dry_run = query.flag("dry_run")
    key = _purchase_key(operation, query)
    given: dict[str, object] = dict(asked.body)
    part = query.part() if operation.sliced else None
    if exchange.method == "GET":
        given = query.inputs(accepted_names(operation))
    elif operation.sliced:
        part = _part_in(given, part)
    query.finish(elsewhere=() if exchange.method == "GET" else accepted_names(operation))
    inputs = operation.inputs(given)
    if key is not None and KEY_INPUT in spec.inputs:
        _name_purchase(inputs, key)
        key = None
    call = Call(call.configuration, call.organization, key, dry_run, call.deadline_seconds)
    try:
        outcome = await asked.gateway.service.run(asked.access, spec.id, inputs, call)
    except InputError as problem:
        raise _renamed(problem, operation, given) from problem
    exchange.calls = outcome.calls
    return Answer(list_answer(outcome, part) if operation.lists else item_answer(outcome))


async def no_action(asked: Asked) -> Answer:
    """Refuse a name that is no action's id."""
    spec = asked.gateway.service.integration.lookup(asked.path["action_id"])
    raise UnknownActionError(
        "Actions go by their id here.", hint=f"You may have meant this one: POST /actions/{spec.id}"
    )  # fmt: skip


def _purchase_key(operation: Operation, query: Query) -> str | None:
    key = query.text("purchase_key", PURCHASE_KEY, longest=LONGEST_KEY)
    if key is not None and not operation.buys:
        text = f"A purchase_key names a purchase, and {operation.action.title} is none. Nothing was sent."
        raise wrong("purchase_key", "no_purchase", text)
    return key


def _name_purchase(inputs: dict[str, object], key: str) -> None:
    if inputs.get(KEY_INPUT) not in (None, key):
        raise wrong(KEY_INPUT, "given_twice", f"{KEY_INPUT} and purchase_key are both given, and differ.")
    inputs[KEY_INPUT] = key


def _part_in(body: dict[str, object], part: Part | None) -> Part:
    inside = {name: body.pop(name) for name in ("offset", "limit") if name in body}
    if not inside:
        return part or Part()
    if part != Part():
        raise wrong("offset", "given_twice", "offset and limit are given in the query and in the body.")
    return part_of(inside.get("offset"), inside.get("limit"))


def accepted_names(operation: Operation) -> list[str]:
    """Return every name an input goes by: the gateway's, the vendor's, aliases, and the platform's groups.

    Names that are known and refused are among them, so that their own sentence says why.
    """
    spec = operation.action
    names = [name for each in operation.parameters for name in (each.name, each.vendor_name)]
    for schema in spec.inputs.values():
        aliases = schema.get("aliases")
        names += [str(alias) for alias in aliases] if isinstance(aliases, list) else []
    return list(dict.fromkeys([*names, *spec.ignored_inputs, *spec.refused_inputs, *GROUPS]))


def _renamed(problem: InputError, operation: Operation, given: Mapping[str, object]) -> InputError:
    """Return an error about inputs by the names they have at the gateway, unless the caller used the vendor's."""
    names = {
        each.vendor_name: each.name
        for each in operation.parameters
        if each.name != each.vendor_name and each.vendor_name not in given
    }
    fields, met = [], {}
    for each in problem.fields:
        first, slash, deeper = each.pointer.removeprefix("/").partition("/")
        if first in names:
            met[first] = names[first]
            fields.append(FieldProblem(f"/{names[first]}{slash}{deeper}", each.code, each.message))
        else:
            fields.append(each)
    if not met:
        return problem
    called = " ".join(f"{vendor} is called {name} here." for vendor, name in met.items())
    renamed = InputError(problem.message, hint=f"{called} {problem.hint or ''}".strip(), fields=fields)
    renamed.calls = problem.calls
    return renamed
