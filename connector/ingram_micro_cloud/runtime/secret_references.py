"""Secret fields that hold a reference: ``secret:STORE/REFERENCE`` is read when it is needed and never kept resolved.

``secret:text/WHAT FOLLOWS`` stands for the text itself, for the secret that happens to look like a reference.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from pydantic import SecretStr

from ingram_micro_cloud.errors import FieldProblem
from ingram_micro_cloud.manifest.integration import FormSpec
from ingram_micro_cloud.runtime.configuration import Configuration, invalid
from ingram_micro_cloud.runtime.extension_threads import NoAnswerError, in_own_thread
from ingram_micro_cloud.runtime.extensions import Extensions, SecretUnreadableError
from ingram_micro_cloud.runtime.schemas import compiled

REFERENCE: Final = re.compile(r"secret:(?P<store>[a-z][a-z0-9_-]*)/(?P<reference>.+)", flags=re.DOTALL)
TEXT: Final = "text"
"""The store that gives the reference back; no extension may have this name."""


async def revealed(configuration: Configuration, form: FormSpec, extensions: Extensions) -> Configuration:
    """Return the configuration with every reference replaced by the secret behind it; the same where there is none.

    Stores are read in threads, for at most 30 seconds each: whatever else goes on here goes on meanwhile.

    Raises:
        ConfigurationInvalidError: One cannot be read, or what was read does not fit its field; each is marked. Neither
            the reference nor the secret is in the message.
    """
    read: dict[str, str | SecretUnreadableError] = {}
    for key, match in _references(configuration, form).items():
        try:
            read[key] = await in_own_thread(partial(_secret, match, extensions))
        except SecretUnreadableError as problem:
            read[key] = problem
        except NoAnswerError as problem:
            read[key] = SecretUnreadableError(f"its store {problem}")
    return _with_secrets(configuration, form, read)


def revealed_here(configuration: Configuration, form: FormSpec, extensions: Extensions) -> Configuration:
    """Return the same, for code without ``await``: in this thread, however long the stores take; raises the same."""
    read: dict[str, str | SecretUnreadableError] = {}
    for key, match in _references(configuration, form).items():
        try:
            read[key] = _secret(match, extensions)
        except SecretUnreadableError as problem:
            read[key] = problem
    return _with_secrets(configuration, form, read)


def _references(configuration: Configuration, form: FormSpec) -> dict[str, re.Match[str]]:
    found = {key: REFERENCE.fullmatch(getattr(configuration, key).get_secret_value()) for key in form.secrets}
    return {key: match for key, match in found.items() if match is not None}


def _secret(match: re.Match[str], extensions: Extensions) -> str:
    return match["reference"] if match["store"] == TEXT else extensions.secret(match["store"], match["reference"])


def _with_secrets(
    configuration: Configuration, form: FormSpec, read: Mapping[str, str | SecretUnreadableError]
) -> Configuration:
    found: dict[str, SecretStr] = {}
    problems: list[FieldProblem] = []
    for key, given in read.items():
        if isinstance(given, str) and compiled(form.properties[key]).is_valid(given):
            found[key] = SecretStr(given)
            continue
        why = "what its store gave does not fit the field" if isinstance(given, str) else str(given)
        told = f"{key} refers to a secret store, and {why}. Is it the secret itself? Put secret:text/ before it."
        problems.append(FieldProblem(f"/{key}", "secret_unreadable", told))
    if problems:
        raise invalid(problems)
    return configuration.model_copy(update=found) if found else configuration
