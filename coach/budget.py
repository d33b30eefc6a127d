"""What a tenant may spend on models per day."""

from coach.store.spending import SpendingStore
from coach.usage import Usage


class DailyBudget:
    """Tokens or money per tenant and day (UTC); what is under way when it ends is still paid."""

    def __init__(self, store: SpendingStore, *, tokens: int | None, cost: float | None) -> None:
        self._store = store
        self._tokens = tokens
        self._cost = cost

    def exhausted(self, tenant: str) -> bool:
        """Whether nothing is left."""
        spent = self._store.today(tenant)
        over_tokens = self._tokens is not None and spent.tokens >= self._tokens
        return over_tokens or (self._cost is not None and (spent.cost or 0.0) >= self._cost)

    def spend(self, tenant: str, usage: Usage) -> None:
        """Book what a call took."""
        self._store.add(tenant, usage)
