#!/usr/bin/env python3
"""Prints what can be set on the KubeSpawner that is installed beside this Python, as JSON.

`traits`: every configurable trait with the JSON types that it takes, asked by trying: traits cast and
hooks of the class change values, so that the names of their types alone do not tell. `code` says that
it takes a function, `values` that it takes these texts alone. Every boolean takes 0 and 1 as well.
`renamed`: names of old that the class still maps, with the new ones.
`internal`: what else can be set: traits that are no configuration, and attributes that the classes set.
`read_only`: properties that cannot be set.
"""

import ast
import importlib.metadata
import inspect
import json
import textwrap

from jupyterhub.spawner import Spawner
from kubespawner import KubeSpawner
from traitlets import Enum, TraitError

SAMPLES = {
    "null": [None],
    "boolean": [True],
    "integer": [7],
    "number": [1.5, 0.5],
    "string": ["text", "1G"],
    "array": [[]],
    "object": [{}],
}


def takes(trait, value):
    # Without its `__init__`, which talks to a cluster, and without those who look on.
    spawner = KubeSpawner.__new__(KubeSpawner)
    spawner.notify_change = lambda change: None
    try:
        trait.set(spawner, value)
    except (TraitError, TypeError, ValueError):
        return False
    return True


def described(trait):
    values = list(trait.values or []) if isinstance(trait, Enum) else []
    types = [
        name
        for name, samples in SAMPLES.items()
        if any(takes(trait, value) for value in [*samples, *values] if is_a(name, value))
    ]
    if "number" in types and "integer" not in types:
        # A range without 7.
        types.append("integer")
    found = {"types": types}
    if takes(trait, lambda *_: None):
        found["code"] = True
    if values:
        found["values"] = values
    return found


def is_a(name, value):
    return any(type(value) is type(sample) for sample in SAMPLES[name])


def is_public(name):
    return not name.startswith("_")


def assigned(cls):
    """The attributes that the methods of a class set on themselves."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    for node in ast.walk(tree):
        is_of_self = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if is_of_self and node.value.id == "self" and isinstance(node.ctx, ast.Store):
            yield node.attr


def main():
    traits = KubeSpawner.class_traits(config=True)
    renamed = {old: new for old, (new, _) in KubeSpawner._deprecated_traits.items()}
    static = {name: inspect.getattr_static(KubeSpawner, name) for name in dir(KubeSpawner)}
    properties = {name: it for name, it in static.items() if isinstance(it, property)}
    read_only = {name for name, it in properties.items() if it.fset is None}
    plain = {name for name, it in static.items() if isinstance(it, (str, int, float, list, set, dict))}
    internal = {*KubeSpawner.class_traits(), *properties, *plain, *assigned(KubeSpawner), *assigned(Spawner)}
    internal -= {*traits, *renamed, *read_only}
    facts = {
        "kubespawner": importlib.metadata.version("jupyterhub-kubespawner"),
        "jupyterhub": importlib.metadata.version("jupyterhub"),
        "traits": {name: described(trait) for name, trait in traits.items()},
        "renamed": {old: new for old, new in renamed.items() if new in traits},
        "internal": sorted(filter(is_public, internal)),
        "read_only": sorted(filter(is_public, read_only)),
    }
    print(laid_out(facts))


def laid_out(facts):
    """One line for each name, so that a difference between versions is a line."""
    parts = []
    for key, value in facts.items():
        if isinstance(value, dict):
            lines = (f"  {json.dumps(name)}: {json.dumps(it)}" for name, it in sorted(value.items()))
            parts.append(f" {json.dumps(key)}: {{\n" + ",\n".join(lines) + "\n }")
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}"


main()
