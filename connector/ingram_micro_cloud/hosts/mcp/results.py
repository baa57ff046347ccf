"""What a tool answers with: a structured object and the same as text, whether it went well or not."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from mcp_types import CallToolResult, TextContent

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.redaction import MASK, mask_paths
from ingram_micro_cloud.runtime.outcomes import Outcome


def answer(spec: ActionSpec, outcome: Outcome, actions: Iterable[ActionSpec]) -> CallToolResult:
    """Return what came of a run. What the action files call secret in answers is masked: a model reads along."""
    told: dict[str, object] = {
        "result": _masked(spec, outcome.result, actions),
        "complete": outcome.complete,
        "total": outcome.total,
        "calls": outcome.calls,
        "warnings": [asdict(each) for each in outcome.warnings],
    }
    if outcome.dry_run:
        told |= {"dry_run": True, "request": outcome.request}
    return _result(told, json.dumps(told, ensure_ascii=False))


def failure(problem: IngramMicroCloudError) -> CallToolResult:
    """Return an error as a tool reports it: the one error object, and in words what happened and what to do."""
    lines = [problem.message]
    lines += [f"- {each.pointer or '/'}: {each.message}" for each in problem.fields if each.message != problem.message]
    if problem.vendor_message:
        lines.append(f"The vendor said: {problem.vendor_message}")
    if problem.hint:
        lines.append(problem.hint)
    return _result({"error": problem.as_json()}, "\n".join(lines), failed=True)


def _result(structured: Mapping[str, object], text: str, *, failed: bool = False) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=str(_sendable(text)))],
        structured_content=_sendable(structured),
        is_error=failed,
    )


def _masked(spec: ActionSpec, result: object, actions: Iterable[ActionSpec]) -> object:
    if spec.effect != "path":
        return mask_paths(result, spec.redact.output)
    # By another path it may be any action's answer, so what any of them calls secret is masked by its name.
    names = {path.rpartition(".")[2] for each in actions for path in each.redact.output}
    return _masked_names(result, names)


def _masked_names(value: object, names: set[str]) -> object:
    if isinstance(value, Mapping):
        return {
            key: MASK if key in names and member is not None else _masked_names(member, names)
            for key, member in value.items()
        }
    return [_masked_names(each, names) for each in value] if isinstance(value, list) else value


def _sendable(value: object) -> object:
    """Return a value that can be encoded: half a character of the vendor's would end the whole connection."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, Mapping):
        return {_sendable(str(key)): _sendable(member) for key, member in value.items()}
    return [_sendable(each) for each in value] if isinstance(value, list | tuple) else value
