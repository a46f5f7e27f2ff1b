"""The study that a sample's panels belong to: a spec whose plan has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from study.analysis.findings import Panel
from study.design.source import build_spec
from study.design.spec import StudySpec


def spec_of(panels: Sequence[Panel], name: str = "depth", **values: Any) -> StudySpec:
    """A study whose plan has these panels: training-set sizes of one grid, several arms, or a single setting."""
    first = panels[0]
    label = f"{first.samples:,} samples"
    if any(one.others for one in panels):
        sizes = list(dict.fromkeys(int(one.place[0][1]) for one in panels))
        arms = [{"name": arm} for arm in dict.fromkeys(one.arm for one in panels) if arm]
        space = {first.axis: values_of(first), "samples": sizes}
        network = {"epochs": first.epochs}
    elif len(panels) == 1 and not first.arm and first.name == label:
        arms, space, network = [], {first.axis: values_of(first)}, network_of(first)
    else:
        arms = [arm_of(one) for one in panels]
        space, network = {first.axis: values_of(max(panels, key=lambda one: len(one.points)))}, {}
    if not first.has_axis:
        space, network = {}, {**network, "depth": first.points[0].configuration.network.depth}
    document = {
        "name": name,
        "replicates": first.replicates,
        "margin": first.margin,
        "baseline": None if first.baseline is None else first.baseline.configuration.label,
        "network": network,
        "space": {key: {"role": "scientific", "values": listed} for key, listed in space.items()},
        "arms": arms,
    }
    return build_spec(document | values, "a sample")


def values_of(one: Panel) -> list[float]:
    """The values of the axis, whole ones as whole numbers."""
    return [int(p.value) if float(p.value).is_integer() else p.value for p in one.points]


def network_of(one: Panel) -> dict[str, Any]:
    """What is fixed in a panel."""
    configuration = one.points[0].configuration
    regularized = {"dropout": configuration.network.dropout, "l2": configuration.network.l2}
    used = {name: value for name, value in regularized.items() if value}
    return {"samples": configuration.samples or "all", "epochs": one.epochs, **used}


def arm_of(one: Panel) -> dict[str, Any]:
    """The arm that is a panel."""
    return {
        "name": one.arm or one.name,
        "network": network_of(one),
        "space": {one.axis: values_of(one)},
        "replicates": one.replicates,
        "margin": one.margin,
        "reading": one.reading,
    }
