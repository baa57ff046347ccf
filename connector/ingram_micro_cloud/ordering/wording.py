"""What people read about orders: what one does, what it costs, why it was refused, what is unknown. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from shlex import quote

from ingram_micro_cloud.errors import (
    BuyingRuleRefusedError,
    FieldProblem,
    IngramMicroCloudError,
    OutcomeUnknownError,
    PossibleDuplicateError,
    error_classes,
)
from ingram_micro_cloud.ordering.figures import shown, totals, whole
from ingram_micro_cloud.ordering.models import Change, OrderFacts, Verdict
from ingram_micro_cloud.store.journal import StoredIntent


def described(facts: OrderFacts) -> str:
    """Return what an order does: ``Contoso, Business Premium, 10 → 11``."""
    customer = facts.customer_name or f"customer {facts.customer_id}"
    return ", ".join([customer, changed(facts.changes) or facts.what])


def changed(changes: Sequence[Change]) -> str:
    """Return what the lines of an order change: ``Business Premium, 10 → 11``."""
    return "; ".join(_change(each) for each in changes)


def cost_of(facts: OrderFacts) -> str:
    """Return what an order costs as a sentence, such as ``Cost: CAD 374.40 a month until 2027-03-01.``."""
    monthly = [change.monthly_price for change in facts.changes if change.monthly_price is not None]
    if monthly and len(monthly) == len(facts.changes):
        until = {change.renewal for change in facts.changes}
        end = f" until {until.pop()}" if len(until) == 1 and "" not in until else ""
        return f"Cost: {' and '.join(shown(each) for each in totals(monthly))} a month{end}."
    return f"Cost: {'unknown' if facts.price is None else shown(facts.price)}."


def rule_refusal(facts: OrderFacts, verdict: Verdict) -> BuyingRuleRefusedError:
    """Return the error for an order that the rules do not let through; the hint is what to approve or change."""
    failed = [each for each in verdict.rules if not each.passed]
    # An approval is of no use while a rule stands that nobody can approve.
    decisive = [each for each in failed if not each.approvable] or failed
    fixes = dict.fromkeys(each.fix for each in decisive if each.fix)
    return BuyingRuleRefusedError(
        " ".join(["Not ordered.", *(each.message for each in failed), cost_of(facts)]),
        hint="; ".join(fixes) or None,
        fields=[FieldProblem(f"/{each.rule}", each.rule, each.message) for each in failed],
    )


def check_command(key: str) -> str:
    """Return the command that looks for an order by reading only."""
    return f"im-cloud order check {quote(key)}"


def outcome_unknown(facts: OrderFacts, key: str, *, how: str, looks: int) -> OutcomeUnknownError:
    """Return the error for something that was sent without anybody knowing what became of it.

    Args:
        facts: What was sent.
        key: The intent's key.
        how: A sentence on how that came about.
        looks: How often the order was looked for.
    """
    what = f"{how.rstrip('.')}: {described(facts)}."
    if facts.kind == "setting":
        place = f"the subscription {facts.subscription_id}" if facts.subscription_id else "what it was to change"
        return OutcomeUnknownError(
            f"Ingram may or may not have done this. Do not send it again. {what}",
            hint=f"Read {place} and see whether it is as it was meant to be; no order can be looked for.",
        )
    seen = f" Looked {looks} {'time' if looks == 1 else 'times'}, not visible yet." if looks else ""
    return OutcomeUnknownError(
        f"Ingram may or may not have this order. Do not order again. {what}{seen}",
        hint=f"Look again (reads only): {check_command(key)}",
    )


def possible_duplicate(facts: OrderFacts, earlier: StoredIntent, *, now: float) -> PossibleDuplicateError:
    """Return the error for content that was just sent, or may have been; both ways out are in the hint."""
    what = earlier.what or described(facts)
    another = "If you want it once more, give this one a key of its own: --key KEY"
    if earlier.state in ("in_flight", "unknown"):
        return PossibleDuplicateError(
            f"Not ordered. The same may have gone through already (key {earlier.key}): {what}.",
            hint=f"Look (reads only): {check_command(earlier.key)}. {another}",
        )
    minutes = max(1, round((now - (earlier.sent_at or now)) / 60))
    order = f", order {earlier.order_id}" if earlier.order_id else ""
    return PossibleDuplicateError(
        f"Not ordered. The same was sent {minutes} {'minute' if minutes == 1 else 'minutes'} ago "
        f"(key {earlier.key}{order}): {what}.",
        hint=f"{another}. What became of the first: {check_command(earlier.key)}",
    )


def key_reused(earlier: StoredIntent, *, own: bool) -> PossibleDuplicateError:
    """Return the error for a key that stands for something else.

    Args:
        earlier: What it stands for.
        own: It was bought for the same organization; nobody is told what another one buys.
    """
    if not own:
        return PossibleDuplicateError(
            f"Not ordered. The key {earlier.key} already stands for another order.",
            code="key_reused",
            hint="Give each purchase a key of its own.",
        )
    return PossibleDuplicateError(
        f"Not ordered. The key {earlier.key} already stands for another order: {earlier.what}.",
        code="key_reused",
        hint=f"Give each purchase a key of its own. What became of that one: {check_command(earlier.key)}",
    )


def error_again(problem: Mapping[str, object], key: str) -> IngramMicroCloudError:
    """Return the error that the first call with a key ended in."""
    code = str(problem.get("code"))
    kind = next((each for each in error_classes() if code in {each.code, *each.codes}), IngramMicroCloudError)
    status = problem.get("status_code")
    words = problem.get("vendor_message")
    correlation = problem.get("correlation_id")
    return kind(
        str(problem.get("message")),
        code=code if code in {kind.code, *kind.codes} else None,
        hint=f"This came of the first call with the key {key}; nothing was sent now. Another try needs another key.",
        status_code=status if isinstance(status, int) else None,
        vendor_message=str(words) if words else None,
        correlation_id=str(correlation) if correlation else None,
        retry="no",
    )


def last_sentence(text: str) -> str:
    """Return the end of a message, which says how it came about."""
    return text.rstrip(". ").rpartition(". ")[2] + "."


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return what of a preview's ground is not as it was: ``seats of 4060007: 10 → 12``."""
    names: Sequence[str] = sorted({*before, *after})
    return "; ".join(
        f"{name}: {before.get(name, 'nothing')} → {after.get(name, 'nothing')}"
        for name in names
        if before.get(name) != after.get(name)
    )


def _change(change: Change) -> str:
    if change.after is None:
        return change.product
    if change.before is None:
        return f"{change.product}, {whole(change.after)} {'seat' if change.after == Decimal(1) else 'seats'}"
    later = " at renewal" if change.when == "renewal" else ""
    return f"{change.product}, {whole(change.before)} → {whole(change.after)}{later}"
