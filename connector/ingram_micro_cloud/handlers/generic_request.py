"""The generic request: any method and relative path; a call that matches a declared action is that action."""

import json as json_text
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, unquote

from ingram_micro_cloud.api.requests import NO_BODY, ApiRequest
from ingram_micro_cloud.errors import EgressRefusedError, FieldProblem, InputError
from ingram_micro_cloud.handlers.calls import PlannedCall, may_be
from ingram_micro_cloud.manifest.models import PLACEHOLDER, ActionSpec, Effect, PagingSpec, Scope

_UNREADABLE = object()
_JSON_TYPE = re.compile(r"application/([a-z0-9.-]+\+)?json *(; *charset=utf-?8 *)?", re.IGNORECASE)
_RANK: Mapping[Effect, int] = {"read": 0, "write": 1, "buy": 2}


def plan_generic_request(
    action: ActionSpec, inputs: Mapping[str, object], actions: Mapping[str, ActionSpec]
) -> PlannedCall:
    """Return the call with the permission, scope and retry class of the action it amounts to.

    An unknown GET only reads; anything else unknown counts as buying and irreversible and is never repeated.

    Raises:
        EgressRefusedError: The path is not a plain relative one.
        InputError: Two bodies, a nested query, or paging something that is not a GET.
    """
    method = str(inputs.get("method", "GET")).upper()
    path, inline = _split(str(inputs["path"]))
    query = (*inline, *_query(inputs.get("query")))
    body, content, content_type = _body(inputs)
    matches = matching_actions(method, path, actions)
    read = body if content is None else _parsed(content, content_type)
    effect = _effect(method, matches, read)
    paging = _paging(inputs, method, matches)
    limit, offset, rest = _window(query) if paging else (None, 0, query)
    return PlannedCall(
        request=ApiRequest(
            method=method,
            path=path,
            query=rest,
            headers=_pairs(inputs.get("headers")),
            json=body,
            content=content,
            content_type=content_type,
            safe=all(match.retry == "safe" for match in matches) if matches else method == "GET",
            buying=effect == "buy",
            proof=next((match.request.proof for match in matches if match.request and match.request.proof), None),
            what=f"{action.title} ({method} {path})",
        ),
        effect=effect,
        scope=_scope(matches),
        what=f"{action.title} ({method} {path})",
        paging=paging,
        limit=limit,
        offset=offset,
        matches=matches,
        irreversible=effect != "read" and (not matches or any(may_be(read, m.irreversible_when) for m in matches)),
    )


def path_values(template: str, path: str) -> dict[str, str]:
    """Return what stands in the places of a path template, decoded; empty when the path is not of its form."""
    found = _pattern(template).fullmatch(unquote(path).rstrip("/") or "/")
    return dict(zip(PLACEHOLDER.findall(template), found.groups(), strict=True)) if found else {}


def matching_actions(method: str, path: str, actions: Mapping[str, ActionSpec]) -> tuple[ActionSpec, ...]:
    """Return the declared actions whose method and path this is; literal paths win over placeholders."""
    plain = unquote(path).rstrip("/") or "/"
    found = [
        action
        for action in actions.values()
        if action.request is not None
        and action.request.method == method
        and _pattern(action.request.path).fullmatch(plain)
    ]
    literal = [action for action in found if action.request and action.request.path.casefold() == plain.casefold()]
    return tuple(literal or found)


def _pattern(template: str) -> re.Pattern[str]:
    # Without case: should the vendor's gateway not mind, a differently spelt path must not slip past the guard.
    parts = PLACEHOLDER.split(template)
    return re.compile(
        "".join(re.escape(part) if i % 2 == 0 else "([^/]+)" for i, part in enumerate(parts)), re.IGNORECASE
    )


def _split(path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    path = path.strip()
    if "://" in path or path.startswith(("//", "\\")) or not path:
        raise EgressRefusedError(
            "Nothing was sent. The path must be relative to the configured API URL.",
            hint="For example: /customers",
        )
    plain, _, query = path.partition("?")
    return (plain if plain.startswith("/") else f"/{plain}"), tuple(parse_qsl(query, keep_blank_values=True))


def _body(inputs: Mapping[str, object]) -> tuple[object, bytes | None, str | None]:
    if "json" in inputs and "body" in inputs:
        text = "Give json or body, not both."
        raise InputError(text, fields=[FieldProblem("/body", "given_twice", text)])
    if "body" in inputs:
        return NO_BODY, str(inputs["body"]).encode(), str(inputs.get("content_type", "application/json"))
    return inputs.get("json", NO_BODY), None, None


def _parsed(content: bytes, content_type: str | None) -> object:
    if not _JSON_TYPE.fullmatch(content_type or ""):
        return _UNREADABLE
    try:
        return read_raw(content)
    except ValueError:
        return _UNREADABLE


def read_raw(content: bytes) -> object:
    """Return what a raw body says as JSON, as anybody must read it.

    Raises:
        ValueError: It is no JSON, or gives a name twice.
        InputError: It is nested too deeply to be read.
    """
    try:
        return json_text.loads(content, object_pairs_hook=_no_doubles)
    except RecursionError:
        text = "The raw body is nested too deeply to be read."
        raise InputError(text, fields=[FieldProblem("/body", "too_deep", text)]) from None


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        # Which of the two the vendor would take is not known.
        raise ValueError("a name is given twice")
    return made


def _effect(method: str, matches: Sequence[ActionSpec], body: object) -> Effect:
    if not matches:
        return "read" if method == "GET" else "buy"
    return max((_one_effect(match, body) for match in matches), key=_RANK.__getitem__)


def _one_effect(action: ActionSpec, body: object) -> Effect:
    if action.effect == "path":
        return "buy"
    # A body we cannot read might switch on what commits money.
    return "buy" if action.effect == "write" and may_be(body, action.buy_when) else action.effect


def _scope(matches: Sequence[ActionSpec]) -> Scope:
    scopes = {match.scope for match in matches}
    return scopes.pop() if len(scopes) == 1 else "path"


def _paging(inputs: Mapping[str, object], method: str, matches: Sequence[ActionSpec]) -> PagingSpec | None:
    if not inputs.get("paginate"):
        return None
    if method != "GET":
        text = "Only a GET can be walked page by page; leave paginate out."
        raise InputError(text, fields=[FieldProblem("/paginate", "not_a_list", text)])
    return next((match.paginate for match in matches if match.paginate), PagingSpec(items="data"))


def _window(query: Sequence[tuple[str, str]]) -> tuple[int | None, int, tuple[tuple[str, str], ...]]:
    given = dict(query)
    rest = tuple((name, value) for name, value in query if name not in ("limit", "offset"))
    limit, offset = given.get("limit", ""), given.get("offset", "")
    return (int(limit) if limit.isdecimal() else None), (int(offset) if offset.isdecimal() else 0), rest


def _query(value: object) -> tuple[tuple[str, str], ...]:
    for name, member in value.items() if isinstance(value, Mapping) else ():
        each = member if isinstance(member, list) else [member]
        if any(isinstance(inner, Mapping | list) for inner in each):
            text = f"{name} is nested; a query string holds plain values, or a list of them."
            raise InputError(text, fields=[FieldProblem(f"/query/{name}", "nested", text)])
    return _pairs(value)


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        return ()
    return tuple(
        (str(name), _text(each))
        for name, member in value.items()
        for each in (member if isinstance(member, list) else [member])
    )


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
