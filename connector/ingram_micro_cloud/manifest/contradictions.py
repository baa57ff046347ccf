"""What an action file says in one place and takes back in another."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingram_micro_cloud.manifest.models import ActionFile, RequestSpec

Found = tuple[tuple[str | int, ...], str]
"""The place in the file, and what was expected there."""


class ContradictionError(ValueError):
    """One contradiction, with its place; pydantic carries it to whoever reads the file."""

    def __init__(self, location: tuple[str | int, ...], sentence: str) -> None:
        super().__init__(sentence)
        self.location = location


def contradictions(action: "ActionFile") -> Iterator[Found]:
    """Yield every contradiction of an action."""
    if action.request is None and action.handler is None:
        yield (), "has neither request: nor handler:, and needs one of them"
    if action.request is not None and action.handler is not None:
        yield ("handler",), "has request: and handler:; one of them and not both"
    if action.input.get("additionalProperties") is not False:
        yield ("input",), "needs additionalProperties: false, so that misspelt names are refused"
    if action.request is not None:
        yield from _request(action, action.request)
    yield from _repetition(action)
    yield from _names(action)


def _request(action: "ActionFile", request: "RequestSpec") -> Iterator[Found]:
    names, used = set(action.inputs), [*request.query, *request.body]
    for part in ("query", "body"):
        for position, name in enumerate(getattr(request, part)):
            if name not in names:
                yield ("request", part, position), f"{name!r} is not an input"
    for name in request.rename:
        if name not in names:
            yield ("request", "rename", name), f"{name!r} is not an input"
    filled = {request.vendor_name(name) for name in names - set(used)}
    for placeholder in request.placeholders:
        if placeholder not in filled:
            yield ("request", "path"), f"{{{placeholder}}} has no input"
    own = {"max_items"} if action.paginate else set[str]()
    in_path = {name for name in names if request.vendor_name(name) in request.placeholders}
    for name in sorted(names - set(used) - own - in_path):
        text = f"{name!r} goes nowhere; name it in request.query or request.body"
        yield ("input", "properties", name), text


def _repetition(action: "ActionFile") -> Iterator[Found]:
    if action.effect == "read" and action.retry != "safe":
        yield ("retry",), "a read is always safe"
    if action.effect == "buy" and action.retry == "safe":
        yield ("retry",), "nothing that buys may be repeated"
    if action.retry == "after_check" and action.check is None:
        yield ("retry",), "after_check needs check:, the read that shows whether it was done"
    if action.retry != "after_check" and action.check is not None:
        yield ("check",), "belongs to retry: after_check"
    if action.irreversible_when and action.effect == "read":
        yield ("irreversible_when",), "a read changes nothing that could be taken back"


def _names(action: "ActionFile") -> Iterator[Found]:
    names = set(action.inputs)
    if action.mapped is not None and action.mapped not in names:
        yield ("mapped",), f"{action.mapped!r} is not an input"
    if action.check is not None and action.check.input not in names:
        yield ("check", "input"), f"{action.check.input!r} is not an input"
    for position, lookup in enumerate(action.owner.lookups):
        if lookup.input.partition(".")[0] not in names:
            yield ("owner", "lookup", position, "input"), f"{lookup.input!r} is not an input"
    for part in ("buy_when", "irreversible_when"):
        for name in getattr(action, part):
            if name not in names:
                yield (part, name), f"{name!r} is not an input"
    for part in ("refused_inputs", "ignored_inputs"):
        for name in getattr(action, part):
            if name in names:
                yield (part, name), f"{name!r} is an input as well"
