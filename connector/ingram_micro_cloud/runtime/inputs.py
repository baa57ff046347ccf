"""Turns what a workflow step holds into an action's checked inputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType

from ingram_micro_cloud.errors import FieldProblem, InputError
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime.coercion import DROPPED, coerced
from ingram_micro_cloud.runtime.plain_json import plain_problems
from ingram_micro_cloud.runtime.schemas import CompiledSchema, class_of, compiled, field_problems, pointer
from ingram_micro_cloud.runtime.secret_inputs import GROUPS


@dataclass(frozen=True)
class InputReader:
    """Reads and checks the inputs of one action. The schema is compiled once, on first use."""

    action: ActionSpec

    @cached_property
    def _validator(self) -> CompiledSchema:
        return compiled(self.action.input)

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, schema in self.action.inputs.items():
            aliases = schema.get("aliases")
            for alias in aliases if isinstance(aliases, list) else []:
                found[str(alias)] = name
        return found

    def read(
        self, given: Mapping[str, object], filled: Mapping[str, object] = MappingProxyType({})
    ) -> dict[str, object]:
        """Return the inputs by the vendor's names: grouped or flat, nulls gone, texts read, checked.

        Args:
            given: What the workflow step holds.
            filled: What an organization's mapping fills where nothing is given.

        Raises:
            InputError: One problem per wrong value, each with its pointer, code and what is allowed.
        """
        if unfit := plain_problems(given):
            raise _input_error(self.action, unfit)
        problems: list[FieldProblem] = []
        named: dict[str, object] = {}
        for place, name, value in _flattened(given, self.action, problems):
            known = self._known(place, name, value, problems)
            if known is None:
                continue
            result = coerced(value, self.action.inputs[known], self.action.input)
            if result is DROPPED:
                continue
            if known in named and named[known] != result:
                problems.append(FieldProblem(place, "given_twice", f"{known} is given twice with different values."))
            named[known] = result
        named = {**filled, **named}
        if not self._validator.is_valid(named):
            problems += [each for each in field_problems(self.action.input, named) if not _covered(each, problems)]
            if not problems:
                problems.append(FieldProblem("", "invalid", "The inputs do not fit the action's schema."))
        if problems:
            raise _input_error(self.action, problems)
        return named

    def _known(self, place: str, name: str, value: object, problems: list[FieldProblem]) -> str | None:
        if name in self.action.inputs:
            return name
        if name in self._aliases:
            return self._aliases[name]
        if _means_nothing(value):
            return None
        if name in self.action.ignored_inputs:
            if value not in self.action.ignored_inputs[name]:
                text = f"{name} cannot be switched here; leave it out."
                problems.append(FieldProblem(place, "unsupported_switch", text))
        elif name in self.action.refused_inputs:
            problems.append(FieldProblem(place, "not_in_vendor_api", self.action.refused_inputs[name]))
        else:
            problems.append(FieldProblem(place, "unknown_input", self._unknown(name)))
        return None

    def _unknown(self, name: str) -> str:
        names = [*self.action.inputs, *self._aliases]
        folded = {each.casefold(): each for each in names}
        near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.55)
        if near:
            return f"{name} is not an input of this action. Did you mean {folded[near[0]]}?"
        return f"{name} is not an input of this action. It takes: {', '.join(self.action.inputs) or 'nothing'}."


def _flattened(
    given: Mapping[str, object], action: ActionSpec, problems: list[FieldProblem]
) -> Iterator[tuple[str, str, object]]:
    for name, value in given.items():
        if name not in GROUPS or name in action.inputs:
            yield pointer([name]), name, value
        elif isinstance(value, Mapping):
            for inner, member in value.items():
                yield pointer([name, str(inner)]), str(inner), member
        elif value is not None:
            text = f"{name} must be an object of inputs, not {class_of(value)}."
            problems.append(FieldProblem(pointer([name]), "type", text))


def _means_nothing(value: object) -> bool:
    # The platform's stored steps spell out every unset input, at any depth, as null.
    if isinstance(value, Mapping):
        return bool(value) and all(_means_nothing(member) for member in value.values())
    return value is None


def _covered(problem: FieldProblem, others: list[FieldProblem]) -> bool:
    last = problem.pointer.rsplit("/", 1)[-1]
    return problem.code == "required" and any(other.pointer.rsplit("/", 1)[-1] == last for other in others)


def _input_error(action: ActionSpec, problems: list[FieldProblem]) -> InputError:
    first = problems[0].message
    count = len(problems)
    message = first if count == 1 else f"{count} inputs are wrong. First: {first}"
    return InputError(message, hint=f"What it takes: im-cloud describe {action.id}", fields=problems)
