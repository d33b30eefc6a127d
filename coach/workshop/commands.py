"""What can be asked of a room: commands of participants and of hosts, as they are sent.

What the coach itself puts in (reviews, alternatives) is not sent by anybody: `CoachCommand`.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from coach.errors import InputError
from coach.okr import Strict, WrittenText, problems_of
from coach.review import Finding, Kind, Rewrite
from coach.workshop.agenda import Agenda

CardLevel = Literal["objective", "key_result"]
Scene = Literal["join", "wall", "card", "heatmap", "parking-lot", "results"]
NONE = "none"
"""The choice that says: no failure pattern here, it is good."""

Id = Annotated[str, Field(max_length=40)]
Slug = Annotated[str, Field(max_length=255)]
Name = Annotated[WrittenText, Field(max_length=60)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class HandIn(Strict):
    """My card goes to the room; the room cannot tell whose it was, unless it is signed with my name."""

    type: Literal["hand-in"] = "hand-in"
    level: CardLevel
    text: WrittenText
    objective: Id | None = None
    signed: bool = False
    draft: Id | None = None
    """My private draft that this was; it is deleted once the card is handed in."""


class Guess(Strict):
    """Which failure pattern I see in the card on stage (or `none`), and which kind of key result it is."""

    type: Literal["guess"] = "guess"
    card: Id
    pattern: Slug
    kind: Kind | None = None


class Suggest(Strict):
    """A rewrite of the card on stage, to be voted on."""

    type: Literal["suggest"] = "suggest"
    card: Id
    text: WrittenText


class PlaceDots(Strict):
    """All my dots on the candidates of a card; replaces what I placed before."""

    type: Literal["place-dots"] = "place-dots"
    card: Id
    dots: Annotated[dict[Id, Annotated[int, Field(ge=0, le=20)]], Field(max_length=100)]


class Park(Strict):
    """Something for the parking lot; a host may park too."""

    type: Literal["park"] = "park"
    text: WrittenText


class SetName(Strict):
    """A name of my own for this room, where the room allows names; null takes it back."""

    type: Literal["set-name"] = "set-name"
    name: Name | None


class ChangeAgenda(Strict):
    """The rounds anew; the running one is the one at the same place."""

    type: Literal["change-agenda"] = "change-agenda"
    rounds: Agenda


class StartRound(Strict):
    """Start the round at a place of the agenda (from 0), forwards or back."""

    type: Literal["start-round"] = "start-round"
    round: Annotated[int, Field(ge=0)]


class ExtendRound(Strict):
    """More time for the running round, or less."""

    type: Literal["extend-round"] = "extend-round"
    seconds: Annotated[int, Field(ge=-14_400, le=14_400)]


class SetScene(Strict):
    """What the stage shows."""

    type: Literal["set-scene"] = "set-scene"
    scene: Scene


class AddCard(Strict):
    """A card of the host, shown at once."""

    type: Literal["add-card"] = "add-card"
    level: CardLevel
    text: WrittenText
    objective: Id | None = None


class MoveCard(Strict):
    """A key result goes under an objective, or under none."""

    type: Literal["move-card"] = "move-card"
    card: Id
    objective: Id | None


class Moderate(Strict):
    """Show or hide a card, a candidate, something parked, or a finding (`item`: its fingerprint, with its card)."""

    type: Literal["moderate"] = "moderate"
    what: Literal["card", "candidate", "parked", "finding"]
    item: Id
    card: Id | None = None
    shown: bool


class Spotlight(Strict):
    """One card on stage; null clears it. The four choices for guessing are drawn by the coach."""

    type: Literal["spotlight"] = "spotlight"
    card: Id | None


class ShowGuesses(Strict):
    """How the room voted is shown; from now on nobody guesses on this card."""

    type: Literal["show-guesses"] = "show-guesses"
    card: Id


class RevealFinding(Strict):
    """One finding of the coach is shown, on stage and on phones."""

    type: Literal["reveal-finding"] = "reveal-finding"
    card: Id
    fingerprint: Id


class DecideFinding(Strict):
    """What the room says to a finding; null leaves it open."""

    type: Literal["decide-finding"] = "decide-finding"
    card: Id
    fingerprint: Id
    verdict: Literal["accept", "reject"] | None


class EditRewrite(Strict):
    """The text that the room works on, as it stands on stage."""

    type: Literal["edit-rewrite"] = "edit-rewrite"
    card: Id
    text: WrittenText


class AddCandidate(Strict):
    """A candidate of the host, shown at once; without a text the one that the room works on."""

    type: Literal["add-candidate"] = "add-candidate"
    card: Id
    text: WrittenText | None = None


class Accept(Strict):
    """A candidate becomes the card's text and is pinned; null unpins, and the first text stands again."""

    type: Literal["accept"] = "accept"
    card: Id
    candidate: Id | None


class AddNote(Strict):
    """A decision, or a next step with its due date in words."""

    type: Literal["add-note"] = "add-note"
    kind: Literal["decision", "next-step"]
    text: WrittenText
    due: Name | None = None


class RemoveNote(Strict):
    """A decision or next step goes."""

    type: Literal["remove-note"] = "remove-note"
    note: Id


class InviteHost(Strict):
    """A co-facilitator: the answer carries the secret of their link, once."""

    type: Literal["invite-host"] = "invite-host"
    label: Name


class RemoveHost(Strict):
    """A co-facilitator's link becomes worthless; the first host stays."""

    type: Literal["remove-host"] = "remove-host"
    host: Id


class CloseRoom(Strict):
    """The end: nothing changes any more, exports stay until the room expires."""

    type: Literal["close-room"] = "close-room"


class Review(Strict):
    """What the coach finds in a text of a card: the card's own, the working text, or a candidate's."""

    type: Literal["review"] = "review"
    card: Id
    candidate: Id | None = None
    working: bool = False
    text: str
    kind: Kind | None
    findings: tuple[Finding, ...]
    rewrite: Rewrite | None = None


class DrawChoices(Strict):
    """Spotlight, completed by the coach with the choices for guessing; the last is `none`."""

    type: Literal["draw-choices"] = "draw-choices"
    card: Id
    choices: Annotated[tuple[Slug, ...], Field(min_length=2, max_length=6)]


class OfferAlternative(Strict):
    """A rewrite by rules or model that a host asked for."""

    type: Literal["offer-alternative"] = "offer-alternative"
    card: Id
    text: WrittenText
    source: Literal["rules", "model"]
    verified: bool


class AdmitParticipant(Strict):
    """Somebody came in; `seat` is a digest that leads back to nobody."""

    type: Literal["admit-participant"] = "admit-participant"


class AdmitHost(Strict):
    """Another host, by the digest of the secret of their link."""

    type: Literal["admit-host"] = "admit-host"
    label: Name
    digest: Digest


ParticipantCommand = HandIn | Guess | Suggest | PlaceDots | Park | SetName
HostCommand = (
    ChangeAgenda
    | StartRound
    | ExtendRound
    | SetScene
    | AddCard
    | MoveCard
    | Moderate
    | Spotlight
    | ShowGuesses
    | RevealFinding
    | DecideFinding
    | EditRewrite
    | AddCandidate
    | Accept
    | AddNote
    | RemoveNote
    | InviteHost
    | RemoveHost
    | CloseRoom
)
SentCommand = Annotated[ParticipantCommand | HostCommand, Field(discriminator="type")]
CoachCommand = Review | DrawChoices | OfferAlternative | AdmitParticipant | AdmitHost
Command = ParticipantCommand | HostCommand | CoachCommand

COMMANDS: TypeAdapter[ParticipantCommand | HostCommand] = TypeAdapter(SentCommand)


def parse_command(value: object) -> ParticipantCommand | HostCommand:
    """Return the command in parsed JSON, or raise InputError with a pointer per fault."""
    try:
        return COMMANDS.validate_python(value)
    except ValidationError as error:
        type_ = value.get("type") if isinstance(value, dict) else None
        problems = problems_of(error, body=value)
        raise InputError(
            [each._replace(pointer=each.pointer.removeprefix(f"/{type_}")) for each in problems]
        ) from error
