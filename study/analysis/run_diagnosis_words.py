"""The diagnosis of logged runs in sentences, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator

from study.analysis.interval_words import difference, half_width, with_n
from study.analysis.run_diagnosis import FAILURES, ReplicatesDiagnosis, RunDiagnosis
from study.records.units import PERCENT
from study.words import capital, count, number, percent_text, points_text, value_text


def run_sentences(run: RunDiagnosis) -> Iterator[str]:
    """What the curves of one run say beside the answer, the gap, and what was guessed while reading."""
    for one in run.diagnoses:
        if one.kind not in ("overfitting", *FAILURES):  # those are the answer itself
            yield f"{capital(one.sentence)}."
    if run.overfits != "not told" and (said := stopping_sentence(run)):
        yield said
    yield gap_sentence(run)
    yield from run.curves.notes


def stopping_sentence(run: RunDiagnosis) -> str:
    """What early stopping would have kept, in words; empty where there is no validation curve."""
    stop = run.stopping
    if stop is None:
        return ""
    unit = run.curves.unit
    patience = count(stop.patience, "epoch" if unit == "epoch" else "record")
    kept, end = _levels(stop.loss, stop.accuracy), _levels(stop.final_loss, stop.final_accuracy)
    ended = f"ends after {unit} {stop.stopped}" if stop.stopped is not None else "never ends this run early"
    return f"Stopping with a patience of {patience} {ended} and keeps {unit} {stop.kept}: {kept}; the end has {end}."


def gap_sentence(run: RunDiagnosis) -> str:
    """The gap with what it is worth, or why there is none."""
    return run.gap_note if run.gap is None else f"Gap at the end: {points_text(run.gap, 1)}. {run.gap_note}"


def kept_sentences(found: ReplicatesDiagnosis) -> Iterator[str]:
    """What stopping keeps against training to the end, with intervals over the runs; and what else several show."""
    if (kept := found.loss_kept).mean is not None:
        half = "" if half_width(kept) is None else f" ± {number(half_width(kept), 3)}"
        yield f"{with_n(f'Stopping keeps a validation loss lower by {number(kept.mean, 3)}{half}', kept)}."
    if (kept := found.accuracy_kept).mean is not None:
        yield f"{with_n(f'Stopping keeps a validation accuracy higher by {difference(kept, PERCENT)}', kept)}."
    for kind, runs in found.shown:
        if kind != "overfitting":
            yield f"{capital(kind)}: {runs} of {len(found.runs)} runs."


def _levels(loss: float | None, accuracy: float | None) -> str:
    parts = [f"validation loss {value_text(loss, 3)}"] if loss is not None else []
    parts += [f"validation accuracy {percent_text(accuracy)}"] if accuracy is not None else []
    return " and ".join(parts) or "nothing finite"
