"""The traceability map: a tree from the purpose down to every key result, each of which stands in it exactly once."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from coach.language import Language
from coach.okr import Draft, EconomicDirection, MidtermDirection, Objective, Strategy, Strict
from coach.strategy.aligned import AlignedText, Alignment
from coach.strategy.elements import Element, elements_of
from coach.strategy.frame import language_of
from coach.strategy.words import say

_LONGEST_NAME = 48


class Node(Strict):
    """A node: an element of the frame, a gap where the frame says nothing, an objective, a key result, or the branch of
    what hangs in the air. `also`: what else it serves; `served`: whether anything below or beside it leads here;
    `missing`: what is not there, in words."""

    at: str
    kind: Literal["element", "gap", "objective", "key_result", "unlinked"]
    label: str
    text: str
    strength: float | None = None
    also: tuple[str, ...] = ()
    served: bool = True
    missing: str | None = None
    children: "tuple[Node, ...]" = ()

    def walk(self, depth: int = 0) -> "Iterator[tuple[int, Node]]":
        """Yield this node and all below with their depth, in reading order."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


class StrategyMap(Strict):
    """The tree of the frame, and beside it what hangs in the air (None where nothing does)."""

    language: Language
    frame: Node
    unlinked: Node | None


def map_of(draft: Draft, alignment: Alignment) -> StrategyMap:
    """Return the map of the draft's frame with the aligned draft in it."""
    strategy = draft.context.strategy or Strategy()
    return _Builder(strategy, alignment.language, alignment.texts, draft.objectives).built()


def map_of_frame(strategy: Strategy) -> StrategyMap:
    """Return the map of a frame that no draft stands in: its gaps alone are missing."""
    return _Builder(strategy, language_of(strategy), (), ()).built()


class _Builder:
    def __init__(
        self, strategy: Strategy, language: Language, texts: Sequence[AlignedText], objectives: Sequence[Objective]
    ) -> None:
        self._strategy = strategy
        self._language = language
        self._names = {element.at: self._name(element) for element in elements_of(strategy)}
        self._served = {link.element for text in texts for link in text.links}
        self._texts: Mapping[str, AlignedText] = {text.at: text for text in texts}
        self._hanging: dict[str, list[Node]] = {}
        self._in_the_air: list[Node] = []
        self._bare = not objectives
        for index, objective in enumerate(objectives):
            self._hang(index, len(objective.key_results))

    def built(self) -> StrategyMap:
        strategy = self._strategy
        hed, med = strategy.hed or EconomicDirection(), strategy.med or MidtermDirection()
        goals = tuple(
            self._element(
                f"/scorecard/{at}", "goal", goal.goal, prefix=say(self._language, f"perspectives.{goal.perspective}")
            )
            for at, goal in enumerate(strategy.scorecard)
        )
        moal = self._element("/moal", "moal", strategy.moal, children=goals)
        in_med = [self._element("/med/field", "field", med.field, children=(moal,))]
        if med.health_metric:
            in_med.append(self._element("/med/health_metric", "midterm_health_metric", med.health_metric))
        in_hed = [
            self._element("/hed/economic_logic", "economic_logic", hed.economic_logic),
            self._element("/hed/north_star_metric", "north_star_metric", hed.north_star_metric),
        ]
        if hed.health_metric:
            in_hed.append(self._element("/hed/health_metric", "health_metric", hed.health_metric))
        vision = self._element("/vision", "vision", strategy.vision, children=(*in_hed, *in_med))
        return StrategyMap(
            language=self._language,
            frame=self._element("/purpose", "purpose", strategy.purpose, children=(vision,)),
            unlinked=Node(
                at="/unlinked",
                kind="unlinked",
                label=self._label("unlinked"),
                text="",
                served=False,
                children=tuple(self._in_the_air),
            )
            if self._in_the_air
            else None,
        )

    def _name(self, element: Element) -> str:
        """Return what to call an element beside another one: a goal by its words, as there are several."""
        if element.layer == "goal":
            return textwrap.shorten(element.text, _LONGEST_NAME, placeholder=" …")
        return self._label(element.layer)

    def _label(self, name: str) -> str:
        return say(self._language, f"layers.{name}")

    def _missing(self, name: str) -> str:
        return say(self._language, f"map.{name}")

    def _element(
        self, at: str, layer: str, text: str | None, *, children: Sequence[Node] = (), prefix: str = ""
    ) -> Node:
        label = f"{self._label(layer)} · {prefix}" if prefix else self._label(layer)
        own = self._hanging.get(at, [])
        if not text or not text.strip():
            missing = self._missing("gap")
            return Node(
                at=at, kind="gap", label=label, text="", served=False, missing=missing, children=(*own, *children)
            )
        served = self._bare or at in self._served
        return Node(
            at=at,
            kind="element",
            label=label,
            text=text.strip(),
            served=served,
            missing=None if served else self._missing("unserved"),
            children=(*own, *children),
        )

    def _hang(self, index: int, size: int) -> None:
        """Hang an objective with its key results where they serve most together, else in the air."""
        objective = self._texts[f"/objectives/{index}/objective"]
        inner = [self._texts[f"/objectives/{index}/key_results/{number}"] for number in range(size)]
        together: dict[str, float] = {}
        for text in (objective, *inner):
            for link in text.links:
                together[link.element] = together.get(link.element, 0.0) + link.strength
        home = max(together, key=lambda at: together[at]) if together else None
        node = self._node(objective, home, tuple(self._node(text, home) for text in inner))
        if home is None:
            self._in_the_air.append(node)
        else:
            self._hanging.setdefault(home, []).append(node)

    def _node(self, text: AlignedText, home: str | None, children: tuple[Node, ...] = ()) -> Node:
        return Node(
            at=text.at,
            kind=text.level,
            label=self._label(text.level),
            text=text.text,
            strength=max((link.strength for link in text.links), default=None),
            also=tuple(dict.fromkeys(self._names[link.element] for link in text.links if link.element != home)),
            served=bool(text.links),
            missing=None if text.links else self._missing("no_link"),
            children=children,
        )
