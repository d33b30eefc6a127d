"""A conversation and its draft as Markdown; the words are those of the people, so no label is in any language."""

from coach.conversation import Export, WorkingDraft


def write_draft(draft: WorkingDraft) -> str:
    """Return a working draft as Markdown: a heading per objective, a bullet per key result."""
    blocks = []
    for objective in draft.objectives:
        lines = [f"## {_line(objective.text)}", ""] if objective.text is not None else []
        lines += [f"- {_line(key_result.text)}" for key_result in objective.key_results]
        blocks.append("\n".join(lines).rstrip() + "\n")
    return "\n".join(blocks)


def write_talk(export: Export) -> str:
    """Return a conversation as Markdown: the draft as it stands, then what was said, quoted, and answered."""
    parts = [write_draft(export.conversation.draft)] if export.conversation.draft.objectives else []
    for turn in export.turns:
        said = turn.message.text or (turn.message.action.text if turn.message.action else None)
        if said:
            parts.append("\n".join(f"> {_harmless(line)}" for line in said.strip().splitlines()) + "\n")
        if turn.reply.text:
            parts.append(_harmless(turn.reply.text.strip()) + "\n")
    return "\n".join(parts)


def _line(text: str | None) -> str:
    return _harmless(" ".join((text or "").split()))


def _harmless(text: str) -> str:
    """Return a text in which no HTML starts."""
    return text.replace("<", "\\<")
