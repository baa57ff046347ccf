"""What a model can read: the palette, each action's page, the errors, and how buying goes."""

from collections.abc import Iterator, Mapping
from typing import Final

from mcp_types import Resource, ResourceTemplate

from ingram_micro_cloud.hosts.mcp.buying import Actions, submitter, way_of
from ingram_micro_cloud.hosts.mcp.windows import MOST, stops_by
from ingram_micro_cloud.manifest.docs_actions import PERMISSION, action_section
from ingram_micro_cloud.manifest.docs_errors import errors_page
from ingram_micro_cloud.manifest.markdown import NOTICE, table, tick
from ingram_micro_cloud.manifest.models import ActionSpec

SCHEME: Final = "im-cloud://"
ACTIONS: Final = f"{SCHEME}actions"
ERRORS: Final = f"{SCHEME}errors"
BUYING: Final = f"{SCHEME}buying"
MARKDOWN: Final = "text/markdown"
TEMPLATE: Final = ResourceTemplate(
    name="action",
    title="One action",
    uri_template=f"{ACTIONS}/{{id}}",
    description="Inputs, result, examples and changes of one action.",
    mime_type=MARKDOWN,
)


def listed(allowed: Mapping[str, ActionSpec]) -> list[Resource]:
    """Return the resources for somebody who may run these actions."""
    pages = [
        (ACTIONS, "actions", "The actions", "Every action you may run, what it needs and what you get."),
        (ERRORS, "errors", "Errors", "Every error code and what to do."),
        (BUYING, "buying", "Buying", "How a purchase goes from preview to order, and what protects it."),
        *((f"{ACTIONS}/{spec.id}", spec.id, spec.title, spec.summary) for spec in allowed.values()),
    ]
    return [
        Resource(uri=uri, name=name, title=title, description=text, mime_type=MARKDOWN)
        for uri, name, title, text in pages
    ]


def page(uri: str, allowed: Mapping[str, ActionSpec], actions: Actions) -> str | None:
    """Return a resource as Markdown; None where somebody who may run these actions finds none of this address."""
    match uri:
        case _ if uri == ACTIONS:
            return _palette(allowed)
        case _ if uri == ERRORS:
            return errors_page().removeprefix(NOTICE).lstrip()
        case _ if uri == BUYING:
            return "\n\n".join(_buying(actions)) + "\n"
    spec = allowed.get(uri.removeprefix(f"{ACTIONS}/"))
    if spec is None:
        return None
    stopping = f"\nAs a tool it answers with {MOST} rows unless `max_items` says otherwise.\n" if stops_by(spec) else ""
    return action_section(spec) + stopping


def _palette(allowed: Mapping[str, ActionSpec]) -> str:
    rows = [[tick(spec.id), spec.title, PERMISSION[spec.effect], spec.summary] for spec in allowed.values()]
    return f"# The actions\n\n{table(['Tool', 'Action', 'Needs', 'What you get'], rows)}"


def _buying(actions: Actions) -> Iterator[str]:
    previews = [spec.id for spec in actions.values() if way_of(spec, actions).kind == "previews"]
    yield "# Buying"
    yield (
        "An order costs money and cannot be taken back after a few days. As tools, the actions that buy "
        f"({', '.join(map(tick, previews)) or 'none'}) buy nothing: each makes a preview with `price`, `changes`, "
        "`warnings`, `verdict` and `preview_id`. Nothing is reserved."
    )
    yield (
        f"1. Call one of them and show the person the price, the changes and the warnings.\n"
        f"2. `verdict.allowed` is true: once the person agrees, call {tick(submitter(actions) or 'nothing')} with the "
        "`preview_id` and the same organization.\n"
        "3. It is false and every rule that failed is `approvable`: a person runs `im-cloud order approve PREVIEW_ID`; "
        "then go on with 2. No tool approves.\n"
        "4. It is false otherwise: each failed rule says what would have to change. Do not look for a way around."
    )
    yield (
        "A preview is good for 24 hours and once. Submitting reads and estimates again, and is refused when the price "
        "rose by more than 1 %, or seats, renewal or currency moved: make a new preview then."
    )
    yield (
        "After `outcome_unknown` never order again. Look, by reading only, until it is known what became of it: the "
        "error's hint says how."
    )
