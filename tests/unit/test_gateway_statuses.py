"""Every error has a status; what may have changed something is never answered so that a platform sends it again."""

import pytest

from ingram_micro_cloud import errors
from ingram_micro_cloud.errors import IngramMicroCloudError, error_classes
from ingram_micro_cloud.hosts.gateway.refusals import too_busy
from ingram_micro_cloud.hosts.gateway.statuses import BY_CODE, STATUSES, error_answer, status_of, unforeseen

CLASSES = list(error_classes())


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_of_the_tree_has_a_status_of_its_own(kind: type[IngramMicroCloudError]) -> None:
    assert kind in STATUSES


def test_every_code_with_a_status_of_its_own_exists() -> None:
    known = {code for kind in CLASSES for code in (kind.code, *kind.codes)}
    assert set(BY_CODE) <= known


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (errors.KeyMissingError("x"), 401),
        (errors.KeyRefusedError("x", code="key_unknown"), 401),
        (errors.KeyRefusedError("x", code="organization_required"), 403),
        (errors.KeyRefusedError("x", code="manage_required"), 403),
        (errors.PermissionRefusedError("x"), 403),
        (errors.GuardRefusedError("x"), 403),
        (errors.PossibleDuplicateError("x"), 403),
        (errors.UnknownActionError("x"), 404),
        (errors.ConfigurationMissingError("x"), 404),
        (errors.NotFoundError("x"), 404),
        (errors.InputError("x"), 400),
        (errors.UsageError("x"), 400),
        (errors.ConfigurationInvalidError("x"), 422),
        (errors.SignInRefusedError("x"), 424),
        (errors.AuthenticationError("x"), 424),
        (errors.AccessDeniedError("x"), 424),
        (errors.StateDamagedError("x"), 424),
        (errors.StateError("x", code="state_busy"), 503),
        (errors.StateError("x", code="state_unreachable"), 503),
        (errors.OrganizationNotMappedError("x", code="customer_gone"), 409),
        (errors.RejectedError("x"), 422),
        (errors.ConflictError("x"), 409),
        (errors.SeatsDifferError("x"), 409),
        (errors.OutcomeUnknownError("x"), 409),
        (errors.RateLimitedError("x"), 429),
        (errors.CallBudgetError("x"), 429),
        (errors.QuotaExhaustedError("x"), 429),
        (errors.UnreachableError("x"), 502),
        (errors.ServerError("x"), 502),
        (errors.UnreadableAnswerError("x"), 502),
        (errors.IncompleteListError("x"), 502),
        (errors.RedirectRefusedError("x"), 502),
        (errors.DeadlineError("x"), 504),
        (errors.InternalError("x"), 500),
    ],
    ids=lambda value: getattr(value, "specific_code", value),
)
def test_the_status_of_a_read(problem: IngramMicroCloudError, status: int) -> None:
    assert status_of(problem, reads=True) == status


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_what_may_have_been_done_is_never_a_5xx(kind: type[IngramMicroCloudError]) -> None:
    problem = kind("x")
    problem.calls = 2
    certainly_not_done = isinstance(problem, errors.MarketplaceError)
    assert status_of(problem, reads=False) < 500 or certainly_not_done


def test_a_busy_state_before_anything_was_sent_may_be_tried_again() -> None:
    problem = errors.StateError("x", code="state_busy")
    assert status_of(problem, reads=False) == 503
    problem.calls = 1
    assert status_of(problem, reads=False) == 409


@pytest.mark.parametrize(
    ("problem", "after"),
    [
        (errors.RateLimitedError("x", retry_after=2.1), "3"),
        (errors.RateLimitedError("x", retry_after=0.0), "1"),
        (errors.RateLimitedError("x"), None),
        (errors.QuotaExhaustedError("x", retry_after=float("inf")), None),
        (errors.StateError("x", code="state_busy", retry_after=1), "1"),
        (errors.ServerError("x", retry_after=5), None),
        (too_busy(), "1"),
    ],
)
def test_when_to_come_back(problem: IngramMicroCloudError, after: str | None) -> None:
    assert error_answer(problem, reads=True).headers.get("Retry-After") == after


def test_a_missing_key_says_how_to_bring_one() -> None:
    assert error_answer(errors.KeyMissingError("x"), reads=True).headers["WWW-Authenticate"] == "Bearer"


def test_what_nobody_foresaw_does_not_quote_the_exception() -> None:
    told = error_answer(unforeseen(ValueError("canary-in-an-exception")), reads=True)
    assert told.status == 500
    assert "canary" not in str(told.value)
    assert "ValueError" in str(told.value)
