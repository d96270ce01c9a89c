"""Learn the weights that tell what a named tool is to the person, from knowledge/phrases/mentions.yaml and labelled messages.

Run `python scripts/train_roles.py` after changing either; `--check` writes nothing and prints how well roles are told in each
of the files of messages by weights of all the rest. More files may be named to check with.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from _fitting import fit

from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.language.lexicon import Lexicon
from assistant.language.parts import mentioned, read
from assistant.language.ranking import Ranking
from assistant.language.role_guess import IN_USE, clues

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "assistant" / "language" / "data" / "roles.json"
MESSAGES = [ROOT / "tests" / "language" / "data" / f"{stem}.jsonl" for stem in ("messages", "more", "issues")]
OTHER = "considering"
OPEN = ("None", "answer_candidate", OTHER)
TOLD = ("avoid", "migrating_from", "existing_stack")  # the first that a message's facts give
FILLERS = ("mlflow", "airflow", "pytorch", "xgboost", "dagster", "qdrant")
AROUND = ("bigquery", "kafka", "slurm", "terraform", "jenkins", "power bi")
_PLACE = re.compile(r"\{[TX]\}")
Row = tuple[Mapping[str, float], str]


def lines(knowledge: Knowledge) -> Iterator[tuple[str, list[str]]]:
    """Each line with names in its placeholders, and the role of each. What is in use may be no candidate for anything."""
    for role, said in msgspec.convert(knowledge.phrases["mentions"], dict[str, list[str]]).items():
        for number, line in enumerate(said):
            roles = [role if place == "{T}" else OTHER for place in _PLACE.findall(line)]
            for around in (False, True) if role == IN_USE or number % 3 == 0 else (False,):
                names = iter(range(number, number + len(roles)))
                yield _PLACE.sub(lambda place: name(next(names), around and place[0] == "{T}"), line), roles  # noqa: B023


def name(number: int, around: bool) -> str:
    names = AROUND if around else FILLERS
    return names[number % len(names)]


def from_lines(knowledge: Knowledge, lexicon: Lexicon) -> list[Row]:
    found: list[Row] = []
    for text, roles in lines(knowledge):
        for reading in read(text, lexicon):
            spans, told = mentioned(reading, lexicon)
            if len(spans) == len(roles):
                found += [(clues(reading, lexicon, spans, told, at, {}), role) for at, role in enumerate(roles)]
            else:
                print(f"not {len(roles)} tools: {text}", file=sys.stderr)
    return found


def from_messages(path: Path, lexicon: Lexicon) -> list[Row]:
    """What is found around each tool of labelled messages, with the role that the facts give it."""
    found: list[Row] = []
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        facts = case["facts"]
        given = {role: {known(name, lexicon) for name in facts.get(role, [])} for role in TOLD}
        for reading in read(case["text"], lexicon):
            spans, told = mentioned(reading, lexicon)
            for at, span in enumerate(spans):
                role = next((role for role in TOLD if span.entry.name in given[role]), OTHER)
                found.append((clues(reading, lexicon, spans, told, at, {}), role))
    return found


def known(name: str, lexicon: Lexicon) -> str:
    """The id that a file's name for a tool stands for."""
    if name in lexicon.knowledge.tools:
        return name
    spans = [span for reading in read(name.replace("-", " "), lexicon) for span in mentioned(reading, lexicon)[0]]
    return spans[0].entry.name if len(spans) == 1 else name


def digest(knowledge: Knowledge) -> str:
    """Changes when what the weights are learnt from does."""
    told = [knowledge.phrases["mentions"], *(path.read_text("utf-8") for path in MESSAGES)]
    return sha256(json.dumps(told).encode()).hexdigest()[:16]


def rendered(ranking: Ranking, origin: str) -> str:
    """The weights as the file that is shipped: a line for each feature, with pairs of role number and weight."""
    rows = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in ranking.weights.items()
    )
    return f'{{"learnt from":"{origin}",\n"roles":{json.dumps(ranking.labels)},\n"weights":{{\n{rows}\n}}}}\n'


def show(name: str, ranking: Ranking, held: Sequence[Row]) -> None:
    """How many mentions of each role are found, with the cues alone and with the weights."""
    print(f"{name}: {len(held)} mentions")
    for role in ("existing_stack", "migrating_from", "avoid"):
        wanted = [label == role for _, label in held]
        cued = [f"told {role}" in found for found, _ in held]
        line = f"  {role:15} {sum(wanted):3}  cues {score(cued, wanted)}"
        for sure in (0.5, 0.6, 0.7, 0.8):
            guessed = []
            for found, _ in held:
                top, share = ranking.shares(found)[0]
                told = next(name[5:] for name in found if name.startswith("told "))
                guessed.append((top if told in OPEN and share >= sure else told) == role)
            line += f"   {sure} {score(guessed, wanted)}"
        print(line)


def score(found: Sequence[bool], wanted: Sequence[bool]) -> str:
    right = sum(f and w for f, w in zip(found, wanted, strict=True))
    return f"P {right / (sum(found) or 1):.2f} R {right / (sum(wanted) or 1):.2f}"


def main() -> None:
    knowledge = load()
    lexicon = Lexicon(knowledge)
    if "--check" in sys.argv:
        paths = [*MESSAGES, *(Path(name) for name in sys.argv[1:] if not name.startswith("-"))]
        parts = [from_messages(path, lexicon) for path in paths]
        taught = from_lines(knowledge, lexicon)
        for number, path in enumerate(paths):
            rest = [row for other, part in enumerate(parts) if other != number for row in part]
            show(path.name, fit(taught + rest), parts[number])
        return
    data = from_lines(knowledge, lexicon) + [row for path in MESSAGES for row in from_messages(path, lexicon)]
    ranking = fit(data)
    TARGET.write_text(rendered(ranking, digest(knowledge)), "utf-8")
    print(f"{len(data)} mentions, {len(ranking.weights)} features, {TARGET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
