"""Learn the weights that tell whether an ordinary word ("ray", "stan", "go") is meant as a name where it stands.

Run `python scripts/train_names.py` after changing knowledge/phrases/lookalikes.yaml; it looks at mentions.yaml, examples.yaml
and projects.yaml too, for how people speak. `--check` writes nothing and prints how well names are told by weights that know
nothing of the word: the words are dealt into three parts, each of which is judged by weights of the other two.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from _fitting import fit

from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from assistant.language.lexicon import LANGUAGE, Lexicon
from assistant.language.naming import NAME, WORD, clues
from assistant.language.parts import read
from assistant.language.phrases import Lookalikes, part
from assistant.language.ranking import Ranking
from assistant.language.reading import Reading
from assistant.language.repair import is_english
from assistant.language.spans import marks

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "assistant" / "language" / "data" / "names.json"
MESSAGES = [ROOT / "tests" / "language" / "data" / f"{stem}.jsonl" for stem in ("messages", "more", "issues")]
FILLERS = tuple(
    "spark torch prophet lightning pytorch xgboost mlflow airflow lightgbm vllm dask qdrant sklearn".split()
)
OTHER = {
    "{S}": ("image classification", "churn prediction", "forecasting"),
    "{V}": ("android", "no gpu", "java", "offline"),
}
EACH = 2  # of the ordinary words of a line one in so many is looked at
PENALTY = 0.3
SURE = (0.3, 0.4, 0.5, 0.6, 0.7)
_OWN = ("own ", "plain", "person", "familiar", "no word")  # what is known of the word itself
_PLACE = re.compile(r"\{[A-Z]?\}")


class Row(NamedTuple):
    word: str  # the word that is judged; those of one word are held out together
    text: str
    found: Mapping[str, float]
    label: str
    told: bool  # whether the line was written for the word


def judged(text: str, word: str, lexicon: Lexicon, label: str, kind: str, *, told: bool = False) -> Iterator[Row]:
    """A row for each place of `word` in `text`."""
    for reading in read(text, lexicon):
        for at, token in enumerate(reading.tokens):
            if token.word == word:
                yield Row(word, text, seen(reading, lexicon, at, kind), label, told)


def seen(reading: Reading, lexicon: Lexicon, at: int, kind: str) -> Mapping[str, float]:
    """What the model sees of the word at `at`, whatever it may be."""
    names = {place: sign for place, sign in marks(reading, lexicon).items() if place != at}
    return clues(reading, lexicon, at, at + 1, names, kind)


def kind_of(word: str, lexicon: Lexicon) -> str:
    languages = {form for value in lexicon.knowledge.slots[LANGUAGE].values for form in value.say}
    tools = {token for tool in lexicon.knowledge.tools.values() for token in (tool.id, *tool.say)}
    return LANGUAGE if word in languages and word not in tools else "tool"


def spelt(text: str, word: str, number: int) -> str:
    """The text as some people write it: with a capital at its beginning, or in names."""
    if number % 3 == 1:
        return text[:1].upper() + text[1:]
    if number % 3 == 2:
        return re.sub(rf"\b{re.escape(word)}\b", word.title(), text)
    return text


def filled(frame: str, word: str, number: int) -> str:
    """A frame with the word in its first {} or, where it has none, in one of its {T} or {X}; other places filled."""
    places = [match[0] for match in _PLACE.finditer(frame)]
    names = [at for at, place in enumerate(places) if place in ("{}", "{T}", "{X}")]
    chosen = places.index("{}") if "{}" in places else names[number % len(names)]
    others = iter(range(number, number + len(places)))

    def fill(match: re.Match[str], at: Iterator[int] = iter(range(len(places)))) -> str:  # noqa: B008 - made per call
        here, one = next(at), next(others)
        if here == chosen:
            return word
        known = OTHER.get(match[0], FILLERS)
        return known[one % len(known)]

    return _PLACE.sub(fill, frame)


def told_lines(lexicon: Lexicon, said: Lookalikes) -> Iterator[Row]:
    """The lines written for a word."""
    for label, lines in ((WORD, said.words), (NAME, said.names)):
        for word, texts in lines.items():
            kind = kind_of(word, lexicon)
            for number, text in enumerate(texts):
                forms = {text, spelt(text, word, 1 if label == WORD else number)}
                for form in sorted(forms):
                    yield from judged(form, word, lexicon, label, kind, told=True)


def of_people(lexicon: Lexicon, said: Lookalikes) -> Iterator[Row]:
    """What is said of people, with given names that tools and languages bear."""
    people = sorted(set(said.people) & set(said.words))
    for number, line in enumerate(said.persons):
        for turn in range(3):
            word = people[(number * 3 + turn) % len(people)]
            text = line.replace("{}", word)
            yield from judged(spelt(text, word, 2 - turn % 2), word, lexicon, WORD, kind_of(word, lexicon))


def frames(knowledge: Knowledge, lexicon: Lexicon, said: Lookalikes) -> Iterator[Row]:
    """Lines that name any tool or language, with ordinary words in its place."""
    words = sorted(said.words)
    languages = [word for word in words if kind_of(word, lexicon) == LANGUAGE]
    tools = [word for word in words if word not in languages and word not in lexicon.company.tools.generic]
    people = [word for word in tools if word in lexicon.given_names]
    other = _naming(knowledge, said)[len(said.tools) :]
    examples = [line for lines in knowledge.phrases["examples"].values() for line in lines]
    facts = [line.replace("{V}", "{}", 1) for line in examples if "{V}" in line]
    number = 0
    for lines, pools, kind in (
        (said.tools, (tools, tools, people), "tool"),
        (other, (tools,), "tool"),
        ((*said.languages, *facts), (languages, languages, languages), LANGUAGE),
    ):
        for line in lines:
            for pool in pools:
                number += 1
                word = pool[number * 7 % len(pool)]
                yield from judged(spelt(filled(line, word, number), word, number), word, lexicon, NAME, kind)


def _naming(knowledge: Knowledge, said: Lookalikes) -> list[str]:
    """All frames that name tools."""
    other = [line for stem in ("mentions", "examples") for lines in knowledge.phrases[stem].values() for line in lines]
    return [*said.tools, *(line for line in other if "{T}" in line or "{X}" in line)]


def masked(knowledge: Knowledge, lexicon: Lexicon) -> Iterator[Row]:
    """Any ordinary words of projects and messages, which are words, and the names in messages, which are names."""
    said = part(knowledge, "lookalikes", Lookalikes)
    lines = [line for lines in (*said.words.values(), *said.names.values()) for line in lines]
    lines += [filled(line, "pytorch", at) for at, line in enumerate(_naming(knowledge, said))]
    lines += [line for lines in knowledge.phrases["projects"].values() for line in lines]
    lines += [json.loads(line)["text"] for path in MESSAGES for line in path.read_text("utf-8").splitlines()]
    for number, text in enumerate(lines):
        for reading in read(text, lexicon)[:1]:
            named = marks(reading, lexicon)
            plain = [
                at
                for at, token in enumerate(reading.tokens)
                if at not in named
                and token.word.isalpha()
                and token.word not in lexicon.stopwords
                and is_english(token.word)
            ]
            for at in plain[number % EACH :: EACH]:
                yield Row(reading.tokens[at].word, text, plainly(seen(reading, lexicon, at, "tool")), WORD, False)
            for at, sign in named.items():
                if sign == "{t}" and named.get(at - 1) is None and named.get(at + 1) is None:
                    yield Row(reading.tokens[at].word, text, plainly(seen(reading, lexicon, at, "tool")), NAME, False)


def labelled(lexicon: Lexicon) -> Iterator[Row]:
    """The doubtful words of labelled messages that are names there."""
    for path in MESSAGES:
        for line in path.read_text("utf-8").splitlines():
            case = json.loads(line)
            told = {*case.get("mentions", ()), *(str(value) for values in case["facts"].values() for value in values)}
            for reading in read(case["text"], lexicon):
                for kind in ("tool", "surrounding", "value"):
                    for hit in reading.of(kind):
                        if hit.payload.weak and hit.payload.slot in ("", LANGUAGE) and hit.payload.name in told:
                            at, word = hit.last - 1, reading.tokens[hit.last - 1].word
                            found = seen(reading, lexicon, at, LANGUAGE if kind == "value" else "tool")
                            yield Row(word, case["text"], found, NAME, False)


def plainly(found: Mapping[str, float]) -> Mapping[str, float]:
    """Without what is known of the word itself: it stands for any."""
    return {name: amount for name, amount in found.items() if not name.startswith(_OWN)}


def rows(knowledge: Knowledge, lexicon: Lexicon) -> list[Row]:
    said = part(knowledge, "lookalikes", Lookalikes)
    told = [*told_lines(lexicon, said), *of_people(lexicon, said), *frames(knowledge, lexicon, said)]
    return [*told, *masked(knowledge, lexicon), *labelled(lexicon)]


def digest(knowledge: Knowledge) -> str:
    """Changes when the lines written for names do; the other examples only lend their ways of speaking."""
    return sha256(json.dumps(knowledge.phrases["lookalikes"]).encode()).hexdigest()[:16]


def rendered(ranking: Ranking, origin: str) -> str:
    """The weights as the file that is shipped: a line for each feature, with pairs of label number and weight."""
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in ranking.weights.items()
    )
    return f'{{"learnt from":"{origin}",\n"names":{json.dumps(ranking.labels)},\n"weights":{{\n{lines}\n}}}}\n'


def check(data: Sequence[Row]) -> None:
    """How well the told lines of words are judged by weights that saw none of the word's lines."""
    words = sorted({row.word for row in data if row.told})
    results: dict[float, list[tuple[Row, float]]] = defaultdict(list)
    for fold in range(3):
        held = set(words[fold::3])
        ranking = fit([(row.found, row.label) for row in data if row.word not in held], PENALTY)
        for row in data:
            if row.told and row.word in held:
                results[0].append((row, dict(ranking.shares(row.found))[NAME]))
    for sure in SURE:
        ordinary = [share < sure for row, share in results[0] if row.label == WORD]
        named = [share >= sure for row, share in results[0] if row.label == NAME]
        print(
            f"from {sure}: words left alone {sum(ordinary) / len(ordinary):.3f}, names found {sum(named) / len(named):.3f}"
        )
    if "-v" in sys.argv:
        for row, share in results[0]:
            if (share >= 0.5) != (row.label == NAME):
                print(f"{row.label} {share:.2f} {row.word}: {row.text}")


def main() -> None:
    knowledge = load()
    data = rows(knowledge, Lexicon(knowledge))
    if "--check" in sys.argv:
        check(data)
        return
    ranking = fit([(row.found, row.label) for row in data], PENALTY)
    TARGET.write_text(rendered(ranking, digest(knowledge)), "utf-8")
    print(f"{len(data)} words, {len(ranking.weights)} features, {TARGET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
