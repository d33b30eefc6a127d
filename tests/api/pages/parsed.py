"""A page taken apart: its elements in order, with attributes, text and what they stand in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})


@dataclass
class Element:
    """An element; `text` is all text inside, `within` the tags around it from the outside in."""

    tag: str
    attributes: dict[str, str]
    within: tuple[str, ...]
    text: str = ""


@dataclass
class Parsed:
    """The elements of a page, and tags that were closed in the wrong order."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def all(self, tag: str, **wanted: str) -> list[Element]:
        """Return the elements of a tag with these attributes (`class_`: one of the classes)."""
        return [element for element in self.elements if element.tag == tag and _fits(element, wanted)]

    def one(self, tag: str, **wanted: str) -> Element:
        """Return the only such element."""
        (found,) = self.all(tag, **wanted)
        return found

    @property
    def ids(self) -> list[str]:
        """Every id on the page."""
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]

    @property
    def links(self) -> list[str]:
        """Every address that the page links, loads or sends to."""
        named = ("href", "src", "action")
        return [element.attributes[name] for element in self.elements for name in named if name in element.attributes]


def _fits(element: Element, wanted: dict[str, str]) -> bool:
    for name, value in wanted.items():
        if name == "class_":
            if value not in element.attributes.get("class", "").split():
                return False
        elif element.attributes.get(name) != value:
            return False
    return True


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Parsed()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(e.tag for e in self._open))
        self.page.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.page.faults.append(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


def parse(html: str) -> Parsed:
    """Return a page taken apart."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.faults += [f"<{element.tag}> stays open" for element in reader._open]
    for element in reader.page.elements:
        element.text = " ".join(element.text.split())
    return reader.page
