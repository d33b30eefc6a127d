"""The budget: per tenant and day, kept by the database."""

from datetime import UTC, datetime

import pytest

from coach.budget import DailyBudget
from coach.store import SpendingStore, open_database
from coach.usage import Usage


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(("tokens", "cost"), [(30, None), (None, 0.5), (1_000, 0.5), (30, 9.0)])
def test_a_tenant_spends_its_own_budget_and_has_a_new_one_tomorrow(
    database_url: str, tokens: int | None, cost: float | None
) -> None:
    clock = Clock()
    first, second = open_database(database_url), open_database(database_url)
    ours = DailyBudget(SpendingStore(first, clock=clock), tokens=tokens, cost=cost)
    same = DailyBudget(SpendingStore(second, clock=clock), tokens=tokens, cost=cost)
    assert not ours.exhausted("a")
    ours.spend("a", Usage(prompt_tokens=10, completion_tokens=5, cost=0.25))
    assert not same.exhausted("a")
    same.spend("a", Usage(prompt_tokens=10, completion_tokens=5, cost=0.25))
    assert ours.exhausted("a")
    assert not ours.exhausted("b")
    clock.now = datetime(2026, 4, 1, tzinfo=UTC)
    assert not ours.exhausted("a")
    first.close()
    second.close()


def test_usage_adds_up() -> None:
    one = Usage(prompt_tokens=3, completion_tokens=2, cached_tokens=1, cost=0.5)
    assert one + one == Usage(prompt_tokens=6, completion_tokens=4, cached_tokens=2, cost=1.0)
    assert (one + Usage(estimated=True)).estimated
    assert (Usage() + Usage()).cost is None
