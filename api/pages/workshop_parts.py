"""The parts of a room's pages, by their ids: what changed is sent to the page alone, so that nothing else moves."""

import json
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakValueDictionary

import segno
from markupsafe import Markup

from api.pages.marked import Marked, Noted, marked, pattern_names
from api.pages.page import fragment
from api.pages.visit import Visit
from coach.catalog import Catalog
from coach.workshop.agenda import Round, RoundKind
from coach.workshop.anonymity import code_as_shown
from coach.workshop.plan import PrivateDraft
from coach.workshop.views import CardView, Heatmap, HostView, ParticipantView, RoomView, TextCheck

Parts = dict[str, str]

PARTICIPANT = ("status", "write", "card", "wall")
HOST = ("status", "agenda", "waiting", "spot", "wall", "notes", "heat", "room")
STAGE = ("status", "scene")
SCENES = ("join", "wall", "card", "heatmap", "parking-lot", "results")
_SHADES = 5


class Seen:
    """What templates need beside the view: words, marked texts, addresses."""

    def __init__(self, visit: Visit, catalog: Catalog, home: str, *, with_model: bool = False) -> None:
        self.visit = visit
        self.home = home
        self.with_model = with_model
        self.names = pattern_names(catalog, visit.language)
        self.kinds = [kind.value for kind in RoundKind]
        self.scenes = SCENES

    def name(self, slug: str) -> str:
        """Return the name of a pattern, in the language of whoever reads."""
        return self.names.get(slug) or slug.replace("-", " ").capitalize()

    def address(self, room: RoomView) -> str:
        """Return where phones go."""
        return f"{self.home}/w/{room.code}"

    def shown_address(self, room: RoomView) -> str:
        """Return what people type."""
        return f"{self.home}/w".partition("://")[2]

    def shown_code(self, room: RoomView) -> str:
        """Return the code in two groups."""
        return code_as_shown(room.code)

    def qr(self, room: RoomView) -> Markup:
        """Return the address as a picture that phones read."""
        return _qr(self.address(room))

    def revealed(self, card: CardView) -> Marked:
        """Return the first text of a card with the words that its revealed findings rest on."""
        return marked(card.before, [Noted(at, each.finding) for at, each in enumerate(card.findings, 1)])

    def checked(self, text: str, check: TextCheck | None) -> Marked:
        """Return a text with what the rules find in it."""
        return marked(text, [Noted(at, each) for at, each in enumerate(check.findings if check else (), 1)])

    def shade(self, count: int) -> int:
        """Return how dark a cell of the heatmap is, from 0 to 5."""
        return min(count, _SHADES)

    def rows(self, heatmap: Heatmap) -> list[tuple[str, list[int]]]:
        """Return the patterns of a heatmap with their counts, the most frequent now first."""
        slugs = sorted(
            {slug for column in heatmap.columns for slug in column.patterns},
            key=lambda slug: (-sum(column.patterns.get(slug, 0) for column in heatmap.columns), self.name(slug)),
        )
        return [(slug, [column.patterns.get(slug, 0) for column in heatmap.columns]) for slug in slugs]

    def rounds(self, agenda: Sequence[Round], *, without: int | None = None) -> str:
        """Return an agenda as JSON, as forms send it back."""
        return json.dumps([each.model_dump(mode="json") for at, each in enumerate(agenda) if at != without])


class Alike:
    """What phones that show the same have in common: drawn once per number of a room, kept while somebody follows."""

    def __init__(self) -> None:
        self._number = -1
        self._parts: dict[Hashable, Parts] = {}

    def parts(self, view: ParticipantView, seen: Seen) -> Parts:
        """Return what a phone shows, without a draft; drawn anew only where it differs from all others."""
        if view.room.number != self._number:
            self._number, self._parts = view.room.number, {}
        mine = (seen.visit, seen.home, view.name, view.guess, tuple(sorted(view.dots.items())))
        if mine not in self._parts:
            self._parts[mine] = participant_parts(view, seen)
        return self._parts[mine]


_alike: WeakValueDictionary[str, Alike] = WeakValueDictionary()


def alike_in(room_id: str) -> Alike:
    """Return what phones in a room have in common; it is gone when nobody holds it any more."""
    return _alike.setdefault(room_id, Alike())


def participant_parts(view: ParticipantView, seen: Seen, draft: PrivateDraft | None = None) -> Parts:
    """Return what a phone shows."""
    return _parts("participant", PARTICIPANT, seen, view=view, room=view.room, draft=draft)


def host_parts(view: HostView, seen: Seen) -> Parts:
    """Return what a host works with."""
    return _parts("host", HOST, seen, view=view, room=view.room)


def stage_parts(room: RoomView, seen: Seen) -> Parts:
    """Return what the wall shows."""
    return _parts("stage", STAGE, seen, room=room)


def private_check(seen: Seen, room: RoomView, text: str, check: TextCheck | None) -> str:
    """Return what the rules find in a text that nobody else sees."""
    return fragment(seen.visit, "workshop_check.html", seen=seen, room=room, text=text, check=check)


def as_changes(parts: Mapping[str, str], *, replaced: frozenset[str] = frozenset()) -> str:
    """Return parts as changes to the page; those `replaced` lose what was typed in them."""
    return "".join(
        f'<hx-partial hx-target="#{name}" hx-swap="{"innerHTML" if name in replaced else "innerMorph"}">'
        f"{html}</hx-partial>"
        for name, html in parts.items()
    )


def _parts(role: str, names: Sequence[str], seen: Seen, **values: Any) -> Parts:
    drawn = {name: fragment(seen.visit, f"workshop_{role}_{name}.html", seen=seen, **values) for name in names}
    return {name: Markup(html) for name, html in drawn.items()}  # noqa: S704 - templates escape what people wrote


@cache
def _qr(address: str) -> Markup:
    svg = segno.make(address, error="m", micro=False).svg_inline(scale=8, border=2, omitsize=True, dark="#000")
    return Markup(svg)  # noqa: S704 - drawn by segno from an address of ours
