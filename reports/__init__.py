"""The report: figures that answer one question each, and the page that carries them.

Needs no training library: its only input is :class:`study.analysis.findings.Findings`.
"""

from reports.figures.accuracy_sweep import depth_figure
from reports.figures.candidates import pick_figure
from reports.figures.classes import classes_figure
from reports.figures.confusion import confusion_figure
from reports.figures.differences import differences_figure
from reports.figures.effects import remedies_figure
from reports.figures.gap_map import map_figure
from reports.figures.gap_sweep import gap_figure
from reports.figures.history import history_figure
from reports.figures.importance import importance_figure
from reports.figures.mean_curves import curves_figure
from reports.figures.parallel import parallel_figure
from reports.figures.reliability import reliability_figure
from reports.figures.tried import search_figure
from reports.write.html import render, write_report

__all__ = [
    "classes_figure",
    "confusion_figure",
    "curves_figure",
    "depth_figure",
    "differences_figure",
    "gap_figure",
    "history_figure",
    "importance_figure",
    "map_figure",
    "parallel_figure",
    "pick_figure",
    "reliability_figure",
    "remedies_figure",
    "render",
    "search_figure",
    "write_report",
]
