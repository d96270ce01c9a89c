"""One conversation engine in a process of its own, for `bench.py peers`: which act does each message ask for?

python _bench_peer.py ENGINE MATERIAL.json SECONDS
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

Pairs = list[tuple[str, str]]
Recognise = Callable[[str], str]


def assistant(learn: Pairs) -> Recognise:
    """The shipped language; it has learnt from these sentences before."""
    from assistant.knowledge.loading import load
    from assistant.language.lexicon import Lexicon
    from assistant.language.understand import understand

    lexicon = Lexicon(load())

    def recognise(text: str) -> str:
        acts = understand(text, lexicon).acts
        return " ".join(act.act for act in acts)

    return recognise


def rivescript(learn: Pairs) -> Recognise:
    """Each sentence a trigger; what stands for a tool or task may be anything."""
    from rivescript import RiveScript

    bot = RiveScript()
    lines = ["! version = 2.0"]
    for text, act in learn:
        trigger = re.sub(r"[^a-z0-9 ]", "", text.lower()).strip()
        if trigger:
            lines += [f"+ {trigger}", f"- {act.replace('_', ' ')}"]
    bot.stream(lines)
    bot.sort_replies()
    return lambda text: str(bot.reply("user", text)).replace(" ", "_")


def retrieval(learn: Pairs) -> Recognise:
    """The act of the sentence that is nearest by the cosine of their TF-IDF, which is what retrieval bots do."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    matrix = vectorizer.fit_transform(text for text, _ in learn)
    return lambda text: learn[int((matrix @ vectorizer.transform([text]).T).toarray().argmax())][1]


def pipeline(learn: Pairs) -> Recognise:
    """A text classifier, learnt here."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=300, C=10))
    model.fit([text for text, _ in learn], [act for _, act in learn])
    return lambda text: str(model.predict([text])[0])


def resident() -> float:
    """MB of this process, where /proc tells."""
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        return 0.0
    return int(found.group(1)) / 1000 if found else 0.0


def main() -> None:
    name, file, seconds = sys.argv[1:]
    material = json.loads(Path(file).read_text())
    engines = {"assistant": assistant, "rivescript": rivescript, "retrieval": retrieval, "pipeline": pipeline}
    recognise: Recognise = engines[name](material["learn"])
    load = time.process_time()
    spent: list[float] = []
    right = 0
    while not spent or time.process_time() < load + float(seconds):
        before, spent = spent, []
        for text, act in material["ask"]:
            started = time.process_time()
            found = recognise(text)
            spent.append((time.process_time() - started) * 1000)
            right += not before and act in found.split()
    load *= 1000
    print(json.dumps({"load": load, "mean": sum(spent) / len(spent), "spent": spent, "right": right,
                      "asked": len(material["ask"]), "memory": resident()}))  # fmt: skip


main()
