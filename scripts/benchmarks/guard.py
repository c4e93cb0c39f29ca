"""``scripts/bench guard``: the two main ratios, in less than two minutes."""

from __future__ import annotations

import argparse

from serve import LOADS, LOOP, OBJECTS, SSE_STARLETTE, collect, ratios

SHORT = {
    "saturated": {**LOADS["saturated"], "seconds": 3},
    "many": {**LOADS["many"], "streams": 4000, "seconds": 3, "ramp": 3},
}


def main() -> None:
    """Print how ours stands beside the bare loop and sse-starlette."""
    argparse.ArgumentParser(
        prog="scripts/bench guard", description=__doc__
    ).parse_args()
    results = collect(1, (OBJECTS, LOOP, SSE_STARLETTE), SHORT)
    for name, ratio in ratios(results).items():
        print(f"{name}: {ratio:.2f}")


if __name__ == "__main__":
    main()
