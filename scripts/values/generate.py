"""Small charts and values, made from a fixed seed, for scripts/record-values.

Names come from a short alphabet, so that what one layer sets another one meets.
"""

import random

SEED = 20240607
# How many cases of each kind; a kind bends the odds below towards its topic.
KINDS = {
    "plain": 60,
    "nulls": 100,
    "globals": 70,
    "aliases": 55,
    "conditions": 75,
    "tags": 50,
    "imports": 85,
    "deep": 40,
    "documents": 50,
    "scalars": 30,
}

# Kinds that are about nothing where a chart stands alone.
OF_CHARTS = ("globals", "aliases", "conditions", "tags", "imports")

# Not `y`: YAML 1.1 reads it as true, and the chart would be called that.
CHARTS, BELOW = ["x", "z", "v"], ["u", "w"]
KEYS = ["a", "b", "c", "d"]
PLAIN = ["1", "2", "s", "t", "true", "false", '""', "0", "0.5", "'1'"]
# What YAML 1.1, YAML 1.2 and Go do not agree about.
ODD = (
    "yes no on off y n Yes TRUE ~ Null 017 0o17 0x1F 0b11 1_000 1e3 1. .5 +1 -0 1:30 190:20:30 2024-01-02"
    " 2024-01-02T03:04:05Z 9007199254740993 12345678901234567890 123456789012345678901234567890 1e21 0.1"
    " 1000000 10000000 !!str_1 !!float_1 !!binary_aGk= '017' \"yes\" <<x 08 -017 1e400 = ENC[AES256_GCM,data:x==,type:str]"
).split()


def cases():
    dice = random.Random(SEED)
    return [Case(dice, kind).made(f"{kind}-{number:03}") for kind, count in KINDS.items() for number in range(count)]


class Case:
    """One chart tree with the values files and arguments that are laid over it."""

    def __init__(self, dice, kind):
        self.dice, self.kind = dice, kind
        self.files = {}
        # Paths into the parent's values that mean something to some chart.
        self.paths = []
        self.tags = []

    def made(self, name):
        depth = {"deep": 3, "plain": 1}.get(self.kind) or self.dice.choice([2, 2, 2, 3] if self.kind in OF_CHARTS else [1, 2, 2, 3])
        self.chart("", "p", depth, [])
        return {
            "name": name,
            "chart": dict(sorted(self.files.items())),
            "files": [self.values_file() for _ in range(self.dice.choice([0, 1, 1, 1, 2, 2, 3]))],
            "args": self.arguments(),
        }

    def chance(self, share, kind=None, otherwise=None):
        """True with this chance; with another one in cases of another kind."""
        return self.dice.random() < (share if otherwise is None or self.kind == kind else otherwise)

    # Charts

    def chart(self, folder, name, depth, trail):
        """Writes a chart with its sub-charts; `trail` are the keys under which the root sees it."""
        children = []
        if depth > 1:
            pool = CHARTS if folder == "" else BELOW
            children = self.dice.sample(pool, self.dice.choice([1, 1, 2] if folder else [1, 2, 2, 3]))
        rows, seen = [], []
        for child in children:
            made, aliases = self.rows(child)
            rows += made
            seen += aliases
        text = f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
        if rows:
            text += "dependencies:\n" + "".join(rows)
        self.files[folder + "Chart.yaml"] = text
        for alias in seen:
            self.paths.append([*trail, alias])
        for child in children:
            below = seen if len(children) == 1 else [alias for alias in seen if alias[0] == child]
            self.chart(f"{folder}charts/{child}/", child, depth - 1, [*trail, (below or [child])[0]])
        if self.chance(0.93):
            self.files[folder + "values.yaml"] = self.text(self.tree(seen, is_root=folder == "", is_default=True))

    def rows(self, child):
        """The rows of Chart.yaml about one sub-chart, and the names under which its values stand."""
        if self.chance(0.12):
            return [], [child]
        names = [child]
        if self.chance(0.8, "aliases", 0.15):
            names = self.dice.choice([[child + "1"], [child + "1", child + "2"], [child, child + "1"], [child + "1", child + "2"]])
        rows = []
        for name in names:
            row = f'- name: {child}\n  version: "*"\n'
            if name != child:
                row += f"  alias: {name}\n"
            if self.chance(0.85, "conditions", 0.2):
                row += f"  condition: {self.condition(name)}\n"
            if self.chance(0.9, "tags", 0.15):
                picked = self.dice.sample(["front", "back", "all"], self.dice.choice([1, 1, 2]))
                self.tags += picked
                row += f"  tags: [{', '.join(picked)}]\n"
            if self.chance(0.9, "imports", 0.12):
                row += "  import-values:\n" + "".join(self.imported() for _ in range(self.dice.choice([1, 1, 2])))
            rows.append(row)
        return rows, names

    def condition(self, name):
        paths = [f"{name}.enabled", f"{name}.enabled", "global.up", "a.b", "c", f"{name}.a", "missing.path"]
        count = self.dice.choice([1, 1, 1, 2, 3])
        return self.dice.choice([",", ",", ",", ", "]).join(self.dice.sample(paths, count))

    def imported(self):
        if self.chance(0.4):
            return f"  - {self.dice.choice(['data', 'more', 'none'])}\n"
        child = self.dice.choice(["a", "b", "a.b", "exports.data", "c", "global", "u.a"])
        parent = self.dice.choice(["a", "b", ".", "d.e", "x", "c", "global"])
        return f"  - child: {child}\n    parent: {parent}\n"

    # Values: a dict is a map, a list a list, a str the YAML text of a scalar.

    def tree(self, children, is_root, is_default):
        """The root of a values file for a chart with these sub-charts."""
        tree = {key: self.value(2) for key in self.dice.sample(KEYS, self.dice.choice([1, 2, 2, 3]))}
        if self.chance(0.85, "globals", 0.25):
            tree["global"] = self.globals()
        if is_root and (self.tags or self.kind == "tags") and self.chance(0.7):
            tags = self.dice.sample(["front", "back", "all"], self.dice.choice([1, 2]))
            tree["tags"] = {tag: self.dice.choice(["true", "false", "false", "s"]) for tag in tags}
        if self.kind == "imports" and is_default and self.chance(0.7):
            names = self.dice.sample(["data", "more"], self.dice.choice([1, 2]))
            tree["exports"] = {name: self.value(2, "map") for name in names}
        if self.chance(0.5, "conditions", 0.1):
            tree["enabled"] = self.switch()
        for child in children:
            if self.chance(0.6):
                tree[child] = self.for_child(2)
        if self.chance(0.05):
            tree["nobody"] = self.value(2)
        return tree

    def for_child(self, depth):
        if self.chance(0.03):
            return self.dice.choice(["null", "null", "s", []])
        tree = {key: self.value(depth) for key in self.dice.sample(KEYS, self.dice.choice([0, 1, 2, 2]))}
        if self.chance(0.4, "globals", 0.08):
            tree["global"] = self.globals()
        if self.chance(0.5, "conditions", 0.08):
            tree["enabled"] = self.switch()
        if depth > 1:
            for child in BELOW:
                if self.chance(0.5, "deep", 0.12):
                    tree[child] = self.for_child(depth - 1)
        return tree

    def globals(self):
        if self.chance(0.07):
            return self.dice.choice(["null", "s", "[]"])
        tree = {key: self.value(3) for key in self.dice.sample(KEYS[:3], self.dice.choice([1, 2, 2]))}
        if self.chance(0.4, "conditions", 0.05):
            tree["up"] = self.switch()
        return tree

    def switch(self):
        return self.dice.choice(["true", "false", "false", "false", "'false'", "0", "null"])

    def value(self, depth, kind=None):
        nulls = 22 if self.kind == "nulls" else 4
        maps = 90 if self.kind == "imports" else 45
        weights = {"map": maps if depth else 0, "scalar": 35, "list": 8, "null": nulls}
        match kind or self.dice.choices(list(weights), list(weights.values()))[0]:
            case "map":
                count = self.dice.choice([0, 1, 2, 2, 3])
                return {key: self.value(depth - 1) for key in self.dice.sample(KEYS[:3], count)}
            case "list":
                return [self.value(0) for _ in range(self.dice.choice([0, 1, 2]))]
            case "null":
                return "null"
        if self.chance(0.7, "scalars", 0.0):
            return self.dice.choice(ODD).replace("_1", " 1").replace("_a", " a")
        return self.dice.choice(PLAIN)

    # Layers of the user

    def names(self):
        """The sub-charts of the root by the names under which their values stand."""
        return sorted({path[0] for path in self.paths if len(path) == 1})

    def values_file(self):
        if self.chance(0.05):
            return self.dice.choice(["", "# nothing\n", "---\n", "{}\n", "null\n", "\n\n"])
        documents = [self.text(self.tree(self.names(), is_root=True, is_default=False))]
        if self.kind == "documents" and self.chance(0.8):
            for _ in range(self.dice.choice([1, 1, 2])):
                documents.append(self.text(self.tree(self.names(), is_root=True, is_default=False)))
            if self.chance(0.2):
                documents.insert(self.dice.randrange(len(documents)), self.dice.choice(["# nothing\n", "", "null\n"]))
        return self.dice.choice(["", "", "---\n"]) + "---\n".join(documents)

    def arguments(self):
        found = []
        for _ in range(self.dice.choice([0, 0, 0, 1, 1, 2])):
            flag = self.dice.choice(["--set", "--set", "--set", "--set-string", "--set-json"])
            found += [flag, f"{self.path()}={self.assigned(flag)}"]
        return found

    def path(self):
        start = self.dice.choice([[], [], ["global"], *self.paths]) if self.paths else []
        keys = self.dice.choices(KEYS[:3], k=self.dice.choice([1, 1, 2]))
        if self.chance(0.4, "conditions", 0.05):
            keys = ["enabled"]
        if self.tags and self.chance(0.2):
            start, keys = ["tags"], [self.dice.choice(["front", "back", "all"])]
        return ".".join([*start, *keys]) + ("[0]" if self.chance(0.04) else "")

    def assigned(self, flag):
        null = self.chance(0.6, "nulls", 0.2)
        if flag == "--set-json":
            return "null" if null else self.dice.choice(["1", '"s"', "true", '{"a":1}', '{"a":null}', "[1,null]", "{}"])
        return "null" if null else self.dice.choice(["1", "s", "true", "false", "", "{1,s}", "0.5", "017"])

    # YAML

    def text(self, tree):
        return "".join(self.block(tree, 0)) if tree else "{}\n"

    def block(self, tree, indent):
        for key, part in tree.items():
            start = " " * indent + key + ":"
            if isinstance(part, dict) and part and self.chance(0.6):
                yield start + "\n"
                yield from self.block(part, indent + 2)
            else:
                yield f"{start} {self.flow(part)}\n" if part != "null" or self.chance(0.8) else start + "\n"

    def flow(self, part):
        if isinstance(part, dict):
            return "{" + ", ".join(f"{key}: {self.flow(below)}" for key, below in part.items()) + "}"
        if isinstance(part, list):
            return "[" + ", ".join(self.flow(below) for below in part) + "]"
        # Brackets and commas mean something else inside of brackets.
        return f'"{part}"' if part.startswith("ENC[") else part
