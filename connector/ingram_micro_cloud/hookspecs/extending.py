"""What others may add to this integration, as hooks of the entry-point group ``im_cloud.extensions``.

All are synchronous; those called during a run are called in threads of their own, and nobody waits longer than 30
seconds for one. Each extension is asked by itself, so what goes wrong carries its name; an exit ends the hook
and not the process. Arguments are given by position: one with a default, or after a ``*``, is refused. Wrapping the
hooks of others (pluggy's ``wrapper``) is refused: a veto must not be lifted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeAlias

import pluggy

from ingram_micro_cloud.runtime.extensions import EXTENSIONS

specification = pluggy.HookspecMarker(EXTENSIONS)
extension = pluggy.HookimplMarker(EXTENSIONS)
"""Marks a function of an extension: ``from ingram_micro_cloud.hookspecs import extension``."""

OrganizationSource: TypeAlias = Callable[[], Iterable[Mapping[str, object]]]
"""Gives organizations as rows of ``{id, name, domains, external_ids, country, tags}``; only id and name are needed."""
SecretStore: TypeAlias = Callable[[str], str]
"""Gives the secret behind a reference."""


class ExtensionSpecifications:
    """The hooks an extension may implement."""

    @specification
    def organization_sources(self) -> Mapping[str, OrganizationSource]:
        """Return sources of organizations by name; two extensions may not give the same name.

        A source is called when somebody imports from it (``im-cloud organizations import --source NAME``), and gives
        every organization there is: those it no longer gives count as gone. It may raise; nothing is changed then, and
        only the type of what it raised is told.
        """
        return {}

    @specification
    def secret_stores(self) -> Mapping[str, SecretStore]:
        """Return secret stores by name: lower-case letters, digits, hyphens; ``text`` is taken.

        A secret field that holds ``secret:NAME/REFERENCE`` is read by calling the store NAME with ``REFERENCE`` each
        time a connection or a connection check is made; what it gives is used, masked everywhere, and not stored. Line
        ends at its end are cut off; other control characters are refused. Whoever may save configurations can use every
        reference.

        A store raises ``hookspecs.SecretUnreadableError`` with half a sentence for people (without reference and
        secret) where there is nothing; of any other exception only the type is told.
        """
        return {}

    @specification
    def before_write(self, preview: Mapping[str, object]) -> str | None:
        """Look at a write that is about to be sent; return why it must not be, or None to let it through.

        Called once for every write, whichever way it comes, and never for a dry run. For a purchase it is called after
        the buying rules allowed it and before the journal commits it, while other orders of that customer wait; after
        ten minutes one of them may go ahead, and this one is then not sent. An implementation that raises, returns
        anything but None or a reason, or does not return within 30 seconds or before the run's deadline, refuses the
        write as well. The caller gets a RefusedError of code ``vetoed``, with 500 characters of the reason at most.

        Args:
            preview: A copy of {action: what was run, operation: the declared action whose request this is, title,
                effect: write or buy, irreversible, configuration, organization or None, who: who acts, customer_ids: as
                far as they are named or proven, method, path: below the API URL, query: [[name, value]], body: JSON,
                text or None with secrets masked, order: None or, for an order or another purchase, {preview_id or
                None, kind, price: {currency, amount} or None, changes: [{product, mpn, subscription_id, seats_before,
                seats_after, term, billing, renewal, when, monthly_price, term_price}], warnings, verdict: {allowed,
                rules}}}. Amounts are decimal texts, seats whole numbers.
        """

    @specification
    def after_action(self, outcome: Mapping[str, object]) -> None:
        """Hear how a run ended: every ``run``, dry runs and failures included; not pages that are streamed.

        What it raises is logged and becomes a warning of the outcome (code ``extension_failed``), as does that it took
        more than 30 seconds, or than the run's deadline leaves; it never changes the result.

        Args:
            outcome: A copy of the object that ``run --json`` prints with declared and given secrets masked, and
                ``error``: None, or the error object. After a failure ``result`` is None.
        """

    @specification
    def action_folders(self) -> Sequence[Path | Traversable | str]:
        """Return folders of action files, laid out as ``actions/``: ``<resource>/<verb_noun>.yaml`` and ``schemas/``.

        They are read after ours when the integration is loaded. Ids, titles and aliases may not collide, groups are
        those of integration.yaml, ``$ref: schemas/NAME.yaml`` means the folder's own. An action is declared
        (``request:``); what reads is a GET; a write that one of ours already makes is refused, also by a placeholder;
        a read that one of ours makes has the same scope, mapped and owner, or is the reseller's.
        """
        return ()
