"""Counts for Prometheus: requests, reviews, calls to models, breakers. No texts, no tenants."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from coach.llm import Call, State
from coach.review import Review

MEDIA_TYPE = CONTENT_TYPE_LATEST
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_MODEL_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)


class Metrics:
    """What one application counts; thread-safe. It is the meter of the coach's models."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._counter("requests", "Requests by route and status.", "method", "path", "status")
        self._latency = self._histogram("request_seconds", "Time to answer.", _REQUEST_SECONDS, "method", "path")
        self._reviews = self._counter("reviews", "Reviews made, and whether a model was missed.", "mode", "degraded")
        self._calls = self._counter("model_calls", "Calls to models by how they ended.", "model", "use", "outcome")
        self._model_latency = self._histogram("model_seconds", "Time of calls.", _MODEL_SECONDS, "model", "use")
        self._tokens = self._counter("model_tokens", "Tokens; cached ones are part of the prompt.", "model", "kind")
        self._cost = self._counter("model_cost", "Money, by the prices in the settings.", "model")
        self._breakers = Gauge(
            "okr_coach_breaker", "1 for the state in force.", ("model", "address", "state"), registry=self._registry
        )

    def requested(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a request; `path` is the route's pattern, never what was asked for."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, path, str(status)).inc()
        self._latency.labels(method, path).observe(seconds)

    def reviewed(self, review: Review) -> None:
        """Count a review."""
        self._reviews.labels(review.mode, "yes" if review.degraded else "no").inc()

    def called(self, call: Call) -> None:
        """Count a call to a model."""
        self._calls.labels(call.model, call.use, call.outcome).inc()
        self._model_latency.labels(call.model, call.use).observe(call.seconds)
        self._tokens.labels(call.model, "prompt").inc(call.usage.prompt_tokens)
        self._tokens.labels(call.model, "cached").inc(call.usage.cached_tokens)
        self._tokens.labels(call.model, "completion").inc(call.usage.completion_tokens)
        if call.usage.cost is not None:
            self._cost.labels(call.model).inc(call.usage.cost)

    def broke(self, model: str, place: str, state: State) -> None:
        """Note the state of the breaker of a model at an address."""
        for each in State:
            self._breakers.labels(model, place, each.value).set(each == state)

    def text(self) -> bytes:
        """Return all counts in Prometheus' text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"okr_coach_{name}", meaning, labels, registry=self._registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"okr_coach_{name}", meaning, labels, registry=self._registry, buckets=buckets)
