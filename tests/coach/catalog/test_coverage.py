"""The knowledge base is complete: every point of the method, every failure pattern, both languages."""

from coach.catalog import Catalog
from coach.catalog.catalog import check_catalog

_LISTED = """
metric-in-objective task-as-objective vague-objective compound-objective means-in-objective business-as-usual
evergreen-objective no-customer-value heading-only-objective jargon no-strategy-link
output-as-key-result activity-as-key-result kpi-as-key-result vague-wording no-measure no-baseline no-target
binary-key-result compound-key-result absolute-claim vanity-metric missing-actor no-evidence-source ambiguous-metric
out-of-influence
too-many-objectives too-many-key-results too-few-key-results task-list metrics-only duplicate-key-results
milestone-chain key-result-misses-objective insufficient-key-results no-guardrail
top-down-cascade tied-to-pay individual-okr tool-only-introduction okr-as-reporting set-and-forget blame-culture
strategy-by-spreadsheet okr-for-everything quick-fix-expectation watermelon
"""
PATTERNS = frozenset(_LISTED.split())


def test_nothing_refers_to_what_is_not_there() -> None:
    check_catalog()


def test_every_failure_pattern_is_there(catalog: Catalog) -> None:
    assert set(catalog.patterns) == PATTERNS


def test_every_point_of_the_method_is_covered(catalog: Catalog) -> None:
    points = {point for group in catalog.sources.groups.values() for point in group.points}
    cited = {source for pattern in catalog.patterns.values() for source in pattern.sources}
    cited |= {source for article in catalog.articles.values() for source in article.sources}
    assert points - cited == set()


def test_every_pattern_has_enough_cases_in_each_language(catalog: Catalog) -> None:
    for slug, cases in catalog.cases.items():
        for language in ("de", "en"):
            for expect in ("flagged", "clean"):
                assert sum(c.lang == language and c.expect == expect for c in cases) >= 3, (slug, language, expect)


def test_transformations_are_many_and_varied(catalog: Catalog) -> None:
    assert len(catalog.transformations) >= 150
    assert len({entry.field for entry in catalog.transformations}) >= 25
