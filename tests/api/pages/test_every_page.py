"""What holds for every page that a reader can get to, in both languages."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from coach.language import LANGUAGES
from tests.api.pages.parsed import Parsed, parse

_NO_PAGE = ("/openapi.json", "/static/", "/chat/")
_SCRIPTED = ("/", "/chat")
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_SLOT = re.compile(r"\{\w+\}|\{\{|\{%")


@pytest.fixture(scope="module")
def reached(read: Callable[[str], Parsed]) -> Mapping[str, Parsed]:
    """Every page that links lead to from the two start pages, by address without anchor."""
    pages: dict[str, Parsed] = {}
    waiting = [f"/?lang={language}" for language in LANGUAGES]
    while waiting:
        address = waiting.pop()
        if address in pages:
            continue
        pages[address] = read(address)
        targets = {_page(address, link) for link in pages[address].links}
        waiting += sorted(target for target in targets if target is not None and target not in pages)
    return pages


def _page(address: str, link: str) -> str | None:
    if link.startswith("#"):
        return address
    return None if link.startswith(_NO_PAGE) else link.partition("#")[0]


def test_every_page_of_the_knowledge_base_is_reached_in_both_languages(
    app: FastAPI, reached: Mapping[str, Parsed]
) -> None:
    catalog = app.state.coach.catalog
    paths = {f"/handbook/{slug}" for slug in catalog.articles} | {f"/patterns/{slug}" for slug in catalog.patterns}
    paths |= {"/", "/chat", "/handbook", "/patterns", "/handbook/glossary", "/handbook/transformations"}
    paths |= {"/workshops", "/w"}
    for language in LANGUAGES:
        assert paths <= {address.removesuffix(f"?lang={language}") for address in reached}


def test_every_link_stays_here_and_every_anchor_exists(client: TestClient, reached: Mapping[str, Parsed]) -> None:
    loaded: set[str] = set()
    for address, page in reached.items():
        for link in page.links:
            parts = urlsplit(link)
            assert not parts.scheme, f"{address} links {link}"
            assert not parts.netloc, f"{address} links {link}"
            target = _page(address, link)
            if target is None:
                loaded.add(link)
            elif parts.fragment:
                assert parts.fragment in reached[target].ids, f"{address} links {link}"
    assert loaded
    assert all(client.get(link).status_code == 200 for link in loaded)


def test_the_language_of_a_link_is_kept_and_the_switch_keeps_the_page(reached: Mapping[str, Parsed]) -> None:
    for address, page in reached.items():
        language = dict(pair.split("=") for pair in urlsplit(address).query.split("&") if pair).get("lang")
        if language is None:
            continue
        assert page.one("html").attributes["lang"] == language
        switches = [link for link in page.all("a") if "hreflang" in link.attributes and "nav" in link.within]
        assert {link.attributes["hreflang"] for link in switches} == set(LANGUAGES)
        for link in page.all("a"):
            href = link.attributes["href"]
            if link in switches:
                assert urlsplit(href).path == urlsplit(address).path
            elif not href.startswith(("#", *_NO_PAGE)):
                assert f"lang={language}" in href, f"{address} links {href}"


def test_alternates_name_both_languages_and_neither(reached: Mapping[str, Parsed]) -> None:
    for address, page in reached.items():
        alternates = {
            link.attributes["hreflang"]: link.attributes["href"] for link in page.all("link", rel="alternate")
        }
        path = urlsplit(address).path
        assert alternates == {"de": f"{path}?lang=de", "en": f"{path}?lang=en", "x-default": path}
        assert not page.all("link", rel="canonical")


def test_pages_are_well_formed_and_say_each_id_once(reached: Mapping[str, Parsed]) -> None:
    for address, page in reached.items():
        assert not page.faults, address
        assert len(page.ids) == len(set(page.ids)), address
        assert page.one("main").attributes["id"] == "content"
        assert page.one("a", class_="skip").attributes["href"] == "#content"
        assert page.one("title").text
        labels = {label.attributes["for"] for label in page.all("label")}
        assert all(field.attributes["id"] in labels for field in page.all("input", type="search"))


def test_headings_go_down_one_step_at_a_time(reached: Mapping[str, Parsed]) -> None:
    for address, page in reached.items():
        levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
        assert levels[0] == 1, address
        assert levels.count(1) == 1, address
        assert all(after <= before + 1 for before, after in pairwise(levels)), address


def test_nothing_is_scripted_styled_inline_or_left_unfilled(reached: Mapping[str, Parsed]) -> None:
    for address, page in reached.items():
        scripts = [script.attributes["src"] for script in page.all("script")]
        assert all(script.startswith("/static/") for script in scripts), address
        assert not scripts or urlsplit(address).path in _SCRIPTED, address
        assert not [script.text for script in page.all("script") if script.text], address
        assert not page.all("style"), address
        assert not page.all("img"), address
        for element in page.elements:
            assert not {name for name in element.attributes if name == "style" or name.startswith(("on", "hx-on"))}, (
                address
            )
        assert not _SLOT.search(page.one("body").text), address


def test_headers_let_nothing_foreign_in(client: TestClient) -> None:
    for address in ("/", "/chat", "/handbook", "/handbook/glossary", "/patterns/no-baseline", "/handbook/none"):
        headers = client.get(address).headers
        scripts = "; script-src 'self'; connect-src 'self'" if address in _SCRIPTED else ""
        assert headers["content-security-policy"] == _POLICY + scripts
        assert headers["x-content-type-options"] == "nosniff"
        assert "Accept-Language" in headers["vary"]


def test_pages_stay_out_of_the_openapi_document(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if path.startswith(("/handbook", "/patterns", "/static"))]


def test_the_parser_of_these_tests_sees_faults() -> None:
    assert parse("<p><b>x</p></b>").faults
    assert parse("<div><p>x</p>").faults
