#!/usr/bin/env python3
"""Reduces a JSON Schema to what it demands: from stdin to stdout, without words for readers.

A keyword that is not known here ends the program, so that nothing is lost unseen. A key below
`properties` is no keyword: a property may be called `title`.
"""

import json
import sys

WORDS = {
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
    "markdownDescription",
    "$comment",
    "$id",
}
SCHEMA = {"items", "additionalProperties", "if", "then", "else", "not", "contains", "propertyNames"}
SCHEMAS_BY_NAME = {"properties", "patternProperties", "definitions", "$defs"}
LIST_OF_SCHEMAS = {"allOf", "anyOf", "oneOf"}
PLAIN = {
    "$schema",
    "$ref",
    "type",
    "enum",
    "const",
    "required",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
}
# Old packages of the chart spell this key with a quote at its end.
SLIPS = {'$schema"': "$schema"}


def reduced(schema, path="#"):
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        key = SLIPS.get(key, key)
        at = f"{path}/{key}"
        if key in WORDS:
            continue
        if key in SCHEMA:
            value = reduced(value, at)
        elif key in SCHEMAS_BY_NAME:
            value = {name: reduced(inner, f"{at}/{name}") for name, inner in value.items()}
        elif key in LIST_OF_SCHEMAS:
            value = [reduced(inner, at) for inner in value]
        elif key not in PLAIN:
            sys.exit(f"{at}: not a keyword that this script knows")
        if key == "$ref" and not value.startswith("#"):
            sys.exit(f"{at}: {value} is not inside the schema")
        kept[key] = value
    return kept


json.dump(reduced(json.load(sys.stdin)), sys.stdout, indent=1, sort_keys=True)
print()
