"""From a workflow step to the call it makes: inputs, permission, customer guard, in this order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingram_micro_cloud.errors import GuardRefusedError, InputError
from ingram_micro_cloud.handlers import HANDLERS
from ingram_micro_cloud.handlers.calls import PlannedCall
from ingram_micro_cloud.handlers.generic_request import matching_actions
from ingram_micro_cloud.manifest.loader import Bundle
from ingram_micro_cloud.manifest.models import ActionSpec
from ingram_micro_cloud.runtime import guard, permissions
from ingram_micro_cloud.runtime.guarded_requests import check_free, guarded_action, read_request, unverifiable
from ingram_micro_cloud.runtime.inputs import InputReader
from ingram_micro_cloud.runtime.ownership import OwnerCheck, OwnerRecords, Read
from ingram_micro_cloud.runtime.planning import plan_declared
from ingram_micro_cloud.runtime.screening import GuardedCall


@dataclass(frozen=True, slots=True)
class PlannedIntent:
    """Checked inputs, and whose customers may be touched; None where that is not guarded."""

    inputs: Mapping[str, object]
    own: guard.Own | None


class Planner:
    """Plans calls within one allowance. Asks the vendor only whose an id is, and only for an organization."""

    def __init__(
        self, bundle: Bundle, allowance: permissions.Allowance, mappings: guard.Mappings, owners: OwnerRecords
    ) -> None:
        self._bundle, self._allowance = bundle, allowance
        self._mappings, self._owners = mappings, OwnerCheck(bundle.actions, owners)
        self._records = owners
        self._names = bundle.mapping.guard
        self._readers: dict[str, InputReader] = {}

    async def plan(
        self, spec: ActionSpec, given: Mapping[str, object], organization: str | None, read: Read
    ) -> GuardedCall:
        """Return the call to make.

        Raises:
            InputError: Some inputs are wrong.
            PermissionRefusedError: The configuration allows less.
            OrganizationNotMappedError: The organization has no customer.
            GuardRefusedError: It would touch what is not proven to be the organization's.
        """
        if spec.handler is not None:
            return await self._coded(spec, given, organization, read)
        own = guard.admit(spec.scope, organization=organization, what=spec.title, mappings=self._mappings)
        inputs = self.reader(spec).read(given, guard.filled(spec, own))
        call = plan_declared(spec, inputs)
        if spec.id in self._bundle.added:
            self._check_added(call)
        self._permit(call)
        if own is None:
            return GuardedCall(call, spec, inputs)
        guard.check_inputs(spec, inputs, own)
        proven = 0
        if not _rows_prove(spec):
            proven = await self._owners.verify(guard.claimed_ids(spec, inputs), own, read)
        return _guarded(call, spec, inputs, own, proven, self._names.answers)

    async def intent(
        self, spec: ActionSpec, given: Mapping[str, object], organization: str | None, read: Read
    ) -> "PlannedIntent":
        """Return an intent's checked inputs and whose customers it may touch; what it calls is guarded call by call.

        Raises:
            InputError: Some inputs are wrong.
            PermissionRefusedError: The configuration allows less.
            OrganizationNotMappedError: The organization has no customer.
            GuardRefusedError: It would touch what is not proven to be the organization's.
        """
        own = guard.admit(spec.scope, organization=organization, what=spec.title, mappings=self._mappings)
        required = spec.input.get("required")
        needed = isinstance(required, list) and spec.mapped in required
        inputs = self.reader(spec).read(given, guard.filled(spec, own) if needed else {})
        self._allowance.require(permissions.effect_of(spec, inputs), what=spec.title)
        if own is not None:
            if spec.mapped in inputs:
                guard.check_inputs(spec, inputs, own)
            await self._owners.verify(guard.claimed_ids(spec, inputs), own, read)
        return PlannedIntent(inputs, own)

    def reader(self, spec: ActionSpec) -> InputReader:
        """Return the reader of an action's inputs, compiled once."""
        return self._readers.setdefault(spec.id, InputReader(spec))

    def learn(self, plan: GuardedCall, answer: object) -> None:
        """Remember whose the thing is that was just read by its id, so that a later write need not ask."""
        owner = guard.owner_in(answer, plan.rules.owner.answer)
        if (
            owner is None
            or guard.owner_in(answer, "id") != str(plan.inputs.get("id"))
            or plan.rules.lists
            or plan.rules.mapped is not None
            or plan.call.effect != "read"
        ):
            return
        required = plan.rules.input.get("required")
        for name in required if isinstance(required, list) and len(required) == 1 else ():
            if name in plan.inputs:
                self._records.remember(plan.rules.id, str(plan.inputs[name]), owner)

    async def _coded(
        self, spec: ActionSpec, given: Mapping[str, object], organization: str | None, read: Read
    ) -> GuardedCall:
        inputs = self.reader(spec).read(given)
        call = HANDLERS[spec.handler or ""](spec, inputs, self._bundle.actions)
        rules = guarded_action(call.matches) or spec
        scope = rules.scope if organization is not None else call.scope
        own = guard.admit(scope, organization=organization, what=call.what, mappings=self._mappings)
        self._permit(call)
        if own is None:
            if organization is not None:
                check_free(rules, call.request)
            # What it amounts to decides how it is bought, whoever it is for.
            return GuardedCall(call, rules, inputs)
        made = read_request(rules, call.request, own, self._names.inputs)
        self._check_fits(rules, made.inputs)
        guard.check_inputs(rules, made.inputs, own)
        proven = 0 if _rows_prove(rules) else await self._owners.verify(made.claimed, own, read)
        return _guarded(replace(call, request=made.request), rules, made.inputs, own, proven, self._names.answers)

    def _check_added(self, call: PlannedCall) -> None:
        """Refuse an extension's request that is a write of ours: rules, journal and guard are those of ours.

        Loading refuses such an action by its form already; this looks at the path as it is sent.
        """
        for match in matching_actions(call.request.method, call.request.path, self._bundle.actions):
            if match.id not in self._bundle.added and (match.effect != "read" or call.request.method != "GET"):
                raise GuardRefusedError(
                    f"Nothing was sent. {call.what} would be {match.title} by another way.", hint=f"Use {match.id}."
                )

    def _check_fits(self, rules: ActionSpec, inputs: Mapping[str, object]) -> None:
        """Refuse what the action would not take, at any depth: only declared members are known to name nobody."""
        try:
            self.reader(rules).read(inputs)
        except InputError as problem:
            raise unverifiable(f"it does not fit {rules.title} ({problem.message.rstrip('.')})") from problem

    def _permit(self, call: PlannedCall) -> None:
        self._allowance.require(call.effect, what=call.what)


def _rows_prove(spec: ActionSpec) -> bool:
    # A list that only reads is screened row by row, so looking ids up first would cost calls and prove no more.
    return spec.lists and spec.effect == "read" and spec.owner.answer is not None


def _guarded(
    call: PlannedCall,
    rules: ActionSpec,
    inputs: Mapping[str, object],
    own: guard.Own,
    proven: int,
    names: Sequence[str],
) -> GuardedCall:
    bound = rules.mapped is not None or proven > 0
    if not bound and (rules.owner.answer is None or call.effect != "read"):
        # A read may still be withheld when its answer comes; what changes something must be proven before.
        raise GuardRefusedError(
            f"Nothing was sent. Nobody can verify whose {call.what} would be.",
            hint="Run it without an organization to act for the reseller.",
        )
    return GuardedCall(call, rules, inputs, own, bound=bound, narrowed=rules.mapped is not None, names=tuple(names))
