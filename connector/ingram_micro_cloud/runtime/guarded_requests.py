"""Reads a generic request as the action it amounts to, so that the guard can tell whose it is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingram_micro_cloud.api.requests import NO_BODY, ApiRequest
from ingram_micro_cloud.errors import GuardRefusedError
from ingram_micro_cloud.handlers.generic_request import path_values, read_raw
from ingram_micro_cloud.manifest.models import ActionSpec, OwnerLookup
from ingram_micro_cloud.runtime.guard import Own, foreign


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A generic request under an organization: by name what it gives, and the request with the customer filled in."""

    inputs: Mapping[str, object]
    request: ApiRequest
    claimed: tuple[tuple[OwnerLookup, str], ...]


def guarded_action(matches: Sequence[ActionSpec]) -> ActionSpec | None:
    """Return the action whose rules guard a generic request: a customer's one wins, since its answers can be proven.

    Of several with one path the one that takes most counts, because the request may hold all of that.
    """
    order = ("customer", "reseller", "catalogue")
    known = [each for each in matches if each.scope in order]
    return min(known, key=lambda each: (order.index(each.scope), -len(each.inputs)), default=None)


def read_request(spec: ActionSpec, request: ApiRequest, own: Own, customer_names: Sequence[str]) -> ReadRequest:
    """Return the request by the action's inputs, the organization's customer filled in where none is named.

    Raises:
        GuardRefusedError: It names another customer, or something in it cannot be verified; nothing was sent.
    """
    if spec.request is None:
        raise TypeError(f"{spec.id} is coded, not declared")
    body = _body(request)
    path = path_values(spec.request.path, request.path)
    query = _query(request)
    members = dict(body) if isinstance(body, Mapping) else {}
    _check_places(spec, request, query, members)
    given = {**query, **members}
    if clash := (set(path) & set(given)) | (set(query) & set(members)):
        raise unverifiable(f"{min(clash)} stands in two places")
    _check_customers(given, own, customer_names)
    inputs = {**path, **given}
    made = request if request.content is None else replace(request, content=None, content_type=None, json=body)
    if spec.mapped is not None and spec.mapped not in inputs:
        inputs[spec.mapped] = own.primary
        made = _with_customer(spec, made, own.primary)
    return ReadRequest(inputs, made, tuple(_claimed(spec, inputs)))


def check_free(spec: ActionSpec, request: ApiRequest) -> None:
    """Refuse a request of the catalogue that says more than the catalogue asks: it might name somebody.

    Raises:
        GuardRefusedError: Nothing was sent.
    """
    body = _body(request)
    _check_places(spec, request, _query(request), dict(body) if isinstance(body, Mapping) else {})


def _check_places(
    spec: ActionSpec, request: ApiRequest, query: Mapping[str, object], members: Mapping[str, object]
) -> None:
    """Refuse names where the action does not have them: the vendor might read them there, and differently."""
    places = () if spec.request is None else ((query, spec.request.query), (members, spec.request.body))
    for given, known in places:
        for name in given:
            if name not in known:
                raise unverifiable(f"{name} has no place there in {spec.title}")
    if any(name.casefold() == "content-type" for name, _ in request.headers):
        raise unverifiable("it names its own content type")


def body_of(request: ApiRequest) -> object:
    """Return a request's body, decoded; a raw one that is no JSON as its text, and NO_BODY where there is none."""
    if request.content is None:
        return request.json
    try:
        return json.loads(request.content)
    except ValueError:
        return request.content.decode(errors="replace")


def _query(request: ApiRequest) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in request.query:
        if name in found:
            raise unverifiable(f"{name} is given twice")
        found[name] = value
    return found


def _body(request: ApiRequest) -> object:
    if request.content is None:
        body = None if request.json is NO_BODY else request.json
    else:
        try:
            body = read_raw(request.content)
        except ValueError:
            raise unverifiable("its raw body cannot be read as JSON") from None
    if body is not None and not isinstance(body, Mapping):
        raise unverifiable("its body is no JSON object")
    return body


def _check_customers(given: object, own: Own, names: Sequence[str]) -> None:
    wanted = {name.casefold() for name in names}
    for name, value in _members(given):
        if name.casefold() in wanted and value not in own:
            raise foreign(own, name)


def _claimed(spec: ActionSpec, inputs: Mapping[str, object]) -> Iterator[tuple[OwnerLookup, str]]:
    """Yield ids to look up wherever they stand, whatever their case: a raw body is not held to the schema."""
    last = {lookup.input.rpartition(".")[2].casefold(): lookup for lookup in spec.owner.lookups if lookup.input != "id"}
    found = [(lookup, inputs[lookup.input]) for lookup in spec.owner.lookups if lookup.input in inputs]
    found += [(last[name.casefold()], value) for name, value in _members(inputs) if name.casefold() in last]
    seen: set[tuple[str, str]] = set()
    for lookup, value in found:
        if value is not None and (lookup.action, str(value)) not in seen:
            seen.add((lookup.action, str(value)))
            yield lookup, str(value)


def _members(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield str(name), member
            yield from _members(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _members(member)


def _with_customer(spec: ActionSpec, request: ApiRequest, customer: str) -> ApiRequest:
    if spec.request is None or spec.mapped is None:
        return request
    if spec.mapped in spec.request.query:
        return replace(request, query=(*request.query, (spec.mapped, customer)))
    body = request.json if isinstance(request.json, Mapping) else {}
    return replace(request, json={**body, spec.mapped: customer})


def unverifiable(why: str) -> GuardRefusedError:
    """Return the error for a request whose owner cannot be verified, and why."""
    return GuardRefusedError(
        f"Nothing was sent. For an organization a request must be one whose owner can be verified, and {why}.",
        hint="Use the action of its own instead, or run it without an organization to act for the reseller.",
    )
