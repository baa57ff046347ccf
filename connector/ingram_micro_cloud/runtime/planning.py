"""Builds the request of a declared action. Pure: inputs in, request out."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from ingram_micro_cloud.api.egress import check_path
from ingram_micro_cloud.api.requests import NO_BODY, ApiRequest
from ingram_micro_cloud.errors import EgressRefusedError, FieldProblem, InputError
from ingram_micro_cloud.handlers.calls import PlannedCall, may_be
from ingram_micro_cloud.manifest.models import ActionSpec, RequestSpec
from ingram_micro_cloud.redaction import Redactor, mask_names, mask_paths
from ingram_micro_cloud.runtime.permissions import effect_of
from ingram_micro_cloud.runtime.secret_inputs import secret_names, secrets_in


def plan_declared(action: ActionSpec, inputs: Mapping[str, object]) -> PlannedCall:
    """Return the call a declared action makes with these checked inputs.

    Raises:
        InputError: An id holds what no path can carry as one segment.
    """
    spec = action.request
    if spec is None:
        raise TypeError(f"{action.id} is coded, not declared")
    effect = effect_of(action, inputs)
    walked = {"limit", "offset"} if action.lists else set()
    query = tuple(
        (spec.vendor_name(name), query_text(inputs[name]))
        for name in spec.query
        if name in inputs and name not in walked
    )
    return PlannedCall(
        request=ApiRequest(
            method=spec.method,
            path=_path(spec, inputs),
            query=query,
            json=_body(spec, inputs),
            safe=action.retry == "safe",
            buying=effect == "buy",
            proof=spec.proof,
            what=action.title,
        ),
        effect=effect,
        scope=action.scope,
        what=action.title,
        paging=action.paginate,
        limit=whole(inputs.get("limit")) if action.lists else None,
        offset=(whole(inputs.get("offset")) or 0) if action.lists else 0,
        max_items=whole(inputs.get("max_items")) if action.lists else None,
        irreversible=effect != "read" and may_be(inputs, action.irreversible_when),
    )


def query_text(value: object) -> str:
    """Return a value as it stands in a query string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def whole(value: object) -> int | None:
    """Return a checked whole number, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _path(spec: RequestSpec, inputs: Mapping[str, object]) -> str:
    path = spec.path
    for name, value in inputs.items():
        placeholder = f"{{{spec.vendor_name(name)}}}"
        if placeholder in path and name not in spec.query and name not in spec.body:
            path = path.replace(placeholder, _segment(name, str(value)))
    return path


def _segment(name: str, value: str) -> str:
    # One segment and nothing more: an id such as "../orders" must not change which operation is called.
    segment = quote(value, safe="")
    try:
        check_path(f"/{segment}")
    except EgressRefusedError:
        text = f"{name} must be one id, without slashes, backslashes or control characters, and not only dots."
        raise InputError(text, fields=[FieldProblem(f"/{name}", "not_an_id", text)]) from None
    return segment


def _body(spec: RequestSpec, inputs: Mapping[str, object]) -> object:
    if not spec.body:
        return NO_BODY
    return {spec.vendor_name(name): inputs[name] for name in spec.body if name in inputs}


def shown_request(request: ApiRequest, secret: tuple[str, ...]) -> dict[str, object]:
    """Return a request as a dry run shows it, the values at the secret paths masked."""
    shown: dict[str, object] = {
        "method": request.method,
        "path": request.path,
        "query": [list(pair) for pair in request.query],
    }
    if request.json is not NO_BODY:
        shown["json"] = mask_names(mask_paths(request.json, secret), secret_names(secret))
    if request.content is not None:
        shown["body"] = _shown_text(request.content.decode(errors="replace"), secret)
    return shown


def _shown_text(text: str, secret: tuple[str, ...]) -> str:
    secrets = secrets_in(text, secret)
    if not secrets:
        return text
    try:
        # Written anew: an escape in the middle of a secret would keep it from being found in the text.
        return json.dumps(mask_names(json.loads(text), secret_names(secret)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return Redactor(secrets).text(text)
