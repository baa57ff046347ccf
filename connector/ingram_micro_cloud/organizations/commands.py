"""Commands that messages suggest, written so that a shell takes them as they are."""

import shlex


def mapping_command(verb: str, *words: str) -> str:
    """Return a command about the mapping.

    Args:
        verb: For example ``set``.
        words: What it is about: ids, or CAPITALS that stand for one. Blanks and quotes in ids are kept from the shell,
            and an id that begins with a dash from being taken for an option.
    """
    ends_options = ["--"] if any(word.startswith("-") for word in words) else []
    return shlex.join(["im-cloud", "mapping", verb, *ends_options, *words])
