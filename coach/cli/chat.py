"""`okr-coach chat`: the talk in a terminal; what is said is kept in the database, so that it can be taken up again."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.chat import ChatCoach
from coach.chat.edits import labels
from coach.chat.words import Words, words_in
from coach.cli.app import app, settings_of
from coach.cli.review import Lang
from coach.conversation import Action, Conversation, DoneEvent, DraftVersion, Message, Opening, Step, Turn
from coach.errors import InputError
from coach.okr import Context
from coach.wiring import LOCAL_TENANT, Coach, open_coach

if TYPE_CHECKING:
    from rich.console import Console

_UNREADABLE = str.maketrans({code: "�" for code in (*range(32), *range(127, 160)) if code not in {9, 10}})


@dataclass
class _Terminal:
    """One talk at one terminal."""

    coach: Coach
    console: "Console"
    conversation: Conversation

    @property
    def words(self) -> Words:
        """The words in the language that the talk has by now."""
        return words_in(self.conversation.language, self.conversation.address)

    def say(self, message: Message) -> None:
        """Let the coach answer, keep the turn, and show it."""
        chat = self.coach.chat.without(self.coach.muted(LOCAL_TENANT))
        store = self.coach.conversations
        try:
            step = asyncio.run(self._made(chat, message))
        except InputError as error:
            for problem in error.problems:
                self.print(f"! {problem.detail}", "yellow")
            return
        store.append(LOCAL_TENANT, step)
        self.conversation = step.conversation
        self.show(step.turn)

    async def _made(self, chat: ChatCoach, message: Message) -> Step:
        """Return the step, worded by the model where there is one."""

        def version(number: int) -> DraftVersion:
            return self.coach.conversations.version(LOCAL_TENANT, self.conversation.id, number)

        step: Step | None = None
        async with aclosing(chat.stream(self.conversation, message, version)) as events:
            async for event in events:
                if isinstance(event, DoneEvent) and event.conversation is not None:
                    step = Step(conversation=event.conversation, turn=event.turn)
        if self.coach.models is not None:
            await self.coach.models.chat.aclose()
        assert step is not None
        return step

    def show(self, turn: Turn) -> None:
        """Show an answer: what is on offer as a diff, what it rests on below."""
        self.print(turn.reply.text, "bold" if turn.reply.question else "")
        for option in turn.reply.proposal.options if turn.reply.proposal else ():
            for edit in option.edits:
                self._diff([(piece.change, piece.text) for piece in edit.diff])
        for citation in turn.reply.citations:
            self.print(f"  {citation.id}  {' '.join(citation.sources)}", "dim")
        if turn.reply.degraded:
            self.print(f"! {turn.reply.degraded}", "yellow")

    def _diff(self, pieces: list[tuple[str, str]]) -> None:
        from rich.text import Text

        styles = {"same": "", "deleted": "red strike", "inserted": "green"}
        line = Text("  ± ", style="dim")
        for change, text in pieces:
            line.append(text.translate(_UNREADABLE), style=styles[change])
            if change == "deleted" and text == pieces[0][1]:  # later pieces bring their own space
                line.append(" ")
        self.console.print(line)

    def draft(self, _rest: str) -> None:
        """Show the working draft."""
        draft, names = self.conversation.draft, labels(self.conversation.draft, self.words)
        if not draft.objectives:
            self.print(self.words.say("cli.nothing"), "dim")
        for objective in draft.objectives:
            text = objective.text or self.words.say("cli.no_draft_word")
            self.print(f"{names[objective.id]}: {text}", "bold")
            for key_result in objective.key_results:
                self.print(f"  {names[key_result.id]}: {key_result.text}", "")

    def undo(self, _rest: str) -> None:
        """Take back the last change."""
        self.say(Message(action=Action(do="undo")))

    def export(self, rest: str) -> None:
        """Write the talk to a file: JSON by its name, else Markdown; without one, show it."""
        from coach.formats.talk import write_talk

        export = self.coach.conversations.export(LOCAL_TENANT, self.conversation.id)
        if not rest:
            self.print(write_talk(export), "")
            return
        text = export.model_dump_json(indent=1) if rest.endswith(".json") else write_talk(export)
        try:
            Path(rest).write_text(text, encoding="utf-8")
        except OSError as error:
            self.print(self.words.say("cli.not_written", file=rest, reason=error.strerror or ""), "yellow")
            return
        self.print(self.words.say("cli.exported", file=rest), "dim")

    def print(self, text: str, style: str) -> None:
        """Print a text as it is; control characters never reach the terminal."""
        self.console.print(text.translate(_UNREADABLE), style=style or None, markup=False, highlight=False)


@app.command()
def chat(
    context: typer.Context,
    lang: Annotated[Lang, typer.Option(help="Language of the talk; auto: that of the first message.")] = Lang.AUTO,
    formal: Annotated[bool, typer.Option("--sie", help="German: Sie instead of Du.")] = False,
    strategy: Annotated[Path | None, typer.Option(help="The frame of a new talk: md, yaml, json or docx.")] = None,
    resume: Annotated[str | None, typer.Option(help="Go on with a talk, by its id.")] = None,
) -> None:
    """Talk with the coach: paste a draft, answer its questions, watch the draft grow."""
    from rich.console import Console

    from coach.cli.strategy import read_frame

    settings = settings_of(context)
    coach = open_coach(settings).of(LOCAL_TENANT)
    coach.search.build()
    console = Console(file=sys.stdout, soft_wrap=not sys.stdout.isatty())
    if resume is not None:
        conversation = coach.conversations.get(LOCAL_TENANT, resume)
    else:
        language = lang.value if lang != Lang.AUTO else settings.language
        frame = Context(strategy=read_frame(strategy) if strategy else None)
        address = "sie" if formal else "du"
        opening = Opening.model_validate({"language": language, "address": address, "context": frame})
        conversation = coach.chat.start(opening)
        coach.conversations.add(LOCAL_TENANT, conversation)
    terminal = _Terminal(coach, console, conversation)
    terminal.print(terminal.words.say("cli.intro"), "dim")
    terminal.print(coach.chat.greeting(conversation), "bold")
    _talk(terminal)
    terminal.print(terminal.words.say("cli.kept", id=conversation.id), "dim")


def _talk(terminal: _Terminal) -> None:
    orders: Mapping[str, Callable[[str], None]] = {
        "/draft": terminal.draft,
        "/undo": terminal.undo,
        "/export": terminal.export,
    }
    lines = _lines()
    while (line := lines()) is not None:
        order, _, rest = line.strip().partition(" ")
        if order == "/quit":
            return
        if order in orders:
            orders[order](rest.strip())
        elif order.startswith("/") and order[1:].isalpha():
            terminal.print(terminal.words.say("cli.unknown", commands=", ".join([*orders, "/quit"])), "yellow")
        elif line.strip():
            terminal.say(Message(text=line))


def _lines() -> Callable[[], str | None]:
    """Return what reads the next message: a line, or several pasted at once; None at the end of the input."""
    if not sys.stdin.isatty():
        return lambda: _unescaped(sys.stdin.readline())
    import readline  # arrow keys bring back what was said in this session; nothing of it is written to a file

    readline.set_auto_history(True)

    def ask() -> str | None:
        try:
            first = input("› ")
        except (EOFError, KeyboardInterrupt):
            return None
        return "\n".join([first, *_pasted()])

    return ask


def _pasted() -> list[str]:
    """Return the lines that wait already behind the first: those of one paste."""
    import select

    found = []
    while select.select([sys.stdin], [], [], 0.05)[0]:
        line = sys.stdin.readline()
        if not line:
            break
        found.append(line.rstrip("\n"))
    return found


def _unescaped(line: str) -> str | None:
    r"""Return a piped line, its `\n` as line breaks; None at the end."""
    return line.rstrip("\n").replace("\\n", "\n") if line else None
