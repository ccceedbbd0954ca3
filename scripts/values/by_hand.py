"""Cases written by hand, for scripts/record-values: the smallest one of each thing worth knowing."""

import by_hand_charts
import by_hand_yaml

# Cases whose answer depends on the order of a Go map.
VARYING = ("text: duplicate key by type", "global: two charts' maps two levels down, not listed")


def cases():
    return [
        {"name": name, "chart": dict(sorted(chart.items())), "files": files, "args": args}
        for name, chart, files, args in [*by_hand_yaml.cases(), *by_hand_charts.cases()]
    ]
