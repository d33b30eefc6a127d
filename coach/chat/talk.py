"""A turn in the making: what the coach knows, says, asks and offers before it becomes a step."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from coach.chat.edits import applied, labels
from coach.chat.look import Look, look
from coach.chat.words import Words, words_in
from coach.conversation import (
    Conversation,
    DraftVersion,
    Known,
    Memory,
    Option,
    Proposal,
    Question,
    Raised,
    Slot,
    WorkingDraft,
)
from coach.critique import Critic
from coach.language import Language
from coach.review import Citation

_KEPT_QUESTIONS = 400
_LONGEST_MOAL = 200


@dataclass
class Talk:
    """One turn's working state; `turn` is its number. Lines are joined to the reply's text."""

    conversation: Conversation
    turn: int
    words: Words
    draft: WorkingDraft
    seen: Look
    known: dict[tuple[str, Slot], Known]
    asked: list[str]
    set_aside: list[str]
    pending: Question | None
    proposal: Proposal | None
    stuck: int
    next_id: int
    lines: list[str] = field(default_factory=list)
    raised: Raised | None = None
    question: Question | None = None
    citations: list[Citation] = field(default_factory=list)
    version: DraftVersion | None = None
    looked_for: WorkingDraft | None = None

    @property
    def language(self) -> Language:
        """The language of the talk."""
        return self.words.language

    def say(self, text: str, /, **values: str) -> None:
        """Add a text to the reply."""
        self.lines.append(self.words.say(text, **values))

    def ask(self, question: Question) -> None:
        """Make a question the one that this turn asks."""
        self.question = self.pending = question
        self.lines.append(question.text)
        self.asked.append(f"{question.element or ''}|{question.text}")

    def unasked(self, texts: Iterable[str], element: str | None) -> str | None:
        """Return the first question that was never asked, else the first not asked about this element."""
        rows = list(texts)
        told = {row.partition("|")[2] for row in self.asked}
        own = {row.partition("|")[2] for row in self.asked if row.startswith(f"{element or ''}|")}
        return next((text for text in rows if text not in told), next((text for text in rows if text not in own), None))

    def label(self, element: str | None) -> str:
        """Return how an element is called."""
        if element is None:
            return self.words.say("about_set")
        return labels(self.draft, self.words).get(element, self.words.say("about_new"))

    def strategy_question(self) -> str | None:
        """Return the question whether the draft serves the strategy; it quotes the Moal. None without a frame."""
        strategy = self.conversation.context.strategy
        if strategy is None:
            return None
        moal = " ".join((strategy.moal or "").split())
        if not moal or len(moal) > _LONGEST_MOAL:
            return self.words.questions("strategy")[0]
        return self.words.say("strategy.serves_moal", moal=moal.strip(" .„“”\"'"))

    def learn(self, element: str, said: dict[Slot, str]) -> None:
        """Keep what was said of an element; the latest words count."""
        for slot, words in said.items():
            self.known.pop((element, slot), None)
            self.known[element, slot] = Known(element=element, slot=slot, words=words, language=self.language)

    def forget(self, element: str, slot: Slot) -> None:
        """Drop what was said of an element."""
        self.known.pop((element, slot), None)

    def of(self, element: str) -> dict[Slot, str]:
        """Return what is known of an element."""
        return {slot: known.words for (owner, slot), known in self.known.items() if owner == element}

    def beside(self) -> str | None:
        """Return the first key result that was told of by the way and not yet talked about."""
        asked = {row.partition("|")[0] for row in self.asked}
        standing = (
            {edit.element for option in self.proposal.options for edit in option.edits} if self.proposal else set()
        )
        for element, slot in self.known:
            if (
                slot == Slot.CHANGE
                and element.startswith("k")
                and element not in {*self.draft.texts(), *asked, *standing}
            ):
                return element
        return None

    def new_id(self, letter: str) -> str:
        """Return an id for a new element."""
        self.next_id += 1
        return f"{letter}{self.next_id - 1}"

    def offer(self, options: list[Option]) -> None:
        """Put edits on offer."""
        number = self.conversation.version.number if self.conversation.version else 0
        self.proposal = Proposal(id=f"p{self.turn}", version=number, options=tuple(options[:2]))
        self.pending = None
        self.stuck = 0

    def make(self, option: Option, origin: str) -> None:
        """Make the edits of an option: a new version."""
        self.put(applied(self.draft, option.edits), origin)

    def put(self, draft: WorkingDraft, origin: str, *, parent: int | None = -1) -> None:
        """Put a draft on the table as a new version; `parent` -1: the version before."""
        before = self.conversation.version
        number = before.number + 1 if before else 1
        above = (before.number if before else None) if parent == -1 else parent
        self.version = DraftVersion.model_validate(
            {"number": number, "parent": above, "turn": self.turn, "origin": origin, "draft": draft}
        )
        self.draft = draft
        self.proposal = None

    def look_again(self, critic: Critic, muted: frozenset[str]) -> Look:
        """Return the review of the draft on the table, made anew where it has changed."""
        if self.looked_for is not self.draft:
            self.seen = look(critic, self.draft, self.conversation, self.language, muted)
            self.looked_for = self.draft
        return self.seen

    def memory(self) -> Memory:
        """Return what is kept for the next turn."""
        alive = {*self.draft.texts(), *(objective.id for objective in self.draft.objectives)}
        for question in (self.pending, self.question):
            alive |= {question.element} if question and question.element else set()
        if (beside := self.beside()) is not None:
            alive.add(beside)
        if self.proposal:
            alive |= {edit.element for option in self.proposal.options for edit in option.edits}
        kept = tuple(known for known in self.known.values() if known.element in alive or known.slot == Slot.MEANS)
        return Memory(
            known=kept,
            asked=tuple(self.asked[-_KEPT_QUESTIONS:]),
            set_aside=tuple(dict.fromkeys(self.set_aside)),
            pending=self.pending,
            proposal=self.proposal,
            stuck=self.stuck,
            next_id=self.next_id,
        )


def talk_of(conversation: Conversation, seen: Look, language: Language) -> Talk:
    """Return the turn that begins now."""
    memory = conversation.memory
    return Talk(
        conversation=conversation,
        turn=conversation.turns + 1,
        words=words_in(language, conversation.address),
        draft=conversation.draft,
        looked_for=conversation.draft if seen.review else None,
        seen=seen,
        known={(known.element, known.slot): known for known in memory.known},
        asked=list(memory.asked),
        set_aside=list(memory.set_aside),
        pending=memory.pending,
        proposal=memory.proposal,
        stuck=memory.stuck,
        next_id=memory.next_id,
    )
