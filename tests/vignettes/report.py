"""Print every brief on which the advice falls short: python tests/vignettes/report.py [topic or id ...]"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from assistant.dialogue.advisor import Advisor  # noqa: E402
from tests.vignettes.judging import explain, judge, tally, vignettes  # noqa: E402


def main(wanted: list[str]) -> None:
    advisor = Advisor.load()
    chosen = [one for one in vignettes() if not wanted or one.topic in wanted or one.id in wanted]
    verdicts = [judge(advisor, one) for one in chosen]
    advisor.close()
    for verdict in verdicts:
        if not verdict.passed or verdict.vignette.id in wanted:
            print(explain(verdict), end="\n\n")
    print(f"{len(verdicts)} briefs, {sum(verdict.passed for verdict in verdicts)} without a miss:", tally(verdicts))


if __name__ == "__main__":
    main(sys.argv[1:])
