"""Our own lint: what importers want of a document, numbered, each rule with its reason."""

from typing import TYPE_CHECKING, Final

from ingram_micro_cloud.hosts.documents import rules_document, rules_operations, rules_power, rules_schemas
from ingram_micro_cloud.hosts.documents.findings import DocumentKind, Finding, Rule

if TYPE_CHECKING:
    from ingram_micro_cloud.hosts.documents.translation import Json

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (*rules_document.RULES, *rules_operations.RULES, *rules_schemas.RULES, *rules_power.RULES),
        key=lambda rule: rule.id,
    )
)
TITLES: Final = {"openapi": "OpenAPI", "swagger": "Swagger"}


def findings(document: "Json", kind: DocumentKind) -> tuple[Finding, ...]:
    """Return every break of a rule, in the rules' order.

    Args:
        document: The document.
        kind: What it is meant to be; its own version word may be what is wrong.
    """
    return tuple(
        Finding(rule.id, place, sentence)
        for rule in RULES
        if kind in rule.of
        for place, sentence in rule.check(document)
    )


def rules_table() -> str:
    """Return the rules as a Markdown table."""
    rows = [
        f"| {rule.id} | {' and '.join(TITLES[kind] for kind in rule.of)} | {rule.says} | {rule.reason} |"
        for rule in RULES
    ]
    return "\n".join(["| Rule | Document | What must hold | Why |", "| --- | --- | --- | --- |", *rows])
