"""Cases of chart trees: sub-charts, globals, aliases, conditions, tags, imports."""

from tree import head, row, tree


def cases():
    for group, named in (
        ("sub-chart", subcharts()),
        ("global", globals_()),
        ("alias", aliases()),
        ("condition", conditions()),
        ("tags", tags()),
        ("import", imports()),
        ("hub", hubs()),
    ):
        for name, case in named.items():
            chart, files, arguments = (*case, [], [])[:3]
            yield f"{group}: {name}", chart, files, arguments


def subcharts():
    plain = {"": "k: 1\n", "x": "a: {b: 1, c: 2}\nl: [1]\n"}
    nulls = {"": "k: 1\n", "x": "a: {b: null, c: 2}\nw: null\n"}
    return {
        "nothing said": (tree(plain),),
        "parent's defaults over its own": (tree(plain | {"": "x: {a: {b: 3}, l: [2]}\n"}),),
        "file over both": (tree(plain | {"": "x: {a: {b: 3}}\n"}), ["x: {a: {b: 4}}\n"]),
        "parent's null over its scalar": (tree(plain | {"": "x: {a: {b: null}}\n"}),),
        "parent's null over its map": (tree(plain | {"": "x: {a: null}\n"}),),
        "parent's null over its list": (tree(plain | {"": "x: {l: null}\n"}),),
        "parent's null over nothing": (tree(plain | {"": "x: {m: null, a: {m: null}}\n"}),),
        "file's null over its scalar": (tree(plain), ["x: {a: {b: null}}\n"]),
        "file's null over its map": (tree(plain), ["x: {a: null}\n"]),
        "file's null over nothing": (tree(plain), ["x: {m: null, a: {m: null}}\n"]),
        "file's null over the parent's value alone": (tree(plain | {"": "x: {m: 1}\n"}), ["x: {m: null}\n"]),
        "file's null over both": (tree(plain | {"": "x: {a: {b: 3}}\n"}), ["x: {a: {b: null}}\n"]),
        "file's value over the parent's null": (tree(plain | {"": "x: {a: null}\n"}), ["x: {a: {d: 1}}\n"]),
        "set null": (tree(plain), [], ["--set", "x.a=null,x.l=null"]),
        "null defaults of its own": (tree(nulls),),
        "null defaults beside the parent's": (tree(nulls | {"": "x: {a: {d: 1}}\n"}),),
        "null defaults beside a file's": (tree(nulls), ["x: {a: {d: 1}}\n"]),
        "parent's value over null default": (tree(nulls | {"": "x: {w: {a: null}}\n"}),),
        "is null in the parent": (tree(plain | {"": "x: null\n"}),),
        "is null in a file": (tree(plain), ["x: null\n"]),
        "is null in a file over a map in the parent": (tree(plain | {"": "x: {a: {b: 1}}\n"}), ["x: null\n"]),
        "is null in a file over a value of the parent": (tree(plain | {"": "x: {m: 1, a: {b: 3}}\n"}), ["x: null\n"]),
        "is a scalar in a file": (tree(plain), ["x: 1\n"]),
        "is false in a file": (tree(plain), ["x: false\n"]),
        "is a list in the parent": (tree(plain | {"": "x: []\n"}),),
        "is a scalar in the parent and a map in a file": (tree(plain | {"": "x: 1\n"}), ["x: {a: {b: 3}}\n"]),
        "scalar over its map": (tree(plain), ["x: {a: 1}\n"]),
        "map over its list": (tree(plain), ["x: {l: {b: 1}}\n"]),
        "parent's scalar, file's map, its map": (tree(plain | {"": "x: {a: 1}\n"}), ["x: {a: {d: 1}}\n"]),
        "values for one that is not there": (tree(plain), ["y: {a: 1}\nz: 1\n"]),
        "not listed": (tree(plain, p=[]),),
        "not listed, with values": (tree(plain, p=[]), ["x: {a: null}\n"]),
        "listed and missing": (tree({"": "k: 1\n"}, p=[row("x")]),),
        "listed, disabled and missing": (tree({"": "x: {enabled: false}\n"}, p=[row("x", condition="x.enabled")]),),
        "one listed, one not": (tree(plain | {"z": "a: 1\n"}, p=[row("z")]), ["x: {a: {b: 2}}\n"]),
        "version that does not fit": (tree(plain, p=[row("x", version="^2.0.0")]),),
        "folder of another name": (renamed(tree(plain), "charts/x/", "charts/other/"),),
        "listed in requirements.yaml": (requirements(),),
        "no values.yaml of its own": (tree({"": "x: {a: null, b: 1}\n", "x": None}),),
        "called true by YAML 1.1": (tree({"": "k: 1\n", "y": "a: 1\n"}), ["y: {a: 2}\n"]),
        "called true by YAML 1.1, in quotes": (quoted_y(), ["'y': {a: 2}\n"]),
        "name with a dash": (tree({"": "k: 1\n", "x-y": "a: 1\n"}), ["x-y: {a: 2}\n"]),
        "null in a grandchild's defaults": (tree({"": "k: 1\n", "x": "u: {a: 1}\n", "x/u": "b: null\nc: {d: null}\n"}),),
        "grandchild's default nulled by the child": (tree({"": "k: 1\n", "x": "u: {a: null}\n", "x/u": "a: {b: 1}\n"}),),
        "grandchild's default nulled by the root": (tree({"": "x: {u: {a: null}}\n", "x": "k: 1\n", "x/u": "a: {b: 1}\n"}),),
        "grandchild's default nulled by a file": (tree({"": "k: 1\n", "x": "k: 1\n", "x/u": "a: {b: 1}\n"}), ["x: {u: {a: null}}\n"]),
        "grandchild's default, set by the child, nulled by the root": (
            tree({"": "x: {u: {a: null}}\n", "x": "u: {a: {c: 1}}\n", "x/u": "a: {b: 1}\n"}),
        ),
        "grandchild nulled by the root": (tree({"": "x: {u: null}\n", "x": "k: 1\n", "x/u": "a: 1\n"}),),
        "grandchild nulled by the root, a map in the child": (tree({"": "x: {u: null}\n", "x": "u: {b: 1}\n", "x/u": "a: 1\n"}),),
    }


def globals_():
    def two(parent, child, below="a: 1\n"):
        return tree({"": parent, "x": child, "x/u": below})

    leak = {"": "global: {a: {b: {k: 1}}}\n", "x": "global: {a: {b: {fromx: 1}}}\n", "z": "k: 1\n"}
    clash = {"": leak[""], "x": "global: {a: {b: {c: fromx}}}\n", "z": "global: {a: {b: {c: fromz}}}\n"}
    shallow = {"": "global: {a: {k: 1}}\n", "x": "global: {a: {fromx: 1}}\n", "z": "k: 1\n"}
    return {
        "scalar goes down": (two("global: {a: 1}\n", "k: 1\n"),),
        "parent wins over child": (two("global: {a: 1}\n", "global: {a: 2, b: 3}\n"),),
        "child's goes to the grandchild": (two("k: 1\n", "global: {a: 2}\n"),),
        "grandchild's stays": (two("k: 1\n", "k: 1\n", "global: {a: 2}\n"),),
        "maps merge": (two("global: {a: {b: 1, c: 1}}\n", "global: {a: {c: 2, d: 2}}\n"),),
        "map over the child's scalar": (two("global: {a: {b: 1}}\n", "global: {a: 2}\n"),),
        "scalar over the child's map": (two("global: {a: 1}\n", "global: {a: {b: 2}}\n"),),
        "map over a scalar for the child": (two("global: {a: {b: 1}}\nx: {global: {a: 2}}\n", "k: 1\n"),),
        "scalar over a map for the child": (two("global: {a: 1}\nx: {global: {a: {b: 2}}}\n", "k: 1\n"),),
        "parent wins over what it says for the child": (two("global: {a: 1}\nx: {global: {a: 2}}\n", "k: 1\n"),),
        "file's for the child over the parent's defaults": (two("global: {a: 1}\n", "k: 1\n"), ["x: {global: {a: 2}}\n"]),
        "null over the child's scalar": (two("global: {a: null}\n", "global: {a: 2}\n"),),
        "null over the child's map": (two("global: {a: null}\n", "global: {a: {b: 2}}\n"),),
        "null of a file over the child's scalar": (two("k: 1\n", "global: {a: 2}\n"), ["global: {a: null}\n"]),
        "null of a file over the parent's scalar": (two("global: {a: 1}\n", "k: 1\n"), ["global: {a: null}\n"]),
        "null of a file over both": (two("global: {a: 1}\n", "global: {a: 2}\n"), ["global: {a: null}\n"]),
        "deep null of a file over the child's": (two("k: 1\n", "global: {a: {b: 2}}\n"), ["global: {a: {b: null}}\n"]),
        "null default of the child under the parent's value": (two("global: {a: 1}\n", "global: {a: null}\n"),),
        "null default of the child under the parent's map": (two("global: {a: {b: 1}}\n", "global: {a: null}\n"),),
        "deep null default of the child": (two("global: {a: {b: 1}}\n", "global: {a: {b: null, c: null}}\n"),),
        "null default of the child alone": (two("k: 1\n", "global: {a: null}\n"),),
        "null default of the parent alone": (two("global: {a: null}\n", "k: 1\n"),),
        "is null in the parent": (two("global: null\n", "global: {a: 2}\n"),),
        "is null in the child": (two("global: {a: 1}\n", "global: null\n"),),
        "is null in a file": (two("global: {a: 1}\n", "global: {a: 2}\n"), ["global: null\n"]),
        "is null in a file for the child": (two("global: {a: 1}\n", "global: {b: 2}\n"), ["x: {global: null}\n"]),
        "is a scalar in the parent": (two("global: 1\n", "global: {a: 2}\n"),),
        "is a scalar in the child": (two("global: {a: 1}\n", "global: 1\n"),),
        "is a scalar in a file": (two("global: {a: 1}\n", "global: {a: 2}\n"), ["global: 1\n"]),
        "is a scalar in a file for the child": (two("global: {a: 1}\n", "k: 1\n"), ["x: {global: 1}\n"]),
        "child's map two levels down in the parent's map": (tree(leak),),
        "child's map two levels down, the other chart first": (tree(leak, p=[row("z"), row("x")]),),
        "two charts' maps two levels down": (tree(clash),),
        "two charts' maps two levels down, the other chart first": (tree(clash, p=[row("z"), row("x")]),),
        "two charts' maps two levels down, not listed": (tree(clash, p=[]),),
        "child's map two levels down, not listed": (tree(leak, p=[]),),
        "child's map one level down in the parent's map": (tree(shallow),),
        "of a disabled chart": (tree(leak, p=[row("x", condition="x.enabled"), row("z")]), ["x: {enabled: false}\n"]),
        "set null": (two("global: {a: 1}\n", "global: {a: 2}\n"), [], ["--set", "global.a=null"]),
        "value of the child called like a global": (two("global: {a: 1}\na: 5\n", "a: 6\n"),),
    }


def aliases():
    values = {"": "k: 1\n", "x": "a: {b: 1}\nw: null\n"}
    two = [row("x", alias="one"), row("x", alias="two")]
    own = {"": "k: 1\n", "x": "u: {a: 2}\n", "x/u": "a: 1\nb: 1\n"}
    return {
        "one": (tree(values, p=[row("x", alias="one")]), ["one: {a: {c: 1}}\nx: {a: {c: 2}}\n"]),
        "two": (tree(values, p=two), ["one: {a: {c: 1}}\ntwo: {a: null}\n"]),
        "two, with the parent's defaults": (tree(values | {"": "one: {a: {b: 2}}\ntwo: {a: {b: null}}\n"}, p=two),),
        "name and alias": (tree(values, p=[row("x"), row("x", alias="two")]), ["x: {a: {c: 1}}\ntwo: {a: {c: 2}}\n"]),
        "one of two disabled": (tree(values, p=[two[0], row("x", alias="two", condition="two.enabled")]), ["two: {enabled: false}\n"]),
        "condition by the name": (tree(values, p=[row("x", alias="one", condition="x.enabled")]), ["x: {enabled: false}\n"]),
        "import by the alias": (tree({"": "k: 1\n", "x": "a: {b: 1}\n"}, p=[row("x", alias="one", imports=[("a", "c")])]),),
        "imports of two": (
            tree({"": "two: {a: {b: 2}}\n", "x": "a: {b: 1}\n"}, p=[row("x", alias="one", imports=[("a", "c")]), row("x", alias="two", imports=[("a", "c")])]),
        ),
        "two with a grandchild": (tree(own, p=two), ["one: {u: {a: 3}}\ntwo: {u: {b: null}}\n"]),
        "two with a grandchild disabled in one": (tree(own, p=two, x=[row("u", condition="u.enabled")]), ["one: {u: {enabled: false}}\n"]),
        "two with a grandchild disabled in the other": (tree(own, p=two, x=[row("u", condition="u.enabled")]), ["two: {u: {enabled: false}}\n"]),
        "two with a grandchild by alias": (tree(own, p=two, x=[row("u", alias="w")]), ["one: {w: {a: 3}}\n"]),
        "two with a grandchild not listed": (tree(own, p=two, x=[]), ["one: {u: {a: 3}}\n"]),
        "two with an import from the grandchild": (tree(own, p=two, x=[row("u", imports=[(".", "c")])]),),
        "two with globals": (tree({"": "global: {a: {b: {k: 1}}}\none: {global: {a: {b: {o: 1}}}}\n", "x": "k: 1\n"}, p=two),),
        "same alias twice": (tree(values, p=[row("x", alias="one"), row("x", alias="one")]),),
        "same name twice": (tree(values, p=[row("x"), row("x")]),),
        "alias that is the parent's name": (tree(values, p=[row("x", alias="p")]),),
        "alias that cannot be": (tree(values, p=[row("x", alias="a.b")]),),
    }


def conditions():
    def one(condition, parent="k: 1\n", child="a: 1\n", **more):
        return tree({"": parent, "x": child}, p=[row("x", condition=condition, **more)])

    deep = tree(
        {"": "k: 1\n", "x": "u: {enabled: true}\n", "x/u": "a: 1\n"},
        p=[row("x", condition="x.enabled")],
        x=[row("u", condition="u.enabled")],
    )
    return {
        "false": (one("x.enabled"), ["x: {enabled: false}\n"]),
        "true": (one("x.enabled"), ["x: {enabled: true}\n"]),
        "missing": (one("x.enabled"),),
        "false in the parent": (one("x.enabled", "x: {enabled: false}\n"),),
        "false in the child": (one("x.enabled", child="enabled: false\n"),),
        "false in the parent, true in a file": (one("x.enabled", "x: {enabled: false}\n"), ["x: {enabled: true}\n"]),
        "false in the parent, null in a file": (one("x.enabled", "x: {enabled: false}\n"), ["x: {enabled: null}\n"]),
        "false in the child, null in a file": (one("x.enabled", child="enabled: false\n"), ["x: {enabled: null}\n"]),
        "by set": (one("x.enabled", "x: {enabled: true}\n"), [], ["--set", "x.enabled=false"]),
        "by set string": (one("x.enabled"), [], ["--set-string", "x.enabled=false"]),
        "string in a file": (one("x.enabled"), ["x: {enabled: 'false'}\n"]),
        "zero": (one("x.enabled"), ["x: {enabled: 0}\n"]),
        "no in YAML 1.1": (one("x.enabled"), ["x: {enabled: no}\n"]),
        "off in YAML 1.1": (one("x.enabled"), ["x: {enabled: off}\n"]),
        "map": (one("x.enabled"), ["x: {enabled: {a: false}}\n"]),
        "first of two": (one("k1,k2"), ["k1: false\nk2: true\n"]),
        "second of two, the first missing": (one("k1,k2"), ["k2: false\n"]),
        "second of two, the first a string": (one("k1,k2"), ["k1: text\nk2: false\n"]),
        "second of two, the first null": (one("k1,k2"), ["k1: null\nk2: false\n"]),
        "second of two behind a blank": (one("k1, k2"), ["k2: false\n"]),
        "first of two before a blank": (one("k1 ,k2"), ["k1: false\n"]),
        "blank before the first": (one('" k1"'), ["k1: false\n"]),
        "ends with a comma": (one("k1,"), ["k1: false\n"]),
        "path through a scalar": (one("k.enabled"), ["k: 1\n"]),
        "global": (one("global.x.enabled"), ["global: {x: {enabled: false}}\n"]),
        "grandchild by its own path": (deep, ["x: {u: {enabled: false}}\n"]),
        "grandchild by the root's path": (deep, ["u: {enabled: false}\n"]),
        "grandchild by a global of the root": (
            tree({"": "global: {up: false}\n", "x": "k: 1\n", "x/u": "a: 1\n"}, x=[row("u", condition="global.up")]),
        ),
        "key that YAML 1.1 reads as true": (one("global.on"), ["global: {on: false}\n"]),
        "child disabled with its grandchild": (deep, ["x: {enabled: false}\n"]),
        "values of a disabled chart stay": (one("x.enabled", "x: {enabled: false, b: 1}\n", "a: {b: null}\n"), ["x: {b: null, c: null}\n"]),
        "disabled and not a map": (one("k1", "x: 1\nk1: false\n"),),
        "over tags": (one("x.enabled", tags="[t]"), ["x: {enabled: true}\ntags: {t: false}\n"]),
        "false over true tags": (one("x.enabled", tags="[t]"), ["x: {enabled: false}\ntags: {t: true}\n"]),
        "missing, tags false": (one("x.enabled", tags="[t]"), ["tags: {t: false}\n"]),
        "by a value that another chart imports": (
            tree({"": "k: 1\n", "x": "a: 1\n", "z": "c: {enabled: false}\n"}, p=[row("z", imports=[("c", "x")]), row("x", condition="x.enabled")]),
        ),
    }


def tags():
    def one(tags, parent="k: 1\n"):
        return tree({"": parent, "x": "a: 1\n"}, p=[row("x", tags=tags)])

    below = tree({"": "k: 1\n", "x": "tags: {t: false}\n", "x/u": "a: 1\n"}, x=[row("u", tags="[t]")])
    return {
        "false": (one("[t]"), ["tags: {t: false}\n"]),
        "true": (one("[t]"), ["tags: {t: true}\n"]),
        "missing": (one("[t]"), ["tags: {s: false}\n"]),
        "one of two true": (one("[s, t]"), ["tags: {s: true, t: false}\n"]),
        "both false": (one("[s, t]"), ["tags: {s: false, t: false}\n"]),
        "one false, one missing": (one("[s, t]"), ["tags: {t: false}\n"]),
        "string": (one("[t]"), ["tags: {t: 'false'}\n"]),
        "null over the parent's": (one("[t]", "tags: {t: false}\n"), ["tags: {t: null}\n"]),
        "not a map": (one("[t]", "tags: {t: false}\n"), ["tags: [t]\n"]),
        "false in the parent, true by set": (one("[t]", "tags: {t: false}\n"), [], ["--set", "tags.t=true"]),
        "as global": (one("[t]"), ["global: {tags: {t: false}}\n"]),
        "of a grandchild in the root": (tree({"": "tags: {t: false}\n", "x": "k: 1\n", "x/u": "a: 1\n"}, x=[row("u", tags="[t]")]),),
        "of a grandchild in the child": (below,),
        "of a grandchild for the child": (tree({"": "x: {tags: {t: false}}\n", "x": "k: 1\n", "x/u": "a: 1\n"}, x=[row("u", tags="[t]")]),),
    }


def imports():
    def one(child, *wanted, parent="k: 1\n"):
        return tree({"": parent, "x": child}, p=[row("x", imports=wanted)])

    exports = "exports: {data: {a: 1, m: {q: 1, o: null}}, more: {a: 2}}\n"
    return {
        "exports": (one(exports, "data"),),
        "exports under the parent's": (one(exports, "data", parent="a: 5\nm: {p: 1}\n"),),
        "exports under a file's": (one(exports, "data"), ["a: 5\nm: {q: null}\n"]),
        "exports of two": (one(exports, "data", "more"),),
        "exports of two, other order": (one(exports, "more", "data"),),
        "exports that are missing": (one(exports, "none"),),
        "exports changed by the parent": (one(exports, "data", parent="x: {exports: {data: {a: 7}}}\n"),),
        "exports changed by a file": (one(exports, "data"), ["x: {exports: {data: {a: 7}}}\n"]),
        "exports that are a scalar": (one("exports: {data: 1}\n", "data"),),
        "child and parent": (one("a: {b: 1, c: null}\n", ("a", "d.e")),),
        "child and parent, the parent's wins": (one("a: {b: 1, c: 2}\n", ("a", "d"), parent="d: {b: 5}\n"),),
        "child and parent, the parent's null": (one("a: {b: 1, c: 2}\n", ("a", "d"), parent="d: {b: null}\n"),),
        "child and parent, the parent's is null": (one("a: {b: 1, c: 2}\n", ("a", "d"), parent="d: null\n"),),
        "child and parent, the file's null": (one("a: {b: 1, c: 2}\n", ("a", "d")), ["d: {b: null}\n"]),
        "child and parent, the parent's is a scalar": (one("a: {b: 1}\n", ("a", "d"), parent="d: 1\n"),),
        "child and parent, the child's is a scalar": (one("a: 1\n", ("a", "d")),),
        "child is a dot": (one("a: {b: 1}\n", (".", "d")),),
        "parent is a dot": (one("a: {b: 1}\n", ("a", ".")),),
        "child that is missing": (one("a: 1\n", ("none", "d")),),
        "child key without parent": (tree({"": "k: 1\n", "x": "a: {b: 1}\n"}, p=['- name: x\n  version: "*"\n  import-values:\n  - child: a\n']),),
        "into the sub-chart itself": (one("a: {b: 1}\n", ("a", "x.c")),),
        "into another sub-chart": (tree({"": "k: 1\n", "x": "a: {b: 1}\n", "z": "b: 2\nk: 1\n"}, p=[row("x", imports=[("a", "z")]), row("z")]),),
        "into globals": (tree({"": "k: 1\n", "x": "a: {b: 1}\n", "z": "k: 1\n"}, p=[row("x", imports=[("a", "global")]), row("z")]),),
        "from two charts, the first wins": (
            tree({"": "k: 1\n", "x": "a: {b: 1, c: 1}\n", "z": "a: {b: 2, d: 2}\n"}, p=[row("x", imports=[("a", "e")]), row("z", imports=[("a", "e")])]),
        ),
        "from a disabled chart": (
            tree({"": "x: {enabled: false}\n", "x": "a: {b: 1}\n"}, p=[row("x", condition="x.enabled", imports=[("a", "d")])]),
        ),
        "from a grandchild through its parent": (
            tree({"": "k: 1\n", "x": "k: 1\n", "x/u": "a: {b: 1}\n"}, p=[row("x", imports=[("c", "d")])], x=[row("u", imports=[("a", "c")])]),
        ),
        "from a grandchild by path": (
            tree({"": "k: 1\n", "x": "u: {a: {c: 2}}\n", "x/u": "a: {b: 1}\n"}, p=[row("x", imports=[("u.a", "d")])]),
        ),
        "defaults of a chart without imports keep nulls": (tree({"": "w: null\nx: {a: null}\n", "x": "a: 1\n"}),),
        "null in the parent's defaults beside an import": (one("a: {b: 1}\n", ("a", "d"), parent="w: null\nx: {c: null}\n"),),
        "globals of the child": (one("global: {a: 1}\n", ("global", "d")),),
        "lists": (one("a: {l: [1, 2]}\n", ("a", "d"), parent="d: {l: [3]}\n"),),
        "set over an import": (one("a: {b: 1}\n", ("a", "d")), [], ["--set", "d.b=2"]),
    }


def hubs():
    """As BinderHub has JupyterHub as a sub-chart."""
    binder = {
        "": "binderhub:\n  config: {BinderHub: {use_registry: true}}\n  jupyterhub:\n    hub: {services: {binder: {admin: true}}}\n",
        "binderhub": (
            "jupyterhub:\n  cull: {enabled: true, timeout: 600}\n  hub:\n    services: {binder: {}}\n    db: {type: sqlite-memory}\n"
            "  singleuser: {cmd: jupyter-notebook, storage: {type: none}, memory: {guarantee: null}}\n"
            "  proxy: {service: {type: ClusterIP}}\nconfig: {}\n"
        ),
        "binderhub/jupyterhub": (
            "hub:\n  db: {type: sqlite-pvc, pvc: {storage: 1Gi, storageClassName: null}}\n  nodeSelector: {}\n  tolerations: []\n"
            "  resources: {}\n  services: {}\nsingleuser:\n  image: {name: quay.io/jupyterhub/k8s-singleuser-sample, tag: 4.0.0}\n"
            "  memory: {limit: null, guarantee: 1G}\n  cmd: jupyterhub-singleuser\n  profileList: []\n  extraTolerations: []\n"
            "scheduling:\n  userScheduler: {enabled: true}\n  userPlaceholder: {enabled: true, replicas: 0}\n"
            "  corePods: {tolerations: [{key: hub.jupyter.org/dedicated, operator: Equal, value: core}]}\n"
            "cull: {enabled: true, users: false}\nproxy: {service: {type: LoadBalancer, nodePorts: {http: null}}}\nglobal: {safeToShowValues: false}\n"
        ),
    }
    file = (
        "binderhub:\n  jupyterhub:\n    singleuser: {memory: {guarantee: 512M, limit: 1G}, nodeSelector: {pool: user}}\n"
        "    scheduling: {userPlaceholder: {replicas: 3}, corePods: {tolerations: null}}\n    proxy: {secretToken: 'ENC[x]'}\n"
    )
    return {
        "three levels": (tree(binder),),
        "three levels and a file": (tree(binder), [file]),
        "three levels and two files": (tree(binder), [file, "binderhub: {jupyterhub: {hub: {db: null}, proxy: null, singleuser: {cmd: null}}}\n"]),
        "three levels and set": (tree(binder), [file], ["--set", "binderhub.jupyterhub.hub.db.pvc=null,binderhub.jupyterhub.singleuser.extraTolerations[0].key=a"]),
        "three levels and a global": (tree(binder), ["global: {safeToShowValues: true}\n"]),
        "not under its parent's key": (tree(binder), ["jupyterhub: {hub: {db: null}}\n"]),
    }


def renamed(files, before, after):
    return {name.replace(before, after): text for name, text in files.items()}


def requirements():
    files = tree({"": "x: {enabled: false}\n", "x": "a: 1\n", "z": "a: {b: 1}\n"})
    files["Chart.yaml"] = head("p").replace("v2", "v1")
    files["requirements.yaml"] = "dependencies:\n" + row("x", condition="x.enabled") + row("z", imports=[("a", "c")])
    return files


def quoted_y():
    files = tree({"": "k: 1\n", "y": "a: 1\n"})
    return {name: text.replace("name: y", "name: 'y'") for name, text in files.items()}
