"""A team's own knowledge, sound and broken, for tests of layers."""

SOURCE = "sources:\n  - {id: handbook, title: Handbook, url: https://example.org/h, kind: docs, verified: 2026-11-22}\n"
RULES = (
    SOURCE
    + """
rules:
  - id: house-standard
    when: {modality: tabular}
    for: [catboost]
    roles: [framework]
    points: 5
    pillar: production_deployment
    because: We standardise on CatBoost
    source: handbook
    verified: 2026-11-22
  - id: house-ban
    when: {task: known}
    exclude: [xgboost]
    because: Our platform does not run {tool}
    source: handbook
    verified: 2026-11-22
caveats:
  - id: house-review
    severity: critical
    when: {task: churn_prediction}
    text: Models about customers need a review by the privacy office
    source: handbook
    verified: 2026-11-22
"""
)
BROKEN = "rules:\n  - id: house-broken\n    when: {tsak: ocr}\n    need: [serving]\n    because: It is so\n"
BRIEF = "churn prediction on a table of 80k customers"
