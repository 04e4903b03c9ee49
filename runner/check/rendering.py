"""What was found, for people, for programs, and as SARIF 2.1.0.  Pure."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from runner.check.catalogue import RULES
from runner.check.findings import Finding, Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(findings: Sequence[Finding], *, scripts: int) -> str:
    """Return the findings file by file, and a line that sums them up."""
    lines: list[str] = []
    for path, found in groupby(findings, key=lambda each: each.path):
        lines += [path, *(_lines(each) for each in found), ""]
    count = Counter(each.rule.severity for each in findings)
    parts = [f"{count[each]} {each}{'' if count[each] == 1 else 's'}" for each in Severity]
    return "\n".join([*lines, f"{scripts} script{'' if scripts == 1 else 's'}: {', '.join(parts)}"])


def _lines(each: Finding) -> str:
    line, column = each.at
    head = f"  {line}:{column}  {each.rule.severity}  {each.detail}  [{each.rule.id}]"
    return f"{head}\n      {each.rule.title} {each.rule.remedy}"


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as a JSON array."""
    return json.dumps(
        [
            {
                "path": each.path,
                "line": each.at[0],
                "column": each.at[1],
                "rule": each.rule.id,
                "severity": each.rule.severity,
                "detail": each.detail,
                "title": each.rule.title,
                "remedy": each.rule.remedy,
            }
            for each in findings
        ],
        indent=2,
        ensure_ascii=False,
    )


def as_sarif(findings: Sequence[Finding], *, version: str) -> str:
    """Return one run of SARIF with all rules, for code scanning."""
    names = list(RULES)
    driver = {
        "name": "exo-job check",
        "version": version,
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.title},
                "help": {"text": rule.remedy},
                "defaultConfiguration": {"level": rule.severity.value},
            }
            for rule in RULES.values()
        ],
    }
    results = [
        {
            "ruleId": each.rule.id,
            "ruleIndex": names.index(each.rule.id),
            "level": each.rule.severity.value,
            "message": {"text": f"{each.detail}: {each.rule.title} {each.rule.remedy}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": each.path},
                        "region": {"startLine": each.at[0], "startColumn": each.at[1]},
                    }
                }
            ],
        }
        for each in findings
    ]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)
