"""Over MCP nothing is bought in one call: buying tools make previews, and only what takes a preview buys.

Two things see to it. Every connection's configuration asks for a preview before every order, which the journal judges
in the transaction that would commit the purchase: whatever a call turns out to be, it is refused there. And tools of
actions that buy run as the preview of what they would do, so that a model meets the preview and not the refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ingram_micro_cloud.errors import BuyingRuleRefusedError, IngramMicroCloudError
from ingram_micro_cloud.hosts.mcp.given import without
from ingram_micro_cloud.hosts.serving.access import Access
from ingram_micro_cloud.hosts.serving.service import Service
from ingram_micro_cloud.manifest.described import conditions, resolved
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.configuration import Configuration

Actions = Mapping[str, ActionSpec]
SWITCH: Final = "preview"
"""The input by which an action keeps a preview instead of buying."""
PREVIEW: Final = "preview_id"
"""What a preview answers with, and what the action that buys takes."""
RULE: Final = "require_preview"
_ONLY_BOUGHT: Final = frozenset({SWITCH, "key", "wait_seconds"})
"""Inputs that mean something only once it is bought."""


class PreviewingService(Service):
    """A service whose connections buy nothing that was not previewed, whatever the saved configuration says."""

    def configuration(self, access: Access, wanted: str | None) -> Configuration:
        """Return the configuration to use, with a preview asked for before every order.

        Raises:
            KeyRefusedError: The holder may not use it.
            ConfigurationMissingError: There is none.
        """
        return super().configuration(access, wanted).model_copy(update={RULE: True})


@dataclass(frozen=True, slots=True)
class Way:
    """How a tool deals with money.

    Attributes:
        kind: ``none`` commits none; ``previews`` makes a preview of what the action would buy; ``submits`` buys what
            was previewed; ``refused`` has cases that buy, and these are refused.
        runs: The action that runs when the tool is called.
        always: Inputs it always gets.
        left_out: Inputs that mean nothing this way.
        submitted_by: The tool that buys what this one previews.
    """

    kind: Literal["none", "previews", "submits", "refused"]
    runs: ActionSpec
    always: Mapping[str, object]
    left_out: frozenset[str] = frozenset()
    submitted_by: str | None = None

    def inputs(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return the inputs to run with, whether they were given flat or in the platform's groups."""
        return {**without(self.runs, given, {*self.left_out, *self.always}), **self.always}


def way_of(spec: ActionSpec, actions: Actions) -> Way:
    """Return how the tool of an action deals with money; from what actions take and give, never from their names."""
    if spec.effect == "read" or (spec.effect == "write" and not spec.buy_when):
        return Way("none", spec, {})
    if _submits(spec):
        return Way("submits", spec, {})
    submitted_by = submitter(actions)
    if spec.effect != "buy" or submitted_by is None:
        return Way("refused", spec, {})
    if SWITCH in spec.inputs and _is_ours(spec):
        return Way("previews", spec, {SWITCH: True}, _ONLY_BOUGHT & spec.inputs.keys(), submitted_by)
    same = next((each for each in _previewers(actions) if each.input == spec.input), None)
    return Way("refused", spec, {}) if same is None else Way("previews", same, {}, submitted_by=submitted_by)


def submitter(actions: Actions) -> str | None:
    """Return the id of the action that buys what was previewed."""
    return next((each.id for each in actions.values() if _submits(each)), None)


def preview_output(actions: Actions) -> Mapping[str, object] | None:
    """Return the schema of what a preview answers with."""
    return next((each.output for each in _previewers(actions)), None)


def explained(spec: ActionSpec, way: Way, actions: Actions) -> str:
    """Return what a model is told about money and this tool, or nothing."""
    approve = "Where the verdict asks for an approval, a person gives it: im-cloud order approve PREVIEW_ID"
    match way.kind:
        case "none":
            return ""
        case "previews":
            return (
                "As a tool this buys nothing: it makes a preview with price, changes, warnings, verdict and "
                f"preview_id. Show it to the person. Only {way.submitted_by} with that preview_id and the same "
                f"organization buys. {approve}; no tool can."
            )
        case "submits":
            return (
                "This is the only tool that commits money. Call it only when the person has seen the preview and "
                f"agreed. {approve}; no tool can."
            )
        case "refused":
            when = f"With {conditions(spec.buy_when)} it commits money" if spec.effect == "write" else (
                "What amounts to a purchase or is unknown and no GET commits money, as far as anybody knows"
            )  # fmt: skip
            return f"{when}, and that is refused over MCP: {_instead(spec, actions)}"


def refusal(problem: IngramMicroCloudError, spec: ActionSpec, way: Way, actions: Actions) -> IngramMicroCloudError:
    """Return the error to tell: that a preview is asked for is this server's rule, not the configuration's."""
    rules = {each.code for each in problem.fields}
    if not isinstance(problem, BuyingRuleRefusedError) or RULE not in rules or way.kind == "submits":
        return problem
    told = BuyingRuleRefusedError(
        f"Nothing was sent. {spec.title} would commit money with these inputs, and over MCP nothing is bought in one "
        "call.",
        hint=_instead(spec, actions),
        fields=[each for each in problem.fields if each.code != RULE],
    )
    told.calls = problem.calls
    return told


def _instead(spec: ActionSpec, actions: Actions) -> str:
    buying = [each.id for each in actions.values() if way_of(each, actions).kind == "previews"]
    orders = f"orders go through a preview ({', '.join(buying)}) and {submitter(actions)}; " if buying else ""
    return f"{orders}anything else a person runs: im-cloud run {spec.id}"


def _submits(spec: ActionSpec) -> bool:
    return spec.effect == "buy" and PREVIEW in spec.inputs and _is_ours(spec)


def _is_ours(spec: ActionSpec) -> bool:
    """Return whether previews mean to it what they mean here: an extension's action may use the same words."""
    return spec.origin == "intent" and spec.handler is not None


def _previewers(actions: Actions) -> list[ActionSpec]:
    return [each for each in actions.values() if each.effect == "read" and _is_ours(each) and _gives_preview(each)]


def _gives_preview(spec: ActionSpec) -> bool:
    properties = resolved(spec.output, spec.output).get("properties")
    return isinstance(properties, Mapping) and PREVIEW in properties
