"""Calls what others wrote, so that it can fail but never end this process, and so that its words stay bounded."""

import threading
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import pluggy

MOST_CHARACTERS: Final = 500
"""Of what an extension says to people; a reason longer than that is nobody's reason."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that steer a screen, or cannot be sent at all."""
Result = TypeVar("Result")


class EndedError(Exception):
    """What was called wanted to end more than itself; ``kind`` is what it raised.

    An exit in one extension must not take the writes of every other caller with it.
    """

    def __init__(self, problem: BaseException) -> None:
        super().__init__(*problem.args)
        self.kind = type(problem).__name__


def guarded(work: Callable[[], Result]) -> Result:
    """Return what somebody else's code gives.

    Raises:
        EndedError: It raised what is no ordinary exception: SystemExit, GeneratorExit, a cancellation.
        KeyboardInterrupt: The person at the keyboard ended it; that one only the main thread gets.
        Exception: Whatever it raised.
    """
    try:
        return work()
    except Exception:
        raise
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
            raise
        raise EndedError(problem) from problem


def called(implementation: pluggy.HookImpl, given: Mapping[str, object]) -> object:
    """Return what one implementation gives for those of the arguments that it takes; raises as ``guarded``."""
    return guarded(lambda: implementation.function(*(given[name] for name in implementation.argnames)))


def kind_of(problem: Exception) -> str:
    """Return what somebody else's code raised, by its type only: its words may hold anything."""
    return problem.kind if isinstance(problem, EndedError) else type(problem).__name__


def one_line(text: str) -> str:
    """Return what an extension says in one line that any screen can show: at most 500 characters, none a control."""
    # By the class: a text of a class of its own may do anything when it is asked for itself.
    plain = str.__str__(text)[: MOST_CHARACTERS + 1]
    shown = " ".join("".join(" " if unicodedata.category(each) in _UNSEEN else each for each in plain).split())
    return shown if len(plain) <= MOST_CHARACTERS else f"{shown[: MOST_CHARACTERS - 1]}…"
