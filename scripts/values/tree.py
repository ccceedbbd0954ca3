"""Texts of chart trees for cases written by hand."""


def tree(values, **rows):
    """The files of a chart called p. `values` are the values.yaml by chart: "" is p itself, "x/u" the chart u
    within x, None leaves the file out. `rows` are the dependencies by chart (`p`, `x`, `x_u`), as made by `row`;
    a chart that is not named here lists its sub-charts plainly."""
    files = {}
    for chart, text in values.items():
        folder = "".join(f"charts/{name}/" for name in chart.split("/") if name)
        name = chart.rpartition("/")[2] or "p"
        below = [other.rpartition("/")[2] for other in values if other and other.rpartition("/")[0] == chart]
        listed = rows.get(chart.replace("/", "_") or "p", [row(other) for other in below])
        files[folder + "Chart.yaml"] = head(name) + ("dependencies:\n" + "".join(listed) if listed else "")
        if text is not None:
            files[folder + "values.yaml"] = text
    return files


def head(name):
    return f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"


def row(name, alias="", condition="", tags="", imports=(), version="*"):
    """One row of `dependencies`; an import is a string, or a pair of child and parent."""
    text = f'- name: {name}\n  version: "{version}"\n'
    for key, value in (("alias", alias), ("condition", condition), ("tags", tags)):
        text += f"  {key}: {value}\n" if value else ""
    text += "  import-values:\n" if imports else ""
    for one in imports:
        text += f"  - {one}\n" if isinstance(one, str) else f"  - child: {one[0]}\n    parent: {one[1]}\n"
    return text
