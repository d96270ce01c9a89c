"""A report as one self-contained HTML page: no script, nothing loaded from elsewhere, for light and dark screens."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.audit.pictures import escape, flows, shares, winners
from assistant.audit.report import Finding, Report, Section, headline

_OPEN = 5  # findings of a section that are seen before it is unfolded

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fcfcfa; --soft: #5c646c; --line: #d8dcde;
  --c0: #4878a8; --c1: #d08a3e; --c2: #5a9367; --c3: #b05a6e; --c4: #7d6aa8; --c5: #8a7a5c; --c6: #3f8f93; --c7: #9a9a3a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --paper: #15181b; --soft: #9aa4ad; --line: #343b42;
    --c0: #6f9fd0; --c1: #d99a55; --c2: #79b287; --c3: #cc7c90; --c4: #a08fcb; --c5: #b0a07f; --c6: #5fb3b7; --c7: #b9b957; }
}
body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }
p.meaning, .seen, .because { color: var(--soft); font-size: .875rem; }
ul { margin: .3rem 0; padding-left: 1.3rem; } li { margin: .5rem 0; } code { font-size: .875rem; }
summary { cursor: pointer; } svg { width: 100%; height: auto; margin: .5rem 0; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } svg text.in { fill: var(--paper); }
svg text.in, svg text.rest { font-size: 11px; }
.flow { opacity: .65; } .empty { fill: var(--line); }
.c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); } .c3 { fill: var(--c3); }
.c4 { fill: var(--c4); } .c5 { fill: var(--c5); } .c6 { fill: var(--c6); } .c7 { fill: var(--c7); }
@media print { body { margin: 0; } }
"""


def page(found: Report) -> str:
    """The whole page. Whatever knowledge files say is text on it, never markup."""
    title = escape(headline(found))
    body = "\n".join(_body(found))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _body(found: Report) -> Iterator[str]:
    yield shares(found.parts)
    if found.changes is not None:
        yield "<h2>Records that differ</h2>\n<ul>"
        for how in ("added", "removed", "changed"):
            for kind, ids in getattr(found.changes, how).items():
                if ids:
                    yield f"<li>{how} {escape(kind)}: {', '.join(f'<code>{escape(id)}</code>' for id in ids)}</li>"
        yield "</ul>"
    for role, turns in found.turns.items():
        yield f"<h2>{escape(role)}: from which first choice to which</h2>"
        yield flows(role, turns)
    for section in found.sections:
        yield from _section(section)
    if found.first:
        yield "<h2>Who came first</h2>"
        yield winners(found.first)


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}: {len(section.findings)}</h2>"
    if not section.findings:
        return
    yield f'<p class="meaning">{escape(section.meaning)}.</p>\n<ul>'
    yield from map(_finding, section.findings[:_OPEN])
    yield "</ul>"
    if rest := section.findings[_OPEN:]:
        yield f"<details><summary>{len(rest)} more</summary>\n<ul>"
        yield from map(_finding, rest)
        yield "</ul></details>"


def _finding(finding: Finding) -> str:
    example = "; ".join(finding.example) or "nothing said"
    because = (
        f'<br><span class="because">because: {escape("; ".join(finding.because))}</span>' if finding.because else ""
    )
    return (
        f'<li>{escape(finding.text)} <span class="seen">seen {finding.seen}×</span>'
        f"<br><code>{escape(example)}</code>{because}</li>"
    )
