"""Reports of `check` as text, JSON, JSON lines and SARIF.

Pure functions from reports to strings; knows no terminal and no file system.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sdl.check import Report
from sdl.errors import SdlError
from sdl.lint import Warned

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_EXCERPT = 160

Finding = SdlError | Warned


def as_text(reports: Iterable[Report], *, first: bool = False) -> str:
    """Findings with the lines they are about; one summary line at the end."""
    blocks: list[str] = []
    errors = warnings = files = 0
    for report in reports:
        files += 1
        lines = report.source.lines()
        for finding in _findings(report, first=first):
            blocks.append(_block(finding, report.file, lines))
            errors += isinstance(finding, SdlError)
            warnings += isinstance(finding, Warned)
    counted = [_count(files, "file"), _count(errors, "error"), _count(warnings, "warning")]
    return "".join(block + "\n\n" for block in blocks) + ", ".join(counted) + "\n"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _findings(report: Report, *, first: bool) -> list[Finding]:
    errors = report.errors
    if first:
        errors = [report.first] if report.first else []
    found: list[Finding] = [*errors, *report.warnings]
    return sorted(found, key=lambda finding: (finding.line, finding.column))


def _block(finding: Finding, file: str, lines: list[str]) -> str:
    level = "error" if isinstance(finding, SdlError) else "warning"
    place = f"{file or '<text>'}:{finding.line}:{finding.column}" if finding.line else file
    text = finding.text.rstrip("\n").replace("\n", "\n  ")
    parts = [f"{place}: {level}: {text} [{finding.code}]"]
    parts += _excerpt(finding, lines)
    if finding.path:
        parts.append(f"  at {finding.path}")
    if finding.remedy:
        parts.append(f"  help: {finding.remedy}")
    return "\n".join(parts)


def _excerpt(finding: Finding, lines: list[str]) -> list[str]:
    """The line, with a caret under the place and a tail under the value."""
    if not 0 < finding.line <= len(lines):
        return []
    line = lines[finding.line - 1]
    column = min(finding.column - 1, len(line))
    if column > _EXCERPT:
        return []
    width = 1
    if finding.value and line[column:].lstrip("\"'").startswith(finding.value):
        width = line.find(finding.value, column) - column + len(finding.value)
    number = str(finding.line)
    shown = line[:_EXCERPT].replace("\t", " ")
    underline = " " * column + "^" * max(1, min(width, len(shown) - column))
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {underline}"]


def as_values(reports: Iterable[Report], *, first: bool = False) -> list[dict[str, Any]]:
    """Everything that was found, as plain values, one object for each file."""
    values = []
    for report in reports:
        errors = report.errors
        if first:
            errors = [report.first] if report.first else []
        values.append(
            {
                "file": report.file,
                "ok": not report.errors,
                "errors": [_value(error) for error in errors],
                "warnings": [_value(warning) for warning in report.warnings],
            }
        )
    return values


def _value(finding: Finding) -> dict[str, Any]:
    return {
        "code": str(finding.code),
        "text": finding.text,
        "line": finding.line,
        "column": finding.column,
        "path": finding.path,
        "value": finding.value,
        "remedy": finding.remedy,
    }


def as_json(reports: Iterable[Report], *, first: bool = False) -> str:
    """`as_values` as one JSON document."""
    return json.dumps(as_values(reports, first=first), indent=2, ensure_ascii=False) + "\n"


def as_json_line(report: Report) -> str:
    """One line for one file: its groups, manifest and version, or Akash's first error."""
    value: dict[str, Any] = {"file": report.file}
    if report.definition is not None:
        value |= {
            "ok": True,
            "groups": report.definition.groups(),
            "manifest": report.definition.manifest(),
            "version": report.definition.version().hex(),
        }
        if window := report.definition.reclamation():
            value["reclamation"] = window
    else:
        value |= {"ok": False, "error": report.first.text if report.first else ""}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def as_sarif(reports: Iterable[Report], version: str, *, first: bool = False) -> str:
    """A SARIF 2.1.0 log with one run."""
    results = []
    for report in reports:
        results += [_sarif_result(f, report.file) for f in _findings(report, first=first)]
    rules = sorted({result["ruleId"] for result in results})
    log = {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "akashpy sdl check",
                        "version": version,
                        "rules": [{"id": rule, "name": rule} for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _sarif_result(finding: Finding, file: str) -> dict[str, Any]:
    text = finding.text.rstrip("\n")
    message = f"{text}; {finding.remedy}" if finding.remedy else text
    location: dict[str, Any] = {"artifactLocation": {"uri": file or "stdin"}}
    if finding.line:
        location["region"] = {
            "startLine": finding.line,
            "startColumn": max(finding.column, 1),
        }
    result: dict[str, Any] = {
        "ruleId": str(finding.code),
        "level": "error" if isinstance(finding, SdlError) else "warning",
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
    }
    if finding.path:
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": finding.path}]
    return result
