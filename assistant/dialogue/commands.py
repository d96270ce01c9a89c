"""The slash commands: one table that the parser, the help and every face read."""

from __future__ import annotations

import msgspec

from assistant.language.model import Act


class Command(msgspec.Struct, frozen=True):
    """`name` without the slash; `title` is "group: Verb"; `hint` shows what may follow; `act` is what it asks for."""

    name: str
    title: str
    hint: str
    help: str
    act: str


COMMANDS: tuple[Command, ...] = (
    Command("recommend", "advice: Recommend", "", "the stack for what you have told so far", "recommend"),
    Command("compare", "advice: Compare", "TOOL TOOL [TOOL]", "tools side by side for this project", "compare"),
    Command("alternatives", "advice: Alternatives", "TOOL", "what else could take its place", "alternatives"),
    Command("why", "explain: Why", "[CLAIM or TOOL]", "the reasoning, down to your own words", "why"),
    Command("whynot", "explain: Why not", "TOOL", "what speaks against a tool here", "why_not"),
    Command("whatif", "explain: What if", "CHANGE", "what would differ; nothing changes until /keep", "what_if"),
    Command("keep", "explain: Keep the what-if", "", "make the what-if real", "keep"),
    Command("discard", "explain: Discard the what-if", "", "forget the what-if", "discard"),
    Command(
        "mind",
        "explain: What would change your mind",
        "[TOOL]",
        "the smallest changes that alter the choice, or bring a tool to the top",
        "what_would_change",
    ),
    Command("howsure", "explain: How sure", "", "the margin, and which open answers could turn it", "how_sure"),
    Command("whyask", "explain: Why this question", "", "what each answer to the open question would do", "why_ask"),
    Command("sources", "explain: Sources", "", "who says so, and the day of each claim", "sources"),
    Command("caveats", "explain: Caveats", "[TOOL]", "everything to watch out for", "caveats"),
    Command(
        "conflicts", "explain: Conflicts", "", "what cannot all be met, and what giving it up would bring", "caveats"
    ),
    Command("about", "tools: About", "TOOL", "a tool's record with its sources", "about"),
    Command("status", "tools: Status", "TOOL", "whether a tool is alive", "status"),
    Command("licence", "tools: Licence", "TOOL", "what its licence means", "licence"),
    Command("migrate", "tools: Migrate", "TOOL", "where to go from a tool", "migrate"),
    Command("facts", "facts: Show", "", "what holds about your project, and why", "show_facts"),
    Command("set", "facts: Set", "SLOT VALUE", "state a fact directly", "set"),
    Command("not", "facts: Negate", "SLOT VALUE", "state that something is not so", "not"),
    Command("drop", "facts: Drop", "SLOT [VALUE]", "forget a fact", "drop"),
    Command("undo", "facts: Undo", "", "take back the last change", "undo"),
    Command("redo", "facts: Redo", "", "bring back what undo took", "redo"),
    Command("skip", "facts: Skip the question", "", "leave the open question unanswered", "skip"),
    Command("plan", "session: Plan", "", "this week's proof of concept and the way to production", "plan"),
    Command("export", "session: Export", "[markdown|json|text|adr|html]", "save the conversation to a file", "export"),
    Command("reset", "session: Start over", "", "forget all facts (undo brings them back)", "reset"),
    Command("help", "help: Show help", "", "what you can say", "help"),
)

BY_NAME: dict[str, Command] = {command.name: command for command in COMMANDS}


def parse(text: str) -> tuple[Command, str] | None:
    """The command that `text` gives and what follows it; None when it is no command that exists."""
    name, _, rest = text.strip().removeprefix("/").partition(" ")
    command = BY_NAME.get(name.lower())
    return (command, rest.strip()) if command else None


def spoken(text: str) -> str:
    """A message as people see it: one that a key or a button made, about a claim, names the claim by an id."""
    found = parse(text) if text.startswith("/") else None
    return "Why this?" if found and found[0].name == "why" and "/" in found[1] else text


def nearest(text: str) -> list[str]:
    """Names of commands that look like the one in `text`."""
    from difflib import get_close_matches

    name = text.strip().removeprefix("/").partition(" ")[0].lower()
    return get_close_matches(name, list(BY_NAME), n=3, cutoff=0.5)


def as_act(command: Command, rest: str, tools: tuple[str, ...]) -> Act:
    """The dialogue act of a command with its arguments."""
    return Act(act=command.act, tools=tools, argument=rest, because=f"/{command.name}")
