"""What keeps a workshop from being opened, in words: which field or file, where in it, and what is wrong."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from api.pages.texts import say, texts_in
from coach.errors import Problem
from coach.language import Language

_PLACE = re.compile(r"/objectives/(\d+)(?:/key_results/(\d+))?")
_LINE = re.compile(r"\bline (\d+)")


class FieldFault(NamedTuple):
    """A fault, and the id of the field in which to mend it."""

    field: str
    text: str


def faults_of(problems: Sequence[Problem], files: Sequence[str], language: Language) -> list[FieldFault]:
    """Return each fault once, by what its reader typed or chose."""
    return list(dict.fromkeys(_fault(problem, files, language) for problem in problems))


def _fault(problem: Problem, files: Sequence[str], language: Language) -> FieldFault:
    field, _, rest = problem.pointer.removeprefix("/").partition("/")
    where = []
    if field == "files":
        index, _, rest = rest.partition("/")
        where.append(files[int(index)])
    elif f"workshops.places.{field}" in texts_in(language):
        where.append(say(language, f"workshops.places.{field}"))
    if place := _PLACE.search(f"/{rest}"):
        where.append(say(language, "workshops.places.objective", number=int(place[1]) + 1))
        if place[2]:
            where.append(say(language, "workshops.places.key_result", number=int(place[2]) + 1))
    if line := _LINE.search(problem.detail):
        where.append(say(language, "workshops.places.line", number=line[1]))
    key = f"workshops.faults.{problem.code}"
    what = say(language, key if key in texts_in(language) else "workshops.faults.other")
    return FieldFault("file" if field == "files" else field, f"{', '.join(where)}: {what}" if where else what)
