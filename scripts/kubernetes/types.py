#!/usr/bin/env python3
"""Prints the types of Kubernetes that values and manifests of a hub hold, as a JSON Schema.

    types.py FOLDER      FOLDER is the source of the crate `k8s-openapi`

Read from the structs of the crate, which are generated from the OpenAPI definitions of Kubernetes: an `Option` is
optional, everything else is required. Words that a field takes are in no definition; `WORDS` has those that the
API server checks.
"""

import json
import pathlib
import re
import sys

ROOTS = [
    "PodSpec",
    "IngressSpec",
    "HTTPIngressPath",
    "PersistentVolumeClaimSpec",
    "NetworkPolicyIngressRule",
    "NetworkPolicyEgressRule",
]

NODE_OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
SELECTOR_OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"]
EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
PROTOCOLS = ["TCP", "UDP", "SCTP"]
ACCESS = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]

WORDS = {
    ("Container", "imagePullPolicy"): ["Always", "IfNotPresent", "Never"],
    ("Container", "terminationMessagePolicy"): ["File", "FallbackToLogsOnError"],
    ("ContainerPort", "protocol"): PROTOCOLS,
    ("HTTPGetAction", "scheme"): ["HTTP", "HTTPS"],
    ("HTTPIngressPath", "pathType"): ["Exact", "Prefix", "ImplementationSpecific"],
    ("LabelSelectorRequirement", "operator"): SELECTOR_OPERATORS,
    ("NetworkPolicyPort", "protocol"): PROTOCOLS,
    ("NodeSelectorRequirement", "operator"): NODE_OPERATORS,
    ("PersistentVolumeClaimSpec", "volumeMode"): ["Block", "Filesystem"],
    ("PodSecurityContext", "fsGroupChangePolicy"): ["OnRootMismatch", "Always"],
    ("PodSpec", "dnsPolicy"): ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
    ("PodSpec", "preemptionPolicy"): ["PreemptLowerPriority", "Never"],
    ("PodSpec", "restartPolicy"): ["Always", "OnFailure", "Never"],
    ("SeccompProfile", "type"): ["Localhost", "RuntimeDefault", "Unconfined"],
    ("Toleration", "effect"): [*EFFECTS, ""],
    ("TopologySpreadConstraint", "whenUnsatisfiable"): ["DoNotSchedule", "ScheduleAnyway"],
    ("VolumeMount", "mountPropagation"): ["None", "HostToContainer", "Bidirectional"],
}

QUANTITY = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"

FIELD = re.compile(r"^    pub (\w+|r#\w+): (.+),$", re.M)
KEY = re.compile(r'"([^"]+)" => Field::Key_(\w+),')


def structs(folder):
    """The text of each file by the name of the struct that it defines; of several versions the first."""
    found = {}
    order = ["core", "networking", "meta"]
    files = sorted(
        folder.rglob("*.rs"),
        key=lambda path: ([at for at, part in enumerate(order) if part in path.parts] or [9], str(path)),
    )
    for path in files:
        text = path.read_text()
        match = re.search(r"^pub struct (\w+) \{", text, re.M)
        if match:
            found.setdefault(match[1], text)
    return found


class Types:
    def __init__(self, folder):
        self.structs = structs(folder)
        self.found = {}

    def add(self, name):
        if name in self.found:
            return
        self.found[name] = {}
        text = self.structs[name]
        body = text[text.index(f"pub struct {name} {{") :]
        body = body[: body.index("\n}\n")]
        keys = {field: key for key, field in KEY.findall(text)}
        properties, required = {}, []
        for field, rust in FIELD.findall(body):
            key = keys[field.removeprefix("r#")]
            inner = re.fullmatch(r"Option<(.+)>", rust)
            if not inner:
                required.append(key)
            schema = self.schema(inner[1] if inner else rust)
            words = WORDS.get((name, key))
            properties[key] = {"enum": words} if words else schema
        it = {"type": "object", "additionalProperties": False, "properties": properties}
        if required:
            it["required"] = required
        self.found[name] = it

    def schema(self, rust):
        plain = {
            "std::string::String": {"type": "string"},
            "bool": {"type": "boolean"},
            "i32": {"type": "integer"},
            "i64": {"type": "integer"},
            "f64": {"type": "number"},
        }
        if rust in plain:
            return plain[rust]
        if inner := re.fullmatch(r"std::vec::Vec<(.+)>", rust):
            return {"type": "array", "items": self.schema(inner[1])}
        if inner := re.fullmatch(r"std::collections::BTreeMap<std::string::String, (.+)>", rust):
            return {"type": "object", "additionalProperties": self.schema(inner[1])}
        name = rust.rsplit("::", 1)[-1]
        special = {
            "Quantity": {"$ref": "#/definitions/Quantity"},
            "IntOrString": {"type": ["integer", "string"]},
            "Time": {"type": "string"},
            "ByteString": {"type": "string"},
            "JSON": {},
            "RawExtension": {},
            "ObjectMeta": {"type": "object"},
        }
        if name in special:
            return special[name]
        self.add(name)
        return {"$ref": f"#/definitions/{name}"}


def main():
    types = Types(pathlib.Path(sys.argv[1]))
    for root in ROOTS:
        types.add(root)
    types.found["Quantity"] = {"type": ["string", "number"], "pattern": QUANTITY}
    print('{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {')
    lines = (f"{json.dumps(name)}: {json.dumps(it)}" for name, it in sorted(types.found.items()))
    print(",\n".join(lines))
    print("}}")


main()
