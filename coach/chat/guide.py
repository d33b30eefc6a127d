"""The guided interview: which finding is raised, what is asked next, and what is said when nothing is left."""

import re

from coach.catalog import Catalog
from coach.chat.known import people_of, questions_about
from coach.chat.look import Look, Open, is_process
from coach.chat.talk import Talk
from coach.conversation import Question, Raised, Slot
from coach.critique import Critic
from coach.critique.scaffold import placeholders_in
from coach.language.clauses import GRAMMAR

PATCHES = {"no-baseline": "today", "no-target": "target", "no-evidence-source": "witness"}
"""Findings that one value more settles, and the questions after it."""
CHOICES = {"too-many-key-results": "keep", "duplicate-key-results": "which"}
"""Findings that a choice among key results settles."""
_SLOT_OF = {"today": Slot.BASELINE, "target": Slot.TARGET, "witness": Slot.WITNESS}
_MORE = "too-few-key-results"
_OBJECTIVE = "objective"
_ENDS = ((Slot.WITNESS, "no-evidence-source"), (Slot.GUARDRAIL, "no-guardrail"))


class Guide:
    """Decides what comes next. Stateless: everything stands in the talk."""

    def __init__(self, critic: Critic, catalog: Catalog, muted: frozenset[str] = frozenset()) -> None:
        self._critic = critic
        self._muted = muted
        self._catalog = catalog

    def go_on(self, talk: Talk) -> None:
        """Raise the next finding with one question, or say what holds."""
        talk.pending = None
        if not talk.draft.objectives:
            talk.say("no_draft_yet")
            return
        talk.seen = self.look(talk)
        missing = next((o for o in talk.draft.objectives if o.text is None), None)
        if missing is not None and (text := talk.unasked(talk.words.questions("objective"), missing.id)):
            talk.ask(Question(text=text, slot=Slot.CHANGE, element=missing.id, pattern=_OBJECTIVE))
            return
        if (beside := talk.beside()) is not None and self._take_up(talk, beside):
            return
        while (each := talk.seen.first(talk.set_aside)) is not None:
            if self._raise(talk, each):
                return
            talk.set_aside.append(each.finding.fingerprint)
        if not self._ask_the_rest(talk):
            self.close(talk)

    def _take_up(self, talk: Talk, element: str) -> bool:
        """Ask from where to where for what was told by the way, or who confirms it; False where all was asked."""
        known = talk.of(element)
        change = GRAMMAR[talk.language].predicate(known[Slot.CHANGE], False) or known[Slot.CHANGE]
        slot = Slot.WITNESS if Slot.TARGET in known else Slot.BASELINE
        text = talk.unasked(questions_about(talk, element, slot.value), element)
        if text is None:
            return False
        values = " → ".join(known[each] for each in (Slot.BASELINE, Slot.TARGET) if each in known)
        told = f"{known.get(Slot.PEOPLE, '')} {change}".strip() + (f" ({values})" if values else "")
        talk.say("back_to_beside", words=told)
        talk.ask(Question(text=text, slot=slot, element=element))
        return True

    def _raise(self, talk: Talk, each: Open) -> bool:
        """Raise a finding and ask about it; False where every question about it has been asked."""
        pattern = each.finding.pattern
        element = each.element
        slot: Slot | None = None
        if is_process(each):
            question = each.finding.question
            talk.set_aside.append(each.finding.fingerprint)
        elif pattern in PATCHES:
            slot = _SLOT_OF[PATCHES[pattern]]
            question = talk.unasked(talk.words.questions(PATCHES[pattern]), element) or ""
        elif pattern in CHOICES:
            question = talk.unasked(talk.words.questions(CHOICES[pattern]), each.objective) or ""
        elif pattern == _MORE:
            bare = self._bare(talk, each.objective)
            nobody = bare and people_of(talk, each.objective) is None
            name = "people" if nobody else "observation" if bare else "more"
            question = talk.unasked(questions_about(talk, each.objective, name), each.objective) or ""
            element, slot = talk.new_id("k"), Slot.PEOPLE if nobody else Slot.CHANGE
        else:
            asked = self._catalog.patterns[pattern].text[talk.language].questions
            asked = tuple(talk.words.to_them(text) for text in asked)
            question = talk.unasked([each.finding.question, *asked], element) or ""
            slot = Slot.PEOPLE if talk.words.has("asks_people", question) else None
        if not question:
            return False
        talk.raised = Raised(element=each.element, finding=each.finding)
        talk.citations = [
            c for c in (talk.seen.review.citations if talk.seen.review else ()) if c.id in each.finding.citations
        ]
        if pattern == _MORE and self._bare(talk, each.objective):
            talk.say("nobody_named" if slot == Slot.PEOPLE else "no_key_result_yet")
        else:
            talk.lines.append(f"{talk.label(each.element)}: {_without_questions(each.finding.message)}")
        talk.ask(Question(text=question, slot=slot, element=element, objective=each.objective, pattern=pattern))
        return True

    def _bare(self, talk: Talk, objective: str | None) -> bool:
        return any(each.id == objective and not each.key_results for each in talk.draft.objectives)

    def _ask_the_rest(self, talk: Talk) -> bool:
        """Ask once who confirms, what must not suffer, what it serves; True where there was something to ask."""
        for slot, pattern in _ENDS:
            each = next((e for e in talk.seen.open if e.finding.pattern == pattern), None)
            anybody = any(row.partition("|")[2] in talk.words.questions(slot.value) for row in talk.asked)
            if each is None or anybody:
                continue
            element = each.element or each.objective
            talk.lines.append(f"{talk.label(element)}: {each.finding.message}")
            talk.raised = Raised(element=each.element, finding=each.finding)
            text = talk.words.questions(slot.value)[0]
            talk.ask(Question(text=text, slot=slot, element=element, objective=each.objective, pattern=pattern))
            return True
        served = talk.strategy_question()
        if served is not None and not any(row.endswith(f"|{served}") for row in talk.asked):
            first = talk.draft.objectives[0].id
            talk.ask(Question(text=served, slot=Slot.STRATEGY, element=first, objective=first))
            return True
        return False

    def close(self, talk: Talk) -> None:
        """Say what is still open, or that it holds."""
        words = talk.words
        names = {slug: pattern.text[talk.language].name for slug, pattern in self._catalog.patterns.items()}
        aside = frozenset(talk.set_aside)
        counted = [each for each in talk.seen.open if each.counts]
        still = [each for each in counted if each.finding.fingerprint not in aside]
        missing = [objective.id for objective in talk.draft.objectives if objective.text is None]
        if still or missing:
            talk.say("open_list")
            talk.lines += [
                words.say("open_item", about=talk.label(e), name=words.say("no_objective_yet")) for e in missing
            ]
            items = [(talk.label(each.element), names[each.finding.pattern]) for each in still]
            talk.lines += [words.say("open_item", about=about, name=name) for about, name in dict.fromkeys(items)]
            return
        blanks = dict.fromkeys(b for text in talk.draft.texts().values() for b in placeholders_in(text))
        if blanks:
            talk.say("holds_with_blanks", blanks=", ".join(blanks))
        elif not counted:
            talk.say("holds" if not talk.seen.open else "nothing_urgent")
        if left := dict.fromkeys(names[each.finding.pattern] for each in counted):
            talk.say("set_aside_list", names=", ".join(left))
            if not blanks:
                talk.say("nothing_else")
        elif advice := dict.fromkeys(names[each.finding.pattern] for each in talk.seen.open):
            talk.say("advice_left", names=", ".join(list(advice)[:3]))

    def look(self, talk: Talk) -> Look:
        """Return the review of the draft on the table."""
        return talk.look_again(self._critic, self._muted)

    def leave(self, talk: Talk, question: Question) -> None:
        """Leave an element as it is and go on."""
        talk.say("not_known")
        self.set_aside(talk, question)
        self.go_on(talk)

    def set_aside(self, talk: Talk, question: Question) -> None:
        """Raise no more what stands at the element of a question as it is now."""
        talk.stuck = 0
        talk.proposal = None
        for each in talk.seen.open:
            same = each.element == question.element and question.element in {*talk.draft.texts()}
            if same or (each.finding.pattern == question.pattern and each.objective == question.objective):
                talk.set_aside.append(each.finding.fingerprint)


def _without_questions(message: str) -> str:
    """Return a message without what it asks: a turn asks one question, its own."""
    kept = [part for part in re.split(r"(?<=[.!?])\s+", message) if not part.endswith("?")]
    return " ".join(kept) or message.rstrip("?")
