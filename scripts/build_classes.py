"""Make assistant/language/data/classes.txt.gz, the kinds of thing that English words stand for, out of WordNet 3.1.

    python scripts/build_classes.py FOLDER

FOLDER holds WordNet's `data.noun`, `index.noun`, `data.verb` and `index.verb`. For each word of words.txt.gz the kinds above
its commonest meaning are kept: a mango is an edible_fruit, a fruit, food. Each line of the result names kinds and
then, after a colon, the words that are of all of them. Kinds of too few words or nearly all words are left out.
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from pathlib import Path

from assistant.language.repair import english

TARGET = Path(__file__).resolve().parent.parent / "assistant" / "language" / "data" / "classes.txt.gz"
HIGHEST = 7  # how many steps up the tree of kinds
FEWEST, MOST = 4, 9_000  # words of a kind that is worth keeping
Place = tuple[str, str]


def meanings(folder: Path, part: str) -> tuple[dict[str, list[str]], dict[str, tuple[str, list[str]]]]:
    """By word the places of its meanings, the commonest first; by place the name of a meaning and what is above it."""
    words = {}
    for line in (folder / f"index.{part}").read_text("latin-1").splitlines():
        if not line.startswith("  "):
            fields = line.split()
            words[fields[0]] = fields[-int(fields[2]) :]
    above = {}
    for line in (folder / f"data.{part}").read_text("latin-1").splitlines():
        if not line.startswith("  "):
            fields = line.split(" | ")[0].split()
            count = int(fields[3], 16)
            pointers = fields[5 + 2 * count :]
            up = [pointers[i + 1] for i in range(0, 4 * int(fields[4 + 2 * count]), 4) if pointers[i] in ("@", "@i")]
            above[fields[0]] = (fields[4].lower(), up)
    return words, above


def kinds(place: str, above: dict[str, tuple[str, list[str]]], mark: str) -> list[str]:
    """The names of a meaning and of the kinds above it, nearest first. `mark` tells verbs from nouns of the same name."""
    found = []
    for _ in range(HIGHEST):
        name, up = above[place]
        found.append(mark + name)
        if not up:
            break
        place = up[0]
    return found


def main(folder: Path) -> None:
    nouns, over_nouns = meanings(folder, "noun")
    verbs, over_verbs = meanings(folder, "verb")
    found: dict[str, list[str]] = {}
    for word in sorted(english()):
        if word in nouns:
            found[word] = kinds(nouns[word][0], over_nouns, "")
        elif word in verbs:
            found[word] = kinds(verbs[word][0], over_verbs, "to_")
    sizes = Counter(kind for names in found.values() for kind in dict.fromkeys(names))
    lines: dict[str, list[str]] = {}
    for word, names in found.items():
        kept = " ".join(dict.fromkeys(name for name in names if FEWEST <= sizes[name] <= MOST))
        if kept:
            lines.setdefault(kept, []).append(word)
    text = "".join(f"{names}: {' '.join(words)}\n" for names, words in sorted(lines.items()))
    TARGET.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    print(f"{len(found)} words, {len(lines)} lines, {len(text) // 1024} KB, packed {TARGET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
