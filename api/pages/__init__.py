"""Pages for reading: handbook, patterns and search, in German and English, without scripts.

They stand on the same knowledge and the same search as the API.
"""

from fastapi import APIRouter

from api.pages import assets, cycles, glossary, handbook, patterns, readiness, search, strategy, transformations
from api.pages.errors import page_for_readers

__all__ = ["page_for_readers", "router"]

router = APIRouter()
for _routes in (
    assets,
    glossary,
    transformations,
    search,
    handbook,
    patterns,
    strategy,
    cycles,
    readiness,
):  # fixed addresses before {slug}
    router.include_router(_routes.router)
