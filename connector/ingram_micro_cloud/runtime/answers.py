"""Checks answers against the declared output without ever losing one: mismatches become notices."""

import re
from collections import Counter
from functools import cached_property

import jsonschema_rs

from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.manifest.references import loosened
from ingram_micro_cloud.runtime.outcomes import Notice
from ingram_micro_cloud.runtime.schemas import class_of

MOST_NOTICES = 20
_POSITION = re.compile(r"/\d+(?=/|$)")


class AnswerChecker:
    """Compares whole pages with a compiled schema; types only, because the vendor adds values freely."""

    def __init__(self, action: ActionSpec) -> None:
        self._output = action.output

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        schema: object = loosened(self._output)
        return jsonschema_rs.Draft202012Validator(schema if isinstance(schema, dict) else True)

    def notices(self, answer: object) -> tuple[Notice, ...]:
        """Return at most 20 mismatches, gathered by the pattern of their place (``/*/status``)."""
        if self._validator.is_valid(answer):
            return ()
        found: Counter[tuple[str, str]] = Counter()
        for error in self._validator.iter_errors(answer):
            place = "/" + "/".join(str(step) for step in error.instance_path) if error.instance_path else ""
            found[_POSITION.sub("/*", place), class_of(error.instance)] += 1
        return tuple(
            Notice(
                code="unexpected_answer",
                message=f"The vendor sent {kind} at {place or 'the top'}, not what is declared. Kept as it came.",
                pointer=place,
                count=count,
            )
            for (place, kind), count in found.most_common(MOST_NOTICES)
        )


def gathered(notices: "list[Notice]") -> tuple[Notice, ...]:
    """Return notices of many pages added up by place, the most frequent first, at most 20."""
    counts: Counter[tuple[str, str, str | None]] = Counter()
    for notice in notices:
        counts[notice.code, notice.message, notice.pointer] += notice.count
    return tuple(
        Notice(code, message, place, count) for (code, message, place), count in counts.most_common(MOST_NOTICES)
    )
