"""Judges an order as it would be judged if it were sent now, and keeps that as a preview."""

from collections.abc import Callable

from ingram_micro_cloud.ordering.journal.admission import spent_before
from ingram_micro_cloud.ordering.journal.previews import PreviewBook
from ingram_micro_cloud.ordering.models import OrderFacts, Preview
from ingram_micro_cloud.ordering.ports import Acting
from ingram_micro_cloud.ordering.rules.judging import BuyingRules, judge
from ingram_micro_cloud.store.state import State


def keep_preview(
    state: State, acting: Acting, rules: BuyingRules, facts: OrderFacts, *, now: Callable[[], float]
) -> Preview:
    """Return the preview of an order, with what every rule says of it; nothing is sent or reserved."""
    with state.journal.step(acting.account) as step:
        spent = spent_before(step, acting, facts.customer_id, now=now())
    verdict = judge(
        facts, rules, spent,
        previewed=True, approved=False, preview_id=None, configuration=acting.configuration,
    )  # fmt: skip
    return PreviewBook(state, acting, now=now).save(facts, verdict)
