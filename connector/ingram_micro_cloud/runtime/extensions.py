"""What installed extensions take part in, as the runtime sees them; the room above finds and verifies them."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from ingram_micro_cloud.manifest.action_folders import ActionFolder

EXTENSIONS: Final = "im_cloud.extensions"
"""The entry-point group in which extensions are found."""


class SecretUnreadableError(Exception):
    """A secret store gave nothing that can be used; the text says why, without the reference."""


class Extensions(Protocol):
    """All extensions of one integration together. Everything here is synchronous and may take its time."""

    @property
    def watches_writes(self) -> bool:
        """Whether one of them wants to see writes before they are sent."""

    @property
    def hears_outcomes(self) -> bool:
        """Whether one of them wants to hear how runs ended."""

    def action_folders(self) -> Sequence[ActionFolder]:
        """Return the folders of actions they add."""

    def secret(self, store: str, reference: str) -> str:
        """Return a secret from a store.

        Raises:
            SecretUnreadableError: There is no such store, or it gave nothing.
        """

    def consent(self, preview: Mapping[str, object]) -> None:
        """Show a write that is about to be sent to each of them.

        Raises:
            VetoedError: One of them objects, or failed.
        """

    def tell(self, outcome: Mapping[str, object]) -> Sequence[str]:
        """Tell each of them how a run ended; returns a sentence for each that failed over it."""


class NoExtensions:
    """What there is where nothing is installed."""

    watches_writes = False
    hears_outcomes = False

    def action_folders(self) -> Sequence[ActionFolder]:
        """Return none."""
        return ()

    def secret(self, store: str, reference: str) -> str:  # noqa: ARG002  # the protocol's
        """Return nothing.

        Raises:
            SecretUnreadableError: Always.
        """
        raise SecretUnreadableError("no installed extension gives secrets")

    def consent(self, preview: Mapping[str, object]) -> None:
        """Object to nothing."""

    def tell(self, outcome: Mapping[str, object]) -> Sequence[str]:  # noqa: ARG002  # the protocol's
        """Tell nobody."""
        return ()


NO_EXTENSIONS: Final[Extensions] = NoExtensions()
