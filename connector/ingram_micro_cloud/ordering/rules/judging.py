"""The buying rules: what a configuration allows without asking anybody. Pure; every rule names limit and value."""

from ingram_micro_cloud.ordering.models import OrderFacts, RuleResult, Verdict
from ingram_micro_cloud.ordering.rules.checks import RULES, Case
from ingram_micro_cloud.ordering.rules.limits import BuyingRules, Spent

__all__ = ["BuyingRules", "Spent", "judge"]


def judge(
    facts: OrderFacts,
    rules: BuyingRules,
    spent: Spent,
    *,
    previewed: bool,
    approved: bool,
    preview_id: str | None,
    configuration: str,
) -> Verdict:
    """Return whether an order is allowed, with every rule's limit and value.

    Args:
        facts: What the order would do.
        rules: What the configuration allows.
        spent: What was committed before.
        previewed: It comes from a preview.
        approved: A person approved this very content.
        preview_id: What a person approves; None where it has no id yet.
        configuration: Its name, for the sentence that says where a limit is changed.
    """
    case = Case(facts, rules, spent, previewed)
    results = []
    for name, (approvable, look) in RULES.items():
        found = look(case)
        passed = found.broken is None
        fix = None if passed else _fix(name, configuration, preview_id, approvable=approvable)
        message = found.broken or "Within the rule."
        results.append(RuleResult(name, passed, found.limit, found.value, message, approvable, fix))
    failed = [each for each in results if not each.passed]
    waits = bool(failed) and all(each.approvable for each in failed)
    allowed = not failed or (approved and waits)
    return Verdict(allowed=allowed, needs_approval=waits and not allowed, rules=tuple(results))


def _fix(name: str, configuration: str, preview_id: str | None, *, approvable: bool) -> str:
    if name == "require_preview":
        return "Preview it first: im-cloud order preview; then submit what it gives: im-cloud order submit PREVIEW_ID"
    if approvable:
        if preview_id is None:
            return (
                "Preview it, then have the preview approved: im-cloud order preview; im-cloud order approve PREVIEW_ID"
            )
        return f"Approve: im-cloud order approve {preview_id}"
    setting = "allowed_mpns" if name in ("unknown_price", "zero_price") else name
    return f"Change {setting} in the configuration {configuration}: im-cloud config save {configuration} --from FILE"
