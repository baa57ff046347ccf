"""What installed extensions take part in, as the runtime sees them; the room above finds and verifies them."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from ingram_micro_cloud.errors import VetoedError
from ingram_micro_cloud.manifest.action_folders import ActionFolder

EXTENSIONS: Final = "im_cloud.extensions"
"""The entry-point group in which extensions are found."""


class SecretUnreadableError(Exception):
    """A secret store gave nothing that can be used; the text says why, without the reference."""


class Extensions(Protocol):
    """All extensions of one integration together. Everything here is synchronous and may take its time.

    What an extension raises comes out of none of these but as it is said; not even what would end the process.
    """

    @property
    def watchers(self) -> Sequence[str]:
        """The names of those that want to see writes before they are sent, in the order in which they are asked."""

    @property
    def listeners(self) -> Sequence[str]:
        """The names of those that want to hear how runs ended, in the order in which they are told."""

    def action_folders(self) -> Sequence[ActionFolder]:
        """Return the folders of actions they add."""

    def secret(self, store: str, reference: str) -> str:
        """Return a secret from a store.

        Raises:
            SecretUnreadableError: There is no such store, or it gave nothing.
        """

    def consent(self, watcher: str, preview: Mapping[str, object]) -> None:
        """Show a write that is about to be sent to one of them.

        Raises:
            VetoedError: It objects, or failed.
        """

    def tell(self, listener: str, outcome: Mapping[str, object]) -> str | None:
        """Tell one of them how a run ended; returns half a sentence when it failed over it."""


def vetoed(name: str, why: str) -> VetoedError:
    """Return the refusal of a write over which an extension objects, failed, or did not answer."""
    return VetoedError(
        f"Nothing was sent. The extension {name!r} {why}.".replace("..", "."),
        hint="Change what it objects to, or ask whoever installed the extension.",
    )


class NoExtensions:
    """What there is where nothing is installed."""

    watchers = ()
    listeners = ()

    def action_folders(self) -> Sequence[ActionFolder]:
        """Return none."""
        return ()

    def secret(self, store: str, reference: str) -> str:  # noqa: ARG002  # the protocol's
        """Return nothing.

        Raises:
            SecretUnreadableError: Always.
        """
        raise SecretUnreadableError("no installed extension gives secrets")

    def consent(self, watcher: str, preview: Mapping[str, object]) -> None:
        """Object to nothing."""

    def tell(self, listener: str, outcome: Mapping[str, object]) -> str | None:
        """Tell nobody."""


NO_EXTENSIONS: Final[Extensions] = NoExtensions()
