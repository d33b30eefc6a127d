"""Pages in German and English: handbook, patterns and search without scripts; review, chat and workshops with a few.

They stand on the same knowledge, the same search and the same reviews as the API.
"""

from fastapi import APIRouter

from api.pages import (
    assets,
    chat,
    cycles,
    glossary,
    handbook,
    patterns,
    readiness,
    search,
    start,
    strategy,
    transformations,
    workshop,
    workshops,
)
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
    start,
    chat,
    strategy,
    cycles,
    readiness,
    workshops,
    workshop,
):  # fixed addresses before {slug}
    router.include_router(_routes.router)
