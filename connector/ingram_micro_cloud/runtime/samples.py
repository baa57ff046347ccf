"""Turns an action's declared example into one that works on this account: ids are read, never invented."""

from collections.abc import Mapping
from copy import deepcopy
from itertools import pairwise

from ingram_micro_cloud.errors import NotFoundError
from ingram_micro_cloud.manifest.models import Example, Need
from ingram_micro_cloud.runtime.connection import Connection


async def working_example(connection: Connection, example: Example) -> dict[str, object]:
    """Return the example's inputs with every value it needs taken from the account, by reads only.

    Raises:
        NotFoundError: The account has nothing that fits, for instance no active customer.
    """
    inputs: dict[str, object] = deepcopy(dict(example.input))
    for path, need in example.needs.items():
        _put(inputs, path.split("."), await _found(connection, need, inputs))
    return inputs


async def _found(connection: Connection, need: Need, inputs: Mapping[str, object]) -> object:
    if need.with_input is not None:
        outcome = await connection.run(need.action, {need.with_input: inputs[need.with_input]})
        rows: list[object] = [outcome.result]
    else:
        rows = []
        async for page in connection.pages(need.action, {"limit": 100}):
            rows += page.rows
    for row in rows:
        value = _at(row, need.member.split("."))
        if value is not None and all(_at(row, name.split(".")) == wanted for name, wanted in need.where.items()):
            return value
    wanted = ", ".join(f"{name} {value}" for name, value in need.where.items())
    raise NotFoundError(
        f"{need.action} shows nothing to build an example from{f' ({wanted})' if wanted else ''}.",
        hint="Give the inputs yourself: im-cloud describe shows what the action takes.",
    )


def _at(value: object, steps: list[str]) -> object:
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _put(inputs: dict[str, object], steps: list[str], value: object) -> None:
    place: object = inputs
    for step, following in pairwise(steps):
        if isinstance(place, list):
            place = place[int(step)]
        elif isinstance(place, dict):
            place = place.setdefault(step, [] if following.isdecimal() else {})
    if isinstance(place, list):
        place[int(steps[-1])] = value
    elif isinstance(place, dict):
        place[steps[-1]] = value
