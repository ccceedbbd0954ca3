#!/usr/bin/env python3
"""Prints what `hub.config` can set in the packages that are installed beside this Python, as JSON.

`service`: the keys of an entry of `JupyterHub.services`; any other one stops the hub.
`authenticators`: the short names that `JupyterHub.authenticator_class` takes, with their classes.
`classes`: every class that reads a section of its name, with its recorded parents (`parents`), and the
traits that it adds or changes, with the JSON types that each takes, asked by trying as
`scripts/kubespawner/traits.py` does.
"""

import importlib
import importlib.metadata
import json
import sys

from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from jupyterhub.crypto import CryptKeeper
from jupyterhub.proxy import ConfigurableHTTPProxy
from jupyterhub.services.service import Service
from traitlets import Bytes, Enum, TraitError, Type
from traitlets.config import Configurable

PACKAGES = [
    "jupyterhub",
    "oauthenticator",
    "jupyterhub-ldapauthenticator",
    "jupyterhub-nativeauthenticator",
    "jupyterhub-ltiauthenticator",
    "jupyterhub-tmpauthenticator",
    "jupyterhub-firstuseauthenticator",
    "jupyterhub-hmacauthenticator",
    "jupyterhub-multiauthenticator",
    "nullauthenticator",
]

# Modules whose authenticators have no short name in some version.
MODULES = [
    "firstuseauthenticator",
    "hmacauthenticator",
    "ldapauthenticator",
    "ltiauthenticator",
    "ltiauthenticator.lti11.auth",
    "ltiauthenticator.lti13.auth",
    "nativeauthenticator",
    "nullauthenticator",
    "tmpauthenticator",
]

# Those of one section alone that only test or local hubs set up are left out; so is the spawner,
# which has a record of its own.
LEFT_OUT = {"Spawner", "LocalProcessSpawner", "SimpleLocalProcessSpawner"}

SAMPLES = {
    "null": [None],
    "boolean": [True],
    "integer": [7],
    "number": [1.5, 0.5],
    "string": ["text", "1G", "https://example.org/", "DEBUG"],
    "array": [[]],
    "object": [{}],
}


def takes(cls, trait, value):
    # Without its `__init__`, which reads files and databases, and without those who look on.
    try:
        it = cls.__new__(cls)
        it.notify_change = lambda change: None
        # Validators ask for more than a type, which the samples may not meet.
        it._cross_validation_lock = True
        trait.set(it, value)
    except (TraitError, TypeError, ValueError):
        return False
    except (Exception, SystemExit):
        # Taken by its type; what a validator looks up elsewhere is not there.
        return True
    return True


def described(cls, trait):
    values = list(trait.values or []) if isinstance(trait, Enum) else []
    values = [value for value in values if isinstance(value, (str, int, float, bool, type(None)))]
    types = [
        name
        for name, samples in SAMPLES.items()
        if any(takes(cls, trait, value) for value in [*samples, *values] if is_a(name, value))
    ]
    if "number" in types and "integer" not in types:
        types.append("integer")
    found = {"types": types}
    if isinstance(trait, (Bytes, Type)) and "string" not in types:
        # The name of a class, of which the samples name none; or a secret that the chart passes on otherwise.
        types.append("string")
    if takes(cls, trait, lambda *_: None):
        found["code"] = True
    texts = [value for value in values if isinstance(value, str)]
    if texts:
        found["values"] = texts
    return found


def is_a(name, value):
    return any(type(value) is type(sample) for sample in SAMPLES[name])


def authenticators():
    found = {}
    try:
        points = importlib.metadata.entry_points(group="jupyterhub.authenticators")
    except TypeError:
        points = importlib.metadata.entry_points()["jupyterhub.authenticators"]
    for point in points:
        try:
            found[point.name.lower()] = point.load()
        except ImportError as error:
            print(f"{point.name}: {error}", file=sys.stderr)
    return found


def subclasses(cls):
    for below in cls.__subclasses__():
        yield below
        yield from subclasses(below)


def main():
    named = authenticators()
    for module in MODULES:
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"{module}: {error}", file=sys.stderr)
    roots = [JupyterHub, ConfigurableHTTPProxy, CryptKeeper, *named.values(), *subclasses(Authenticator)]
    classes = {}
    for cls in roots:
        for it in cls.__mro__:
            is_section = issubclass(it, Configurable) and it.class_traits(config=True)
            if is_section and it.__name__ not in LEFT_OUT and not it.__name__.startswith("_"):
                classes[it.__name__] = it
    recorded = {}
    for name, cls in sorted(classes.items()):
        parents = [it.__name__ for it in cls.__mro__[1:] if classes.get(it.__name__) is it]
        traits = {
            trait_name: described(cls, trait)
            for trait_name, trait in sorted(cls.class_traits(config=True).items())
        }
        recorded[name] = {"parents": parents, "traits": traits}
    # What a parent has in the same way is said there.
    own = {}
    for name, it in recorded.items():
        traits = {}
        for trait, types in it["traits"].items():
            above = next((recorded[p]["traits"][trait] for p in it["parents"] if trait in recorded[p]["traits"]), None)
            if above != types:
                traits[trait] = types
        own[name] = {"parents": it["parents"], "traits": traits}
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    print(
        laid_out(
            versions,
            {name: cls.__name__ for name, cls in sorted(named.items())},
            own,
            sorted(Service.class_traits(input=True)),
        )
    )


def laid_out(versions, named, classes, service):
    """One line for each name, so that a difference between versions is a line."""
    lines = ["{", f' "packages": {json.dumps(versions)},', ' "authenticators": {']
    lines.append(",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in named.items()))
    lines.append(" },")
    lines.append(f' "service": {json.dumps(service)},')
    lines.append(' "classes": {')
    blocks = []
    for name, it in classes.items():
        traits = ",\n".join(f"   {json.dumps(k)}: {json.dumps(v)}" for k, v in it["traits"].items())
        body = f"\n{traits}\n  " if traits else ""
        blocks.append(
            f'  {json.dumps(name)}: {{"parents": {json.dumps(it["parents"])}, "traits": {{{body}}}}}'
        )
    lines.append(",\n".join(blocks))
    lines.append(" }\n}")
    return "\n".join(lines)


main()
