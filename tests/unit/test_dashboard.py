"""The Grafana dashboard shows every metric, and the documentation names each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.bootstrap import build
from app.settings import Settings
from tests.unit.pages import PAGES, ROOT

DASHBOARD = json.loads((ROOT / "scripts/deploy/grafana-dashboard.json").read_text())
PANELS = DASHBOARD["panels"]


def exposed() -> dict[str, set[str]]:
    """The labels of every sample's name."""
    services = build(Settings())
    services.streams.counts.generation_by("embedded").add(1)
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(services.metrics.text().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


EXPOSED = exposed()


def expressions() -> Iterator[tuple[str, str]]:
    for panel in PANELS:
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"], ""


def names(expression: str) -> list[str]:
    return re.findall(r"\bllmock_\w+", expression)


@pytest.mark.parametrize(("expression", "legend"), list(expressions()))
def test_every_metric_and_label_that_is_asked_for_exists(
    expression: str, legend: str
) -> None:
    asked = names(expression)
    assert asked and set(asked) <= set(EXPOSED)
    labels = set().union(*(EXPOSED[name] for name in asked)) | {"job"}
    grouped = re.findall(r"by \(([^)]*)\)", expression)
    used = {label.strip() for group in grouped for label in group.split(",")}
    used |= {
        label
        for selector in re.findall(r"\{([^}]*)\}", expression)
        for label in re.findall(r"(\w+)=", selector)
    }
    assert used <= labels
    # What a legend shows has to survive the grouping.
    assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= used
    assert expression.count("(") == expression.count(")")


def test_a_class_of_a_histogram_that_is_asked_for_exists() -> None:
    text = build(Settings()).metrics.text().decode()
    for expression, _ in expressions():
        for bound in re.findall(r'le="([^"]*)"', expression):
            assert f'{names(expression)[0]}{{le="{bound}"}}' in text


def metrics(samples: Iterable[str]) -> set[str]:
    return {re.sub("_(bucket|sum|count)$", "", sample) for sample in samples}


def test_every_metric_is_shown() -> None:
    shown = {name for expression, _ in expressions() for name in names(expression)}
    assert metrics(shown) == metrics(EXPOSED)


@pytest.mark.parametrize("metric", sorted(metrics(EXPOSED)))
def test_every_metric_is_documented(metric: str) -> None:
    assert f"`{metric}`" in PAGES["operations"]


def test_panels_have_ids_of_their_own_and_lie_beside_each_other() -> None:
    ids = [panel["id"] for panel in PANELS]
    assert len(set(ids)) == len(ids)
    taken: dict[tuple[int, int], str] = {}
    for panel in PANELS:
        for cell in cells(panel["gridPos"]):
            assert cell not in taken, (panel["title"], taken[cell])
            taken[cell] = panel["title"]
    assert all(x < 24 for x, _ in taken)


def cells(place: dict[str, Any]) -> Iterator[tuple[int, int]]:
    for x in range(place["x"], place["x"] + place["w"]):
        for y in range(place["y"], place["y"] + place["h"]):
            yield x, y
