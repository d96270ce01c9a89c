"""A knowledge small enough to be read in milliseconds: a few slots, roles and tools in `folder`."""

from __future__ import annotations

from pathlib import Path

VOCABULARY = """\
slots:
  - id: stage
    kind: single
    title: Stage
    says: "this is {value}"
    says_not: "this is not {value}"
    values:
      - {id: prototype, title: a prototype, say: [prototype, demo]}
      - {id: production, title: production, say: [production, live]}
  - id: task
    kind: set
    title: Task
    says: "the task is {value}"
    says_not: "the task is not {value}"
    values:
      - {id: ocr, title: reading text, say: [ocr]}
      - {id: classification, title: classification, say: [classification]}
  - id: data_rows
    kind: quantity
    unit: rows
    title: Rows
    says: "you have {value}"
    says_not: "you do not have {value}"
  - id: existing_stack
    kind: tools
    title: Tools in use
    says: "you use {value}"
    says_not: "you do not use {value}"
  - id: considering
    kind: tools
    title: Tools considered
    says: "you consider {value}"
    says_not: "you do not consider {value}"
roles:
  - {id: framework, title: Framework, purpose: Trains the model, leads: "true", matches: [{slot: task, attribute: tasks}]}
  - {id: serving, title: Serving, purpose: Serves the model}
pillars:
  - {id: production_deployment, title: Production}
  - {id: learning_flexibility, title: Learning}
sources:
  - {id: book, title: The book, url: https://example.org, kind: docs, verified: 2026-11-22}
"""


def tool(name: str, more: str = "", *, roles: str = "framework", state: str = "active") -> str:
    return f"""\
  - id: {name}
    name: {name.title()}
    summary: A tool called {name}
    home: https://example.org/{name}
    source: book
    verified: 2026-11-22
    licence: {{spdx: MIT, kind: permissive}}
    status: {{state: {state}, evidence: It is so}}
    roles: [{roles}]
    tasks: [ocr, classification]
{more}"""


def strength(points: int, when: str = "", pillar: str = "production_deployment", day: str = "2026-11-22") -> str:
    condition = f"when: {{{when}}}, " if when else ""
    return f"{{pillar: {pillar}, points: {points}, {condition}text: It is good, verified: {day}}}"


TOOLS = "tools:\n" + "".join(
    (
        tool("alpha", f"    strengths: [{strength(2)}]\n"),
        tool("beta", f"    strengths: [{strength(1)}, {strength(2, 'task: ocr')}]\n"),
        tool("gamma", f"    strengths: [{strength(1, 'stage: production')}]\n", roles="serving"),
    )
)


def rule(name: str, when: str, effect: str) -> str:
    return (
        f"  - id: {name}\n    when: {{{when}}}\n    {effect}\n"
        "    because: It is so\n    source: book\n    verified: 2026-11-22\n"
    )


NEED = rule("need", "task: known", "need: [framework]")


def write(folder: Path, *, rules: str = NEED, tools: str = TOOLS, **files: str) -> Path:
    """The tiny knowledge in `folder`, with these rules and tools and other files (`caveats="caveats: ..."`)."""
    texts = {"vocabulary": VOCABULARY, "tools": tools, "rules": f"rules:\n{rules}", **files}
    for name, text in texts.items():
        place = folder / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder
