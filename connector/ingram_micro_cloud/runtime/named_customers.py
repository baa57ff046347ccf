"""Which customers a call names, as an extension is told before it is sent."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from ingram_micro_cloud.api.requests import NO_BODY, ApiRequest
from ingram_micro_cloud.handlers.generic_request import path_values
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.screening import GuardedCall


class Members(list[tuple[str, object]]):
    """The members of an object, every one of those that have the same name: either may be the one that counts."""


def named_customers(spec: ActionSpec, plan: GuardedCall, names: Sequence[str]) -> list[str]:
    """Return the customers a call names, else those it is proven to belong to.

    Args:
        spec: What was run.
        plan: What is about to be sent.
        names: Inputs that name a customer wherever they stand.
    """
    inputs = _requested(plan.rules, plan.call.request) if spec.effect == "path" else Members(plan.inputs.items())
    wanted = {name.casefold() for name in names}
    mapped = (plan.rules.mapped or "").casefold()
    found = [value for name, value in inputs if mapped and name.casefold() == mapped]
    found += [value for name, value in _members(inputs) if name.casefold() in wanted]
    named = list(dict.fromkeys(str(each) for each in found if each is not None))
    return named or (list(plan.own.customers) if plan.own is not None else [])


def _requested(rules: ActionSpec, request: ApiRequest) -> Members:
    """Return what a generic request gives by the names of the action it amounts to, whatever way it says it."""
    given = Members([*request.query, *_body(request)])
    if rules.request is None:
        return given
    inputs = {rules.request.vendor_name(name): name for name in rules.inputs}
    path = path_values(rules.request.path, request.path).items()
    return Members((inputs.get(name, name), value) for name, value in (*path, *given))


def _body(request: ApiRequest) -> Members:
    body: object = None if request.json is NO_BODY else request.json
    if request.content is not None:
        with suppress(ValueError, RecursionError):
            body = json.loads(request.content, object_pairs_hook=Members)
    if isinstance(body, Members):
        return body
    return Members(body.items()) if isinstance(body, Mapping) else Members([("", body)])


def _members(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        value = Members(value.items())
    if isinstance(value, Members):
        for name, member in value:
            yield str(name), member
            yield from _members(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _members(member)
