"""The model's part of the bridge: hypotheses, an objective and key results; only what passes every check is offered."""

from typing import NamedTuple

from pydantic import BaseModel

from coach.catalog import Catalog
from coach.critique import Critic
from coach.critique.asking import Asked, Look, ask
from coach.critique.elements import LANGUAGE_NAMES
from coach.critique.fitting import fitting
from coach.critique.hypotheses import is_hypothesis
from coach.critique.memory import Recollection
from coach.critique.rewrite_with_model import examples_in
from coach.critique.scaffold import placeholders_in
from coach.critique.sentence import fault_of
from coach.critique.sources import Sources
from coach.detectors import Place
from coach.language import Language
from coach.llm import Bounds, ChatModel
from coach.okr import Draft, ScorecardGoal
from coach.prompting import open_prompt
from coach.review import Rewrite
from coach.strategy.bridge import FEWEST_HYPOTHESES, FEWEST_KEY_RESULTS, MOST_HYPOTHESES, MOST_KEY_RESULTS

PROMPT = "bridge"
_SHOWN = 60
_TEXTS = {"text": 240, "objective": 240, "confirmed_by": 120}
_OF_EACH = {"text": MOST_HYPOTHESES + MOST_KEY_RESULTS, "objective": 1, "confirmed_by": MOST_KEY_RESULTS}
_FRAME = 240


class BelievedText(BaseModel):
    """A hypothesis, and the KPI that it is about."""

    text: str
    kpi: str


class KeyResultText(BaseModel):
    """A key result, the KPI that is read beside it, and who confirms it."""

    text: str
    kpi: str
    confirmed_by: str


class BridgeText(BaseModel):
    """What the model answers."""

    hypotheses: list[BelievedText]
    objective: str
    key_results: list[KeyResultText]


class Believed(NamedTuple):
    """A hypothesis that holds."""

    text: str
    kpi: str | None


class Worded(NamedTuple):
    """A key result that passed every check; `confirmed_by`: who, where the model's words may be shown."""

    rewrite: Rewrite
    kpi: str | None
    confirmed_by: str | None


class Written(NamedTuple):
    """What holds of a model's bridge, how it was asked for, and the prompt's version."""

    hypotheses: tuple[Believed, ...]
    objective: Rewrite | None
    key_results: tuple[Worded, ...]
    asked: Asked[None]
    prompt: str


class BridgeWithModel:
    """Asks a model for a bridge, in one call."""

    def __init__(self, catalog: Catalog, critic: Critic, model: ChatModel) -> None:
        self._catalog = catalog
        self._critic = critic
        self._model = model

    def __call__(
        self,
        goal: ScorecardGoal,
        people: str,
        about: Draft,
        language: Language,
        *,
        recollection: Recollection | None = None,
    ) -> Written:
        """Return what holds; `about`: the goal as the draft that wordings are held against.

        Raises ModelError where there was no answer that could be read.
        """
        prompt = open_prompt(PROMPT)
        messages = prompt.render(
            {
                "language_name": LANGUAGE_NAMES[language],
                "examples": examples_in(self._catalog, language),
                "goal": goal.model_dump(mode="json"),
                "people": people,
            }
        )
        told = messages[0].content
        sources = Sources(about, language, self._catalog)
        hypotheses: dict[str, Believed] = {}
        key_results: dict[str, Worded] = {}
        objective: list[Rewrite] = []

        def may_be_shown(text: str) -> bool:
            return fault_of(text, language, sources, prompt=told) is None

        def look(answer: BridgeText) -> Look[None]:
            faults: list[str] = []
            for believed in answer.hypotheses:
                if not _is_of(believed.kpi, goal) or not is_hypothesis(believed.text, language, sources, prompt=told):
                    faults.append(
                        f"hypothesis {believed.text[:_SHOWN]!r} is not of the form asked for, or says too much"
                    )
                else:
                    text = " ".join(believed.text.split())
                    hypotheses.setdefault(text, Believed(text, believed.kpi or None))
            offered = {Place(0): _candidate(answer.objective)} if answer.objective.strip() else {}
            said = [each for each in answer.key_results if each.text.strip()][:MOST_KEY_RESULTS]
            offered |= {Place(0, number): _candidate(each.text) for number, each in enumerate(said)}
            for place, rewrite in self._critic.verified(offered, about).items():
                each = None if place.key_result is None else said[place.key_result]
                failed = [name for name, passed in rewrite.checks.items() if not passed]
                if each is not None and not _is_of(each.kpi, goal):
                    failed.append("kpi")
                if failed:
                    faults.append(f"{rewrite.text[:_SHOWN]!r} fails {', '.join(failed)}")
                elif each is None:
                    objective.append(rewrite)
                else:
                    who = " ".join(each.confirmed_by.split())
                    worded = Worded(rewrite, each.kpi or None, who if may_be_shown(who) else None)
                    key_results.setdefault(rewrite.text, worded)
            enough = len(hypotheses) >= FEWEST_HYPOTHESES and len(key_results) >= FEWEST_KEY_RESULTS
            missing = not faults and not (enough and objective)
            return Look(None, [] if enough and objective else [*faults, *(["something is missing"] if missing else [])])

        together = {name: length * _OF_EACH[name] for name, length in _TEXTS.items()}
        fit = fitting(self._model.answer_tokens, 1, 1, together, frame=_FRAME)
        bounds = Bounds(
            one_of={"kpi": list(dict.fromkeys(goal.kpis)) or [""]},
            at_most={
                "hypotheses": MOST_HYPOTHESES,
                "key_results": MOST_KEY_RESULTS,
                **{name: length // _OF_EACH[name] for name, length in fit.texts.items()},
            },
        )
        asked = ask(
            self._model, messages, BridgeText, look, version=prompt.version, bounds=bounds, recollection=recollection
        )
        return Written(
            tuple(hypotheses.values())[:MOST_HYPOTHESES],
            objective[0] if objective else None,
            tuple(key_results.values())[:MOST_KEY_RESULTS],
            asked,
            prompt.version,
        )


def _is_of(kpi: str, goal: ScorecardGoal) -> bool:
    return kpi in goal.kpis if kpi else not goal.kpis


def _candidate(text: str) -> Rewrite:
    plain = " ".join(text.split())
    return Rewrite(text=plain, status="unverified", placeholders=placeholders_in(plain), source="model")
