"""`/metrics`: counts for Prometheus. Where the server is open to others, a key is asked for as everywhere."""

from fastapi import APIRouter, Response

from api.dependencies import MetricsDependency, TenantDependency
from api.metrics import MEDIA_TYPE

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response)
def metrics(metrics: MetricsDependency, _tenant: TenantDependency) -> Response:
    """Return requests, latencies, reviews, calls to models, tokens and breakers; no texts, no tenants."""
    return Response(metrics.text(), media_type=MEDIA_TYPE)
