"""Static files: revalidated, kept, and legible."""

import hashlib
import re
from itertools import product

import pytest
from fastapi.testclient import TestClient

from api.pages.assets import address_of, assets

# SHA-256 of the files as their packages ship them (htmx.org 4.0.1 on npm).
_VENDORED = {
    "htmx-4.0.1.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "hx-sse-4.0.1.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
}
_COLOUR = re.compile(r"--([a-z-]+): (#[0-9a-f]{6})")


def test_a_versioned_address_may_be_kept_for_ever_and_another_may_not(client: TestClient) -> None:
    kept, current = client.get(address_of("pages.css")), client.get("/static/pages.css")
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in current.headers["cache-control"]
    assert "immutable" not in client.get("/static/pages.css?v=other").headers["cache-control"]


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
def test_what_the_browser_has_is_not_sent_again(client: TestClient, known: str) -> None:
    etag = client.get("/static/pages.css").headers["etag"]
    again = client.get("/static/pages.css", headers={"if-none-match": known.format(etag)})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag


@pytest.mark.parametrize("name", ["none.css", "..%2f__init__.py", "..%2ftexts%2fde.yaml", "%2e%2e/page.py"])
def test_nothing_else_can_be_read(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_static_files_name_no_other_host() -> None:
    for name, asset in assets().items():
        text = asset.content.decode().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), name
        assert "//" not in text or name in _VENDORED, name
        assert "@import" not in text, name
        assert "url(" not in text, name


def test_vendored_scripts_are_as_their_package_ships_them() -> None:
    for name, digest in _VENDORED.items():
        assert hashlib.sha256(assets()[name].content).hexdigest() == digest


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_keep_the_contrast_that_wcag_aa_asks_for(scheme: int) -> None:
    css = assets()["pages.css"].content.decode()
    colours = dict(_COLOUR.findall(css.split(":root {")[scheme + 1].split("}")[0]))
    words = ("text", "quiet", "link", "error", "warning", "advice", "off", "yes")
    pairs = [*product(words, ("ground", "raised")), ("mark-text", "mark")]
    for ink, paper in pairs:
        assert _contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
    assert _contrast(colours["edge"], colours["ground"]) >= 3
