"""The numbers of trials, runs, replicates, failures and proposals that texts may hold, and what each must equal.

A number beside such a noun that no label knows is an error: whoever writes a new one says here what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from tests.across.recount import FEWEST_FOR_IMPORTANCE, Recount
from tests.across.said_on_pages import Said

NOUN = r"(?:trials?|runs?|replicates?|proposals?|failed|finished|failures?|tried|pruned|search(?:es)?|winners?)"
COUNTS = re.compile(
    rf"(?<![\w.,-])[\d,]*\d(?: of (?:the )?[\d,]*\d| to \d+)?(?: [a-z]+){{0,2}} {NOUN}\b"  # 12 fresh replicates
    rf"|\b{NOUN}:? (?:= )?\d[\d,]*(?![\d.,]*\d|[ \d.]*[±%])"  # Trials: 12, replicates = 3, but no accuracy
    r"|\bn = \d+|\b[\d,]*\d of (?:the )?[\d,]*\d\b",  # n = 3, 2 of 5
    re.IGNORECASE,
)
"""What looks like a count."""

Found = tuple[int, ...]
Check = Callable[[Recount, str, re.Match[str]], Found | Iterable[Found] | bool]


def unlabelled(text: str) -> list[str]:
    """What looks like a count in a text."""
    return [match[0] for match in COUNTS.finditer(text)]


def check_text(said: Said) -> list[str]:
    """The numbers of a text that are not what they must be, or that have no label."""
    wrong, rest = [], " ".join(said.text.replace("\u00a0", " ").split())
    for pattern, check in LABELS:
        for match in list(re.finditer(pattern, rest)):
            wrong += _checked(said, check, match)
        rest = re.sub(pattern, lambda match: " # " if match[0] else "", rest)
    new = [f"{said.where}: {one!r} has no label, in {said.text!r}" for one in unlabelled(rest)]
    return wrong + new


def _checked(said: Said, check: Check, match: re.Match[str]) -> list[str]:
    found = tuple(int(group.replace(",", "")) for group in match.groups() if group and re.fullmatch(r"[\d,]+", group))
    panels = [said.panel] if said.panel is not None else [*said.study.settings(), ""]
    allowed: set[Found] = set()
    for panel in panels:
        try:
            expected = check(said.study, panel, match)
        except (KeyError, ValueError):  # this setting has no such thing
            continue
        if expected is True:
            return []
        if expected is not False:
            allowed |= {expected} if isinstance(expected, tuple) else set(expected)  # type: ignore[arg-type]
    if found in allowed:
        return []
    return [f"{said.where} ({said.study.name}, {said.panel}): {match[0]!r} is not {sorted(allowed)}, in {said.text!r}"]


def _const(study: Recount, panel: str, match: re.Match[str]) -> bool:
    return True


def _n(study: Recount, panel: str, match: re.Match[str]) -> set[Found]:
    """The runs behind a mean of this setting, or behind its pick read crosswise."""
    pick = study.panels[panel]["pick"]
    return {(n,) for n in study.ns(panel)} | ({(pick["accuracy"]["n"],)} if pick else set())


def _at(study: Recount, panel: str, value: str) -> Found:
    """Diverged runs at a value of the axis, and all that say something of its training."""
    number = int(value.replace(",", ""))
    runs = study.at(panel, number)
    diverged = sum(row["diverged_epoch"] is not None for row in runs)
    return diverged, diverged + sum(row["state"] == "finished" for row in runs), number


def _certain(study: Recount, panel: str, match: re.Match[str]) -> Found:
    """Points from which a verdict is certain, in all settings."""
    points = [(p["value"], found["verdict"]) for found in study.panels.values() for p in found["points"]]
    certain = sum(v["certain_from"] is not None and value >= v["certain_from"] for value, v in points)
    return certain, len(points)


def _left_out(study: Recount, panel: str, match: re.Match[str]) -> bool:
    """For how many replicates something was picked: as many as were read crosswise."""
    times = sum(int(n) for n in re.findall(r"for (\d+) replicate", match[1]))
    all_ = [r for one in study.document["remedies_by_setting"] for r in one["remedies"]]
    return times in {r["test"]["interval"]["n"] for r in all_ if r["arm"].startswith("less ")}


def _searched(study: Recount, panel: str) -> int:
    ids = {row["id"] for cell in study.of(panel) for row in cell.trials}
    return len(ids)


def _search_failed(study: Recount, panel: str) -> int:
    return len({row["id"] for cell in study.of(panel) for row in cell.trials if row["state"] == "failed"})


def _proposed(study: Recount, panel: str, match: re.Match[str]) -> Found:
    made = sorted({len(cell.told) for cell in study.cells})
    return (len(study.cells), *sorted({made[0], made[-1]})) if match[1] else tuple(sorted({made[0], made[-1]}))


def _most_tried(study: Recount, panel: str, match: re.Match[str]) -> Found:
    return (max(len(cell.trials) for cell in study.of(panel) if cell.feasible),)


def _important(study: Recount, panel: str, match: re.Match[str]) -> Found:
    return (sum(len(cell.feasible) >= FEWEST_FOR_IMPORTANCE for cell in study.cells),)


def _dot(study: Recount, panel: str, match: re.Match[str]) -> Found | bool:
    """A trial of a search by its number, with what it reached."""
    for cell in study.of(panel):
        for one in cell.told:
            reached = "failed" if one["value"] is None else f"{100 * one['value']:.2f}"
            if one["number"] + 1 == int(match[1]) and reached == match[2]:
                return True
    return False


def _so_far(study: Recount, panel: str, match: re.Match[str]) -> bool:
    """A line while the study runs; how it ends is checked where it ends."""
    done, most = (int(match[i].replace(",", "")) for i in (1, 2))
    return done <= len(study.trials) and most == study.most()


def _planned(study: Recount) -> int:
    return len(study.trials) + study.to_come


def _trials_of_search(study: Recount) -> int:
    return int((study.spec["search"] or {"trials": 1})["trials"])


def _states(study: Recount, panel: str, match: re.Match[str]) -> Found:
    order = (("complete",), ("pruned",), ("failed",), ("running", "waiting"))
    counts = [sum(row["state"] in states for row in study.foreign) for states in order]
    return (len(study.foreign), *(n for n in counts if n))


def _foreign(study: Recount, *states: str) -> int:
    return sum(row["state"] in states for row in study.foreign)


def _valued(study: Recount) -> int:
    return sum(row["state"] == "complete" and row["value"] is not None for row in study.foreign)


def _dot_elsewhere(study: Recount, match: re.Match[str]) -> bool:
    """A trial of another program: whether it failed, or ended with that value."""
    (row,) = (row for row in study.foreign if row["number"] == int(match[1]))
    if match[2] == "failed":
        return bool(row["state"] == "failed")
    return row["state"] == "complete" and abs(float(match[2]) - row["value"]) < 1e-6


def _ended(study: Recount) -> int:
    return _foreign(study, "complete", "pruned", "failed")


def _replicates(study: Recount, panel: str, match: re.Match[str]) -> Found:
    return (study.panels[panel]["replicates"],)


def _best_of(study: Recount) -> int:
    complete = [row for row in study.foreign if row["state"] == "complete"]
    return int(max(complete, key=lambda row: row["value"])["number"])


LABELS: list[tuple[str, Check]] = [
    # Rules that the program states, the same for every study.
    (r"at least 3 values with 2 replicates each, and there (?:is|are) (\d+) such values?",
     lambda s, p, m: (len(s.panels[p]["verdict"]["compared_depths"]),)),
    (r"[Ii]t takes (?:at least )?3 values with 2 replicates each", _const),
    (r"takes 2 paired replicates", _const),
    (r"written from 3 replicates on|Fewer than 3 replicates are too few", _const),
    (rf"at least {FEWEST_FOR_IMPORTANCE} trials of one search", _const),
    (r"[\d,]+ simulated studies", _const),
    (r"searches = 3", _const),
    (r"[Ii]t takes [23] replicates of both", _const),
    # Replicates.
    (r"[Ww]ith (?:(\d+) to )?(\d+) replicates?(?= each|,)", lambda s, p, m: s.compared(p)),
    (r"[Aa]bout (\d+) replicates? would settle it", lambda s, p, m: (s.panels[p]["verdict"]["replicates_needed"],)),
    (r"networks with (\d+) replicates", _replicates),
    (r"^(?:certain from [\d,.]+; |\d+ % bound; )?(?:(\d+) to )?(\d+) replicates?(?: so far)?$",
     lambda s, p, m: s.compared(p) if s.panels[p]["verdict"] else (max(s.ns(p)),)),
    (r"(?:the best (\d+)|the best one) run again on (\d+) fresh replicates?",
     lambda s, p, m: (*([len(s.panels[p]["points"])] if m[1] else []), s.panels[p]["replicates"])),
    (r"variance of [a-z ]+, n = (\d+)", _important),
    (r"^trial (\d+): (failed|[\d.]+)(?=<br>|$)", lambda s, p, m: _dot_elsewhere(s, m) if s.foreign else _dot(s, p, m)),
    (r"(?:^|, )trial (\d+): (failed|[\d.]+(?= %))", _dot),
    (r"All (\d+) trials? that ended with a value|[Bb]est .+ so far over (\d+) trials?(?=; at the end [\d.]+\.$)"
     r"|^What (\d+) trials? reported on the way|^Curves of (\d+) trials?",
     lambda s, p, m: (_valued(s),) if s.foreign else False),
    (r"Planned replicates: ([\d and]+)$",
     lambda s, p, m: [int(n) for n in m[1].split(" and ")] == sorted({q["replicates"] for q in s.panels.values()})),
    (r"\(n = (\d+)|, n = (\d+)$", _n),
    (r"picks under none \(([^)]*)\)", _left_out),
    (r"\((\d+) replicates\)|that (\d+) replicates? could show|replicates, there are (\d+)",
     lambda s, p, m: {(r["test"]["interval"]["n"],) for one in s.document["remedies_by_setting"]
                      for r in one["remedies"]}),
    (r"points of test accuracy, n = (\d+)", _n),
    (r"at (\d+) of (\d+) values", lambda s, p, m: int(m[1]) < int(m[2]) == len(s.panels[p]["points"])),
    # Runs whose training failed.
    (r"(\d+) of (\d+) runs? at (\d[\d,]*)|(?<=[:,] )(\d+) of (\d+) at (\d[\d,]*) ",
     lambda s, p, m: _at(s, p, m[3] or m[6])),
    (r"certain in (\d+) of (\d+) cells", _certain),
    (r"Left out of the verdict: (\d+) runs? that diverged or did not learn", lambda s, p, m: (s.diverged,)),
    # Trials of the whole study.
    (r"Trials: ([\d,]+) of ([\d,]+) finished, ([\d,]+) (?:failed|ended in an error)",
     lambda s, p, m: (_foreign(s, "complete", "pruned"), len(s.foreign), _foreign(s, "failed")) if s.foreign
     else (s.finished, _planned(s), s.failed)),
    (r"Unfinished: ([\d,]+) of ([\d,]+) trials have not run yet", lambda s, p, m: (s.to_come, _planned(s))),
    (r"All ([\d,]+) trials? that ran failed", lambda s, p, m: (s.failed,) if not s.finished else False),
    (r"([\d,]+) of ([\d,]+) trials failed, they ended in an error(?:, ([\d,]+) of them in the searches)?",
     lambda s, p, m: (s.failed, len(s.trials), *([s.search_failed] if s.search_failed else []))),
    (r"^([\d,]+) trials?: (.+)$", lambda s, p, m: (s.reasons()[m[2]],)),
    (r"(\d+) trials? not run yet: all this", lambda s, p, m: (s.pending(p),)),
    (r"([\d,]+) of ([\d,]+) trials failed; depthgauge trials",
     lambda s, p, m: (_foreign(s, "failed"), _ended(s)) if s.foreign else (s.failed, len(s.trials))),
    # While it runs, in lists, and of what is to come.
    (r"^(?:at most )?([\d,]+) trials, (\d+) of them already in the store", lambda s, p, m: (s.most(), 0)),
    (r"^([\d,]+) of (?:at most )?([\d,]+) trials, (?:(\d+) running|nobody runs it), (\d+) failed", _so_far),
    (r", replicate (\d+)(?=: validation| failed: )", lambda s, p, m: int(m[1]) in {r["replicate"] for r in s.trials}),
    (r"([\d,]+) of ([\d,]+) trials finished, (\d+) failed\.",
     lambda s, p, m: (_foreign(s, "complete", "pruned"), len(s.foreign), _foreign(s, "failed")) if s.foreign
     else (s.finished, _planned(s), s.failed)),
    # Searches.
    (r"[Tt]he best (?:(\d+)|one) of (\d+) trials? ran again on (\d+) fresh replicates?",
     lambda s, p, m: (*([len(s.panels[p]["points"])] if m[1] else []), _searched(s, p), s.panels[p]["replicates"])),
    (r"Best of (\d+) that \S+ chose from (\d+) trials?", lambda s, p, m: (len(s.panels[p]["points"]), _searched(s, p))),
    (r"[Ww]hat \S+ chose from (\d+) trials?", lambda s, p, m: (_searched(s, p),)),
    (r"None of (\d+) search trials could be trained", lambda s, p, m: (len(s.searched),)),
    (r"goes on: (\d+) trials? so far, (\d+) of them finished",
     lambda s, p, m: (len(s.searched), len(s.searched) - s.search_failed)),
    (r"^(\d+) trials?$", lambda s, p, m: (_searched(s, p),)),
    (r"(\d+) of them failed(?=;)", lambda s, p, m: (_search_failed(s, p),)),
    (r"(?:in each of (\d+) cells: )?\S+ made (?:(\d+) to )?(\d+) proposals?", _proposed),
    (r"in each of (\d+) cells: one trial was read", lambda s, p, m: (len(s.cells),)),
    (r"(\d+) of (\d+) searches have not ended: (\d+) trials have ended",
     lambda s, p, m: (sum(not s.over(c) for c in s.cells), len(s.cells), len(s.searched))),
    (r"The search has not ended: (\d+) trials have ended", lambda s, p, m: (len(s.searched),)),
    (r"None of (\d+) trials? could be trained", lambda s, p, m: (len(s.searched),)),
    (r"(\d+) of (\d+) trials failed: they are crosses", lambda s, p, m: (s.search_failed, len(s.searched))),
    (r"(\d+) of (\d+) search trials failed", lambda s, p, m: (s.search_failed, len(s.searched))),
    (r"(\d+) proposals? came to a network that had been tried", lambda s, p, m: (s.repeats,)),
    (r"the (\d+) winners? reached", lambda s, p, m: (
        sum(s.n(q, point) > 0 for q in s.panels for point in s.panels[q]["points"] if s.of(q)),)),
    (r"Validation accuracy against (.+), (\d+) trials?, (\d+) failed\. Chosen",
     lambda s, p, m: s.having(p, _PARAMETERS[m[1]]) if m[1] in _PARAMETERS
     else (_searched(s, p), _search_failed(s, p))),
    (r"Parallel coordinates of (\d+) trials?",
     lambda s, p, m: (_valued(s) + _foreign(s, "failed"),) if s.foreign else (_searched(s, p),)),
    (r"[Tt]he best (\d+) of (\d+) trials?", lambda s, p, m: (s.strongest(p), _searched(s, p))),
    (r"The best (\d+) trials?; all stand below", lambda s, p, m: (min(_valued(s), 10),) if s.foreign else False),
    (r"The best (\d+) (?:have|trials?;)",
     lambda s, p, m: (min(_valued(s), max(3, -(-_valued(s) // 10))),) if s.foreign else (s.strongest(p),)),
    (r"accuracy so far over (\d+) trials?", _most_tried),
    (r"(?:mean over|from) (\d+) searches|from (1) search\b", _important),
    (r"winners of (\d+) searches were on average", lambda s, p, m: 1 < int(m[1]) <= min(_over(s), s.winners)),
    (r"[Ii]n (\d+) of (\d+) searches the second half", lambda s, p, m: (s.gained_late(), _over(s))),
    (r"(\d+) are too few", lambda s, p, m: (_trials_of_search(s),)),
    (r"range \([^)]*\) in (\d+) of (\d+) searches", lambda s, p, m: int(m[1]) <= int(m[2]) <= s.winners),
    (r"[Ii]n (\d+) of (\d+) winners|(\d+) of (\d+) winners still improve",
     lambda s, p, m: int(m[1] or m[3]) <= int(m[2] or m[4]) == s.winners),
    (r"(\d+) search(?:es)? of (\d+) trials?: (\d+) tried, (\d+) failed(?:, (\d+) of (\d+) ended)?",
     lambda s, p, m: (len(s.cells), _trials_of_search(s) if _tuned(s) else 1, len(s.searched), s.search_failed,
                      *([] if _over(s) == len(s.cells) else [_over(s), len(s.cells)]))),
    (r"^Search: \S+, (\d+) trials?$", lambda s, p, m: (_trials_of_search(s) if _tuned(s) else 1,)),
    (r"(?<![\w-])(?:replicates|trials) = (\d+)", lambda s, p, m: _in_the_file(s, m)),
    # Studies of other programs.
    (r"([\d,]+) trials? \((\d+) [a-z ]+(?:, (\d+) [a-z ]+)?(?:, (\d+) [a-z ]+)?(?: and (\d+) [a-z ]+)?\)", _states),
    (r"([\d,]+) of ([\d,]+) trials failed \(\d+ %\)", lambda s, p, m: (_foreign(s, "failed"), _ended(s))),
    (r"(?:in trial|^trial) (\d+)", lambda s, p, m: (_best_of(s),)),
    (r"(\d+) trials? left values reported", lambda s, p, m: (sum(row["recorded"] > 16 for row in s.foreign),)),
    (r"(\d+) trials? of Optuna", lambda s, p, m: (len(s.foreign),)),
]  # fmt: skip

_PARAMETERS = {
    "units a layer": "width", "learning rate": "learning_rate", "L2 coefficient": "l2",
    **{f"units in layer {k}": f"width_{k}" for k in range(1, 9)},
}  # fmt: skip


def _over(study: Recount) -> int:
    return sum(study.over(cell) for cell in study.cells)


def _tuned(study: Recount) -> bool:
    return bool(study.document["search"]["parameters"])


def _in_the_file(study: Recount, match: re.Match[str]) -> Any:
    """What the file of the study says, or the file of the next one."""
    spec = study.spec
    arms = [arm["replicates"] for arm in spec["arms"]]
    known = [spec["replicates"], (spec["confirm"] or {}).get("replicates"), *arms, (spec["search"] or {}).get("trials")]
    advised = [
        one["change"]["value"] for one in (study.document["search"] or {"advice": []})["advice"] if one["change"]
    ]
    return int(match[1]) in [*known, *(value for value in advised if isinstance(value, int))]
