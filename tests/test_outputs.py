"""What is written where: devices and pipes, folders, other people's files, links; and what never is written over."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from reports.write.html import write_text
from study.errors import InputError
from study.final import final_network
from study.final.card import SCHEMA
from study.machine import host
from study.machine.places import OWNER, new_scratch_folder, write_whole, written_whole
from study.run.executors import Limits
from study.run.start import Workplace
from tests.test_cli import depthgauge, with_study  # noqa: F401  a fixture


def report(folder: Path, output: str, *more: str) -> tuple[int, str, str]:
    done = depthgauge("report", "deep", "--output", output, *more, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_a_file_of_somebody_else_is_not_written_over_without_force(with_study: Path) -> None:  # noqa: F811
    (with_study / "thesis.html").write_text("<html>years of work</html>")
    code, _, said = report(with_study, "thesis.html")
    assert code == 2 and "thesis.html is not overwritten" in said and "--force" in said
    assert (with_study / "thesis.html").read_text() == "<html>years of work</html>"
    assert report(with_study, "thesis.html", "--force")[0] == 0
    assert report(with_study, "thesis.html")[0] == 0  # ours by now
    (with_study / "thesis.verdict.json").write_text('{"of": "somebody else"}')
    assert report(with_study, "thesis.html")[0] == 2
    (with_study / "empty.html").touch()
    assert report(with_study, "empty.html")[0] == 0


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_our_own_reports_are_renewed_without_a_word(with_study: Path, form: str) -> None:  # noqa: F811
    for _ in range(2):
        code, _, said = report(with_study, "mine.page", "--format", form)
        assert code == 0 and not said


def test_neither_the_store_nor_a_folder_is_written_over_by_force(with_study: Path) -> None:  # noqa: F811
    store = with_study / "depthgauge" / "studies.db"
    (with_study / "link.db").symlink_to(store)
    before = store.read_bytes()
    for output in ("depthgauge/studies.db", "link.db"):
        code, _, said = report(with_study, output, "--force")
        assert code == 2 and "the study's own store" in said
    assert store.read_bytes() == before
    code, _, said = report(with_study, "depthgauge", "--force")
    assert code == 2 and "depthgauge is a folder" in said


def test_a_study_is_not_written_over_the_file_that_describes_it(with_study: Path) -> None:  # noqa: F811
    file = with_study / "mine.toml"
    file.write_text('name = "mine"\ndataset = "digits"\n')
    done = depthgauge("run", "mine.toml", "--output", "mine.toml", "--force", cwd=with_study)
    assert done.returncode == 2 and "the study's own file" in done.stderr and "mine" in file.read_text()


def test_an_export_replaces_an_export_and_no_other_table(with_study: Path) -> None:  # noqa: F811
    for name in ("rows.csv", "rows.json", "rows.parquet"):
        for _ in range(2):
            assert depthgauge("export", "deep", name, cwd=with_study).returncode == 0
        (with_study / name).write_bytes(b"income,age\n1,2\n")
        done = depthgauge("export", "deep", name, cwd=with_study)
        assert done.returncode == 2 and "not overwritten" in done.stderr
        assert depthgauge("export", "deep", name, "--force", cwd=with_study).returncode == 0


def test_a_dash_is_standard_output_and_holds_the_report_alone(with_study: Path) -> None:  # noqa: F811
    code, printed, said = report(with_study, "-")
    assert code == 0 and not said and printed.startswith("<!doctype html>") and printed.endswith("</html>")
    assert not (with_study / "-").exists()
    done = depthgauge("run", "depth", "--output", "-", "--json", cwd=with_study)
    assert done.returncode == 2 and "both go to standard output" in done.stderr


def test_devices_and_pipes_are_written_to_and_stay_what_they_are(with_study: Path) -> None:  # noqa: F811
    assert report(with_study, "/dev/null")[0] == 0
    assert Path("/dev/null").is_char_device()
    pipe = with_study / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert report(with_study, "pipe")[0] == 0
    reader.join(60)
    assert read[0].startswith(b"<!doctype html>") and pipe.is_fifo()
    assert not (with_study / "pipe.verdict.json").exists()


def test_a_link_stays_and_what_it_points_to_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    real = tmp_path / "real" / "page.html"
    real.parent.mkdir()
    real.write_text("old")
    real.chmod(0o604)
    link = tmp_path / "page.html"
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink() and real.read_text() == "new" and real.stat().st_mode & 0o777 == 0o604
    assert sorted(file.name for file in real.parent.iterdir()) == ["page.html"]


def test_what_fails_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("old")
    with pytest.raises(ZeroDivisionError), written_whole(file) as scratch:
        scratch.write_text("ha")
        raise ZeroDivisionError
    assert file.read_text() == "old" and list(tmp_path.iterdir()) == [file]


def test_half_a_character_in_a_name_fails_no_report_after_all_the_training(tmp_path: Path) -> None:
    file = write_text("class caf\udce9", tmp_path / "page.html")
    assert file.read_bytes() == rb"class caf\udce9"


def test_what_killed_processes_have_left_goes_at_the_next_start(tmp_path: Path) -> None:
    mine = Path(new_scratch_folder(str(tmp_path)))
    left = tmp_path / "depthgauge-left"
    left.mkdir()
    pid, place = (mine / OWNER).read_text().split("\n")
    (left / OWNER).write_text(f"{2**22 + 1}\n{place}")  # beyond the numbers that Linux gives
    (tmp_path / "depthgauge-others").mkdir()
    new_scratch_folder(str(tmp_path))
    assert int(pid) == os.getpid()
    assert mine.exists() and (tmp_path / "depthgauge-others").exists() and left.exists() is not bool(place)


def test_half_a_file_that_a_killed_write_has_left_goes_with_a_later_one(tmp_path: Path) -> None:
    left = tmp_path / ".page.html.abcd.html"
    left.touch()
    write_whole(tmp_path / "page.html", "new")
    assert left.exists()  # it may be somebody's who is writing now
    os.utime(left, (0, 0))
    write_whole(tmp_path / "page.html", "new")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.skipif(not host.identity(), reason="it cannot be told which processes are dead here")
def test_a_pick_that_was_killed_leaves_nothing_and_loses_no_former_one(tmp_path: Path) -> None:
    dead = 2**22 + 1  # beyond the numbers that Linux gives
    (tmp_path / f".pick.{dead}.new").mkdir()
    (tmp_path / f".pick.{dead}.old").mkdir()
    (tmp_path / f".pick.{dead}.old" / "card.json").write_text(json.dumps({"schema": SCHEMA}))
    (tmp_path / f".pick.{os.getpid()}.new").mkdir()
    final_network._sweep(tmp_path / "pick")
    assert sorted(file.name for file in tmp_path.iterdir()) == [f".pick.{os.getpid()}.new", "pick"]
    assert (tmp_path / "pick" / "card.json").exists()


def test_a_limit_of_memory_is_refused_where_the_system_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "resident_memory", lambda: 0)
    with pytest.raises(InputError, match="--trial-memory"):
        Workplace(limits=Limits(memory=100))
