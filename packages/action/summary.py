"""Prints the findings of a JSON report as Markdown, for the summary of a job.

Text in the report comes from linted files. It is shown as text: neither Markdown nor HTML in it has an effect.
"""

import json
import re
import sys
from collections import Counter

LEVELS = ["error", "warning", "note", "hint"]
# The summary of a step may have 1 MiB.
MOST = 200


def escaped(text):
    """Text with every character that Markdown, HTML or a table gives a meaning as a character reference."""
    one_line = " ".join(text.split())
    return re.sub(r"[^A-Za-z0-9 ,/-]", lambda match: f"&#{ord(match[0])};", one_line)


def place(finding):
    labels = finding["labels"]
    return f"{labels[0]['file']}:{labels[0]['start']['line']}" if labels else ""


def row(finding):
    cells = [finding["level"], finding["code"], place(finding), finding["message"]]
    return "| " + " | ".join(escaped(str(cell)) for cell in cells) + " |"


def summary(report):
    findings = report["diagnostics"]
    counts = Counter(finding["level"] for finding in findings)
    lines = ["## dunnage", ""]
    if not findings:
        return "\n".join([*lines, "No problems found.", ""])
    lines.append(", ".join(f"{level}: {counts[level]}" for level in LEVELS if level in counts))
    lines += ["", "| level | code | place | finding |", "| --- | --- | --- | --- |"]
    lines += [row(finding) for finding in findings[:MOST]]
    if len(findings) > MOST:
        lines += ["", f"{len(findings) - MOST} more findings are in the log."]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.reconfigure(encoding="utf-8")
        print(summary(json.load(file)))
