"""Strategy in the talk: what the draft serves, in quoted words, and the way from a scorecard goal to a draft."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from coach.chat.edits import edit_of
from coach.chat.talk import Talk
from coach.chat.words import Words
from coach.conversation import Option, TurnKind
from coach.okr import Context, Draft, ScorecardGoal, Strategy
from coach.strategy.importing import perspective_named
from coach.strategy.words import say

if TYPE_CHECKING:
    from coach.strategy.aligned import AlignedText, Alignment
    from coach.strategy.bridge import Bridge, BridgeRequest

_SURE = 0.6
_MOST_TEXTS = 4
_MOST_GOALS = 4
_MOST_LEAD = 160
_LONGEST_QUOTE = 100
_SHORTEST_NAME = 6
_LONGEST_QUESTION = 30
_BULLET = re.compile(r"^\s*[-•*]\s", re.MULTILINE)
_SPLIT = re.compile(r"\s*(?:[,;/]|\bund\b|\band\b)\s*")


class Desk(Protocol):
    """What the talk asks of the strategy desk."""

    def align(self, draft: Draft) -> "Alignment":
        """Return what a draft serves in its frame."""

    def bridge(self, request: "BridgeRequest") -> "Bridge":
        """Return the way from a scorecard goal to a draft."""


class StrategyTalk:
    """Answers what is about the strategy; everything else is left to the guide. Stateless."""

    def __init__(self, desk: "Callable[[], Desk]") -> None:
        self._desk = desk

    def respond(self, talk: Talk, text: str) -> TurnKind | None:
        """Answer a message where it is about the strategy, and say what it was taken for; else None."""
        strategy = talk.conversation.context.strategy or Strategy()
        pasted = goal_in(text, talk.words)
        if goal := pasted or next((each for each in strategy.scorecard if _bare(each.goal) == _bare(text)), None):
            self._lead_over(talk, goal)
            return TurnKind.REWRITE
        short = len(text.split()) <= _LONGEST_QUESTION and "\n" not in text.strip()
        if short and talk.words.has("asks_bridge", text) and strategy.scorecard:
            self._choose(talk, text, strategy.scorecard)
            return TurnKind.REWRITE
        if short and talk.words.has("asks_serves", text):
            self._serve(talk)
            return TurnKind.QUESTION
        return None

    # -- what does this serve? -----------------------------------------------------------------------------------------

    def _serve(self, talk: Talk) -> None:
        """Say of every text what it serves, in words of both sides."""
        strategy = talk.conversation.context.strategy
        if not talk.draft.objectives:
            talk.say("no_draft_yet")
            return
        if strategy is None:
            talk.say("strategy.no_frame")
            return
        unknown = talk.words.say("no_objective_yet")
        found = self._desk().align(
            Draft(
                language=talk.language,
                mode="rules",
                objectives=talk.draft.known_objectives(unknown=unknown),
                context=Context(strategy=strategy),
            )
        )
        if not found.elements:
            talk.say("strategy.no_frame")
            return
        talk.say("strategy.read_beside")
        names = [talk.label(element) for element in _elements(talk)]
        said = [
            _line(talk, name, text)
            for name, text in zip(names, found.texts, strict=True)
            if text.links or text.text != unknown
        ]
        talk.lines += said[:_MOST_TEXTS]
        if len(said) > _MOST_TEXTS:
            talk.say("strategy.more_texts", n=str(len(said) - _MOST_TEXTS))
        gap = next((each for layer in ("moal", "goal") for each in found.unserved if each.layer == layer), None)
        if found.conflicts:
            talk.lines.append(found.conflicts[0].message)
        elif gap is not None:
            talk.say("strategy.unserved", text=_clipped(gap.text), layer=say(talk.language, f"layers.{gap.layer}"))
        if talk.pending is not None or talk.proposal is not None:
            talk.say("back_to_draft")

    # -- from a goal to a draft ----------------------------------------------------------------------------------------

    def _choose(self, talk: Talk, text: str, goals: Sequence[ScorecardGoal]) -> None:
        """Lead over from the goal that a message names, or ask which one it is."""
        named = [goal for goal in goals if _names(text, goal.goal)] or list(goals)
        if len(named) == 1:
            self._lead_over(talk, named[0])
            return
        talk.say("strategy.which_goal", goals=" · ".join(goal.goal.rstrip(".") for goal in named[:_MOST_GOALS]))

    def _lead_over(self, talk: Talk, goal: ScorecardGoal) -> None:
        """Offer a draft about what people experience, with the hypotheses behind it."""
        from coach.strategy.bridge import BridgeRequest  # noqa: PLC0415 - only where it is asked for

        found = self._desk().bridge(BridgeRequest(goal=goal, language=talk.language, mode="rules"))
        objective = talk.new_id("o")
        edits = [edit_of(objective, None, found.objective)]
        edits += [edit_of(talk.new_id("k"), None, each.text, objective=objective) for each in found.key_results]
        talk.offer([Option(edits=tuple(edits), status="scaffold")])
        talk.say("strategy.behind", goal=goal.goal.rstrip("."))
        talk.lines += [f"– {each.text}" for each in found.hypotheses[:2]]
        count = talk.words.counted("count_key_result", len(found.key_results))
        talk.say("strategy.as_draft", text=found.objective, count=count)
        if goal.kpis:
            talk.say("strategy.beside", kpis=", ".join(goal.kpis))
        talk.say("how_to_accept")
        talk.citations = list(found.citations[:1])


def goal_in(text: str, words: Words) -> ScorecardGoal | None:
    """Return the goal of a scorecard with its KPIs that a message holds, where it holds little else."""
    found = words.patterns["scorecard_goal"].search(text)
    if found is None or _BULLET.search(text):
        return None
    before, after = text[: found.start()].strip(), text[found.end() :].strip()
    if len(before) > _MOST_LEAD or len(after) > _MOST_LEAD or len(found["goal"]) > _MOST_LEAD:
        return None
    kpis = [kpi.strip(" .„“”\"'") for kpi in _SPLIT.split(found["kpis"])]
    perspective = perspective_named(found["perspective"] or "") or "customer"
    return ScorecardGoal(
        perspective=perspective, goal=found["goal"].strip(" „“”\"'"), kpis=tuple(kpi for kpi in kpis if kpi)
    )


def _elements(talk: Talk) -> Iterator[str]:
    for objective in talk.draft.objectives:
        yield objective.id
        yield from (key_result.id for key_result in objective.key_results)


def _line(talk: Talk, name: str, text: "AlignedText") -> str:
    if not text.links:
        return talk.words.say("strategy.nothing", about=name)
    best = text.links[0]
    sure = best.strength >= _SURE or _bare(best.said.text) == _bare(best.asked.text)
    return talk.words.say(
        "strategy.serves" if sure else "strategy.unsure",
        about=name,
        said=_clipped(best.said.text),
        asked=_clipped(best.asked.text.rstrip(".")),
        layer=say(talk.language, f"layers.{best.layer}"),
    )


def _names(text: str, goal: str) -> bool:
    return len(_bare(goal)) >= _SHORTEST_NAME and _bare(goal) in text.casefold()


def _bare(goal: str) -> str:
    return goal.strip(" .„“”\"'").casefold()


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
