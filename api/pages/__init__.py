"""Pages: handbook, patterns and search without scripts; workshops with a few. German and English.

They stand on the same knowledge and the same search as the API.
"""

from fastapi import APIRouter

from api.pages import assets, glossary, handbook, patterns, search, transformations, workshop, workshops
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
    workshops,
    workshop,
):  # fixed addresses before {slug}
    router.include_router(_routes.router)
