"""Secret fields that hold a reference: ``secret:STORE/REFERENCE`` is read when it is needed and never kept resolved.

``secret:text/WHAT FOLLOWS`` stands for the text itself, for the secret that happens to look like a reference.
"""

import re
from typing import Final

from pydantic import SecretStr

from ingram_micro_cloud.errors import FieldProblem
from ingram_micro_cloud.manifest.integration import FormSpec
from ingram_micro_cloud.runtime.configuration import Configuration, invalid
from ingram_micro_cloud.runtime.extensions import Extensions, SecretUnreadableError
from ingram_micro_cloud.runtime.schemas import compiled

REFERENCE: Final = re.compile(r"secret:(?P<store>[a-z][a-z0-9_-]*)/(?P<reference>.+)", flags=re.DOTALL)
TEXT: Final = "text"
"""The store that gives the reference back; no extension may have this name."""


def revealed(configuration: Configuration, form: FormSpec, extensions: Extensions) -> Configuration:
    """Return the configuration with every reference replaced by the secret behind it; the same where there is none.

    Raises:
        ConfigurationInvalidError: One cannot be read, or what was read does not fit its field; each is marked. Neither
            the reference nor the secret is in the message.
    """
    found: dict[str, SecretStr] = {}
    problems: list[FieldProblem] = []
    for key in form.secrets:
        match = REFERENCE.fullmatch(getattr(configuration, key).get_secret_value())
        if match is None:
            continue
        try:
            text = (
                match["reference"] if match["store"] == TEXT else extensions.secret(match["store"], match["reference"])
            )
            if not compiled(form.properties[key]).is_valid(text):
                raise SecretUnreadableError("what its store gave does not fit the field")
        except SecretUnreadableError as problem:
            told = (
                f"{key} refers to a secret store, and {problem}. Is it the secret itself? Put secret:text/ before it."
            )
            problems.append(FieldProblem(f"/{key}", "secret_unreadable", told))
        else:
            found[key] = SecretStr(text)
    if problems:
        raise invalid(problems)
    return configuration.model_copy(update=found) if found else configuration
