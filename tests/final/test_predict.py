"""A picked network and items it has never seen: arrays, tables, drawings, and everything that is none of them."""

from __future__ import annotations

import json
import runpy
import shutil
import tomllib
from pathlib import Path

import keras
import numpy as np
import pandas
import pytest
from PIL import Image

from study.data.dataset import Dataset
from study.data.loading import load_dataset
from study.design.source import build_spec
from study.errors import DataError, InputError
from study.final import build_script
from study.final.drawing import read_drawing
from study.final.final_network import FinalNetwork
from study.final.items import read_items
from study.final.model_input import ModelInput
from study.final.predict import predict
from study.final.test_rows import write_test_rows
from study.records.sources import DataSource
from study.records.trials import Configuration
from tests.final.picked import SMALL, digits_test, plain_python, run_and_pick
from tests.test_cli import depthgauge


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> FinalNetwork:
    spec = SMALL | {"name": "digits", "replicates": 2, "network": {"width": 64, "epochs": 30}}
    return run_and_pick(tmp_path_factory.mktemp("digits"), spec)[1]


def people(rows: int, seed: int) -> pandas.DataFrame:
    """A table of mixed columns with gaps; whether somebody buys depends on age and town."""
    rng = np.random.default_rng(seed)
    age, town = rng.integers(18, 80, rows).astype(float), rng.choice(["Rome", "Oslo", "Lima"], rows)
    buys = np.where((age > 50) ^ (town == "Oslo"), "yes", "no")
    age[rng.random(rows) < 0.05] = np.nan
    nanometres = rng.normal(5e-9, 1e-9, rows)
    frame = pandas.DataFrame({"age": age, "town": town, "size": nanometres, "buys": buys})
    frame.loc[rng.random(rows) < 0.05, "town"] = None
    return frame


@pytest.fixture(scope="module")
def buyers(tmp_path_factory: pytest.TempPathFactory) -> FinalNetwork:
    folder = tmp_path_factory.mktemp("buyers")
    people(600, 0).to_csv(folder / "people.csv", index=False)
    spec = SMALL | {
        "name": "buyers",
        "dataset": str(folder / "people.csv"),
        "data": {"target": "buys", "scheme": "fixed"},
    }
    spec |= {"replicates": 2, "network": {"width": 32, "epochs": 40, "learning_rate": 0.01}}
    return run_and_pick(folder, spec)[1]


def drawing(item: np.ndarray, path: Path, *, size: int = 240, colour: tuple[int, int, int] = (20, 20, 90)) -> Path:
    """An 8x8 digit as a person would draw it: large, in dark ink on white paper."""
    ink = np.asarray(Image.fromarray((item / 16 * 255).astype(np.uint8)).resize((size, size)), float)[..., None] / 255
    page = (1 - ink) * 255 + ink * np.array(colour)
    Image.fromarray(page.round().astype(np.uint8)).save(path)
    return path


def load_dataset_of(final: FinalNetwork) -> Dataset:
    """The data set of a final network, by the study's file that its card holds."""
    return load_dataset(build_spec(tomllib.loads(final.card["study"]["file"]), "card").source)


def test_a_drawn_digit_gets_its_label(digits: FinalNetwork, tmp_path: Path) -> None:
    x, y = digits_test()
    right = keras.models.load_model(digits.model).predict(x, verbose=0).argmax(1) == y
    for k in range(10):
        place = np.flatnonzero((y == k) & right)[0]
        drawing(x[place], tmp_path / f"digit-{k}.png")
    found = predict(digits.folder, tmp_path)
    assert found.names == tuple(f"digit-{k}.png" for k in range(10))
    hits = sum(label == str(k) for k, (label, _) in enumerate(found.best))
    assert hits >= 9, found.best  # 8 pixels enlarged to 240 and back are not the same 8 pixels
    assert found.notes == (
        "colours became grey: 10 images",
        "resized to 8 x 8 pixels: 10 images",
        "inverted, because training images have a dark background: 10 images",
    )


def test_an_image_as_the_training_images_is_taken_as_it_is(digits: FinalNetwork, tmp_path: Path) -> None:
    x, _ = digits_test()
    Image.fromarray((x[0] / 16 * 255).round().astype(np.uint8)).save(tmp_path / "same.png")
    one = read_drawing(tmp_path / "same.png", ModelInput.read(digits.folder))
    assert one.done == () and np.abs(one.x - x[0]).max() < 0.05


def test_transparent_paper_is_white_paper(digits: FinalNetwork, tmp_path: Path) -> None:
    x, _ = digits_test()
    alpha = Image.fromarray((x[3] / 16 * 255).astype(np.uint8)).resize((240, 240))
    ink = Image.new("RGBA", (240, 240), "black")
    ink.putalpha(alpha)
    ink.save(tmp_path / "ink.png")
    one = read_drawing(tmp_path / "ink.png", ModelInput.read(digits.folder))
    drawn = read_drawing(drawing(x[3], tmp_path / "b.png", colour=(0, 0, 0)), ModelInput.read(digits.folder))
    assert one.done[0] == "transparency became white" and np.abs(one.x - drawn.x).max() < 0.3


def test_arrays_give_what_the_model_gives(digits: FinalNetwork, tmp_path: Path) -> None:
    x, _ = digits_test()
    expected = keras.models.load_model(digits.model).predict(x, verbose=0)
    for name, arrays in {"x": {"x": x, "y": x[:, 0, 0]}, "flat": {"x_test": x.reshape(360, 64)}}.items():
        np.savez(tmp_path / f"{name}.npz", **arrays)
        assert np.allclose(predict(digits.model, tmp_path / f"{name}.npz").probabilities, expected, atol=1e-6)
    np.savez(tmp_path / "one.npz", x=x[0])
    assert len(predict(digits.folder, tmp_path / "one.npz").names) == 1


def test_a_table_of_pixels_is_read_with_or_without_its_labels(digits: FinalNetwork, tmp_path: Path) -> None:
    x, y = digits_test()
    pixels = pandas.DataFrame(x.reshape(360, 64), columns=[f"p{i}" for i in range(64)])
    pixels.to_csv(tmp_path / "x.csv", index=False)
    pixels.assign(label=y).to_parquet(tmp_path / "xy.parquet")
    one, other = (predict(digits.folder, tmp_path / name) for name in ("x.csv", "xy.parquet"))
    assert (one.probabilities == other.probabilities).all() and other.notes == ("column 'label' is not read",)


def test_a_table_goes_through_the_preprocessing_of_training(buyers: FinalNetwork, tmp_path: Path) -> None:
    new = people(300, 1)
    new.to_csv(tmp_path / "new.csv", index=False)
    new.drop(columns="buys").iloc[:, ::-1].to_parquet(tmp_path / "no-labels.parquet")
    found, other = (predict(buyers.folder, tmp_path / name) for name in ("new.csv", "no-labels.parquet"))
    assert (found.probabilities == other.probabilities).all()
    right = np.mean([label == truth for (label, _), truth in zip(found.best, new["buys"], strict=True)])
    assert right > 0.85  # of what is random in 10 % of the rows: a gap in age or town
    assert found.notes == (f"{int(new['age'].isna().sum())} empty cells taken as the mean of the training rows",)


def test_the_stated_accuracy_of_a_table_comes_out_of_plain_keras(buyers: FinalNetwork) -> None:
    dataset = load_dataset_of(buyers)
    x = ModelInput.read(buyers.folder).items(dataset.x[dataset.training :])
    said = keras.models.load_model(buyers.model).predict(x, verbose=0).argmax(1)
    assert (said == dataset.y[dataset.training :]).mean() == buyers.accuracy.mean
    assert buyers.accuracy.mean is not None and buyers.accuracy.mean > 0.85


@pytest.mark.long
def test_the_code_beside_a_table_s_model_reads_the_table_itself(buyers: FinalNetwork, tmp_path: Path) -> None:
    for name in ("build_model.py", "preprocessing.json"):
        shutil.copy(buyers.folder / name, tmp_path / name)
    shutil.copy(buyers.folder.parent / "people.csv", tmp_path / "people.csv")
    printed = plain_python("", "build_model.py", "people.csv", cwd=tmp_path)
    assert "n = 600" in printed and float(printed.split("train accuracy ")[1].split(",")[0]) > 0.85
    made = runpy.run_path(str(tmp_path / "build_model.py"))
    features = made["features"](made["read_table"](str(tmp_path / "people.csv"), "buys"))
    takes = ModelInput.read(buyers.folder)
    assert takes.columns is not None
    frame = pandas.read_csv(tmp_path / "people.csv").drop(columns="buys")
    assert np.array_equal(features, takes.items(takes.columns.encode(frame)))


def test_truth_values_with_gaps_mean_the_same_to_training_prediction_and_the_code(tmp_path: Path) -> None:
    cells = ["true", "false", "", "true"] * 10
    file = tmp_path / "members.csv"
    pandas.DataFrame({"member": cells, "buys": ["yes", "no"] * 20}).to_csv(file, index=False)
    dataset = load_dataset(DataSource(str(file), target="buys", test=str(file)))
    takes = ModelInput.of(dataset, np.arange(40))
    expected = takes.items(dataset.x[:40])
    assert read_items(file, takes).x.tolist() == expected.tolist()
    takes.write(tmp_path)
    script = build_script.source(Configuration.stack(hidden=(4,), epochs=1), takes, "members")
    (tmp_path / build_script.NAME).write_text(script)
    code = runpy.run_path(str(tmp_path / "build_model.py"))
    assert code["features"](code["read_table"](str(file), "buys")).tolist() == expected.tolist()


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-80.0, 0.0)])
def test_a_model_of_images_without_a_black_takes_no_pictures_but_arrays(
    tmp_path: Path, low: float, high: float
) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "x.npz", x=rng.uniform(low, high, (40, 4, 4)), y=np.arange(40) % 2)
    dataset = load_dataset(DataSource(str(tmp_path / "x.npz")))
    ModelInput.of(dataset, np.arange(dataset.training)).write(tmp_path)
    takes = ModelInput.read(tmp_path)
    assert read_items(tmp_path / "x.npz", takes).x.shape == (40, 4, 4)
    Image.fromarray(rng.integers(0, 255, (4, 4), np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(DataError, match="cannot be given images"):
        read_items(tmp_path / "a.png", takes)


def test_the_rows_of_the_drawn_test_set_stand_beside_the_card(buyers: FinalNetwork) -> None:
    rows = json.loads((buyers.folder / "test_rows.json").read_text())
    table = pandas.read_csv(buyers.folder.parent / "people.csv")
    dataset = load_dataset_of(buyers)
    takes = ModelInput.read(buyers.folder)
    assert takes.columns is not None and rows == sorted(set(rows)) and len(rows) == buyers.card["data"]["test"]
    expected = takes.columns.encode(table.iloc[rows])
    assert np.array_equal(expected, dataset.x[dataset.training :], equal_nan=True)
    assert buyers.card["data"]["test_rows"] == "test_rows.json"
    assert "`test_rows.json`" in (buyers.folder / "card.md").read_text("utf-8")


def test_the_rows_of_a_test_set_drawn_from_arrays_are_written_and_own_test_sets_have_none(tmp_path: Path) -> None:
    x, y = digits_test()
    np.savez(tmp_path / "whole.npz", x=x, y=y)
    source = DataSource(str(tmp_path / "whole.npz"), seed=3)
    dataset = load_dataset(source)
    assert write_test_rows(tmp_path, dataset)
    rows = json.loads((tmp_path / "test_rows.json").read_text())
    assert np.array_equal(x[rows].reshape(len(rows), -1), dataset.x[dataset.training :])
    np.savez(tmp_path / "split.npz", x_train=x, y_train=y, x_test=x[:50], y_test=y[:50])
    source = DataSource(str(tmp_path / "split.npz"))
    assert not write_test_rows(tmp_path, load_dataset(source))
    assert not write_test_rows(tmp_path, load_dataset("digits"))


def test_the_code_beside_a_model_says_in_a_line_what_is_missing(
    buyers: FinalNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("build_model.py", "preprocessing.json"):
        shutil.copy(buyers.folder / name, tmp_path / name)
    (tmp_path / "alone").mkdir()
    shutil.copy(buyers.folder / "build_model.py", tmp_path / "alone" / "build_model.py")
    table = people(20, 0)
    table.drop(columns="buys").to_csv(tmp_path / "no-target.csv", index=False)
    table.drop(columns="town").to_csv(tmp_path / "no-feature.csv", index=False)
    table.assign(buys="perhaps").to_csv(tmp_path / "labels.csv", index=False)
    table.to_csv(tmp_path / "alone" / "new.csv", index=False)
    expected = {
        ("build_model.py", "no-target.csv"): ["no column 'buys'", "--target"],
        ("build_model.py", "no-feature.csv"): ["no column 'town'"],
        ("build_model.py", "labels.csv"): ["label 'perhaps'", "no, yes"],
        ("build_model.py", "no-file.csv"): ["no such file"],
        ("alone/build_model.py", "alone/new.csv"): ["preprocessing.json", "beside this script"],
    }
    monkeypatch.chdir(tmp_path)
    for (script, file), words in expected.items():
        monkeypatch.setattr("sys.argv", [script, file])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(script, run_name="__main__")
        assert all(word in str(ended.value.code) for word in words), ended.value.code


def test_values_far_outside_of_training_are_said(digits: FinalNetwork, buyers: FinalNetwork, tmp_path: Path) -> None:
    takes = ModelInput.read(digits.folder)
    for value, said in ((1e9, "1,000,000,000"), (-5, "−5")):
        np.savez(tmp_path / "x.npz", x=np.full((2, 8, 8), value))
        (note,) = read_items(tmp_path / "x.npz", takes).notes
        assert said in note and "trained on 0 to 16" in note
    np.savez(tmp_path / "x.npz", x=np.arange(128).reshape(2, 64) % 16)
    assert read_items(tmp_path / "x.npz", takes).notes == ("items of shape (64,) were reshaped to (8, 8)",)
    (tmp_path / "x.csv").write_text("age,town,size\n1e9,Rome,5e-9\n,Rome,5e-9\n")
    assert (
        "1 value more than 100 standard deviations"
        in read_items(tmp_path / "x.csv", ModelInput.read(buyers.folder)).notes[1]
    )


def test_words_that_are_not_known_are_named(buyers: FinalNetwork, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("age,town,size\n30,Paris,5e-9\n30,Paris,5e-9\n30,Rome,5e-9\n")
    (note,) = read_items(tmp_path / "x.csv", ModelInput.read(buyers.folder)).notes
    assert note.startswith("column 'town': 'Paris' in 2 cells")


def test_light_ink_on_transparent_paper_can_be_seen(digits: FinalNetwork, tmp_path: Path) -> None:
    x, _ = digits_test()
    ink = Image.new("RGBA", (240, 240), "white")
    ink.putalpha(Image.fromarray((x[3] / 16 * 255).astype(np.uint8)).resize((240, 240)))
    ink.save(tmp_path / "ink.png")
    one = read_drawing(tmp_path / "ink.png", ModelInput.read(digits.folder))
    assert one.done[0] == "transparency became black" and np.abs(one.x - x[3]).max() < 0.3 * 16


def test_a_drawing_keeps_its_proportions(digits: FinalNetwork, tmp_path: Path) -> None:
    page = Image.new("L", (320, 80), "white")
    page.paste(0, (0, 20, 320, 60))
    page.save(tmp_path / "bar.png")
    one = read_drawing(tmp_path / "bar.png", ModelInput.read(digits.folder))
    assert any("filled up" in word for word in one.done)
    assert one.x[3:5].min() > 4 and one.x[[0, 1, 6, 7]].max() == one.x[[0, 1, 6, 7]].min()


@pytest.mark.parametrize(
    ("size", "words"), [((50, 50), "nothing is drawn"), ((1, 1), "nothing is drawn"), ((20_000, 1), "proportions")]
)
def test_a_picture_with_nothing_in_it_is_refused(
    digits: FinalNetwork, tmp_path: Path, size: tuple[int, int], words: str
) -> None:
    Image.new("L", size, "white").save(tmp_path / "blank.png")
    with pytest.raises(DataError, match=words):
        read_drawing(tmp_path / "blank.png", ModelInput.read(digits.folder))


@pytest.mark.parametrize(
    "change",
    [
        {"shift": [0.0, 1.0]},
        {"spread": [0.0] * 5},
        {"shape": [1e9, 1e9]},
        {"shape": [0]},
        {"shape": "abc"},
        {"labels": "no"},
        {"labels": [1, 2]},
        {"columns": {"target": "buys", "numeric": "abc", "categorical": []}},
        {"columns": {"target": "buys", "numeric": ["age"], "categorical": [["town", []]]}},
        {"columns": []},
        {"white": "bright"},
    ],
    ids=str,
)
def test_an_edited_preprocessing_is_damaged_and_the_data_are_not_blamed(
    buyers: FinalNetwork, tmp_path: Path, change: dict
) -> None:
    values = json.loads((buyers.folder / "preprocessing.json").read_text("utf-8"))
    (tmp_path / "preprocessing.json").write_text(json.dumps(values | change))
    with pytest.raises(InputError, match=r"preprocessing\.json is damaged.*Pick again"):
        ModelInput.read(tmp_path)


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (None, "damaged")])
def test_a_damaged_model_says_pick_again(
    digits: FinalNetwork, tmp_path: Path, content: bytes | None, words: str
) -> None:
    folder = shutil.copytree(digits.folder, tmp_path / "pick")
    whole = digits.model.read_bytes()
    middle = len(whole) // 2
    damaged = whole[:middle] + bytes(100) + whole[middle + 100 :]
    (folder / "model.keras").write_bytes(damaged if content is None else content)
    np.savez(tmp_path / "x.npz", x=digits_test()[0])
    with pytest.raises(InputError, match=rf"{words}.*Pick again"):
        predict(folder, tmp_path / "x.npz")


def test_one_line_an_item_and_what_was_done_beside_it(digits: FinalNetwork, tmp_path: Path) -> None:
    x, y = digits_test()
    drawing(x[0], tmp_path / "mine.png")
    done = depthgauge("predict", str(digits.folder), "mine.png", cwd=tmp_path)
    name, label, share = done.stdout.split()
    assert (name, label) == ("mine.png", str(y[0])) and share.endswith("%")
    assert "depthgauge: inverted" in done.stderr
    done = depthgauge("predict", str(digits.model), "mine.png", "--probabilities", cwd=tmp_path)
    assert done.stdout.count("%") == 11
    document = json.loads(depthgauge("predict", str(digits.folder), "mine.png", "--json", cwd=tmp_path).stdout)
    (item,) = document["items"]
    assert document["schema"] == "depthgauge-predictions-1" and sum(item["probabilities"].values()) == pytest.approx(1)


BROKEN = {
    "nowhere.png": ["no such file"],
    "notes.txt": [".npz", "'.txt'"],
    "broken.png": ["image"],
    "broken.npz": ["cannot be read as .npz"],
    "objects.npz": ["Python objects"],
    "names.npz": ["expected an array x", "found a"],
    "shape.npz": ["(n, 8, 8)", "(4, 28, 28)"],
    "nan.npz": ["finite", "item 1"],
    "words.csv": ["64 columns", "found 2"],
    "empty": ["expected images", "found none"],
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_the_model_cannot_take_is_a_line(digits: FinalNetwork, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    for text in ("notes.txt", "broken.png", "broken.npz"):
        (tmp_path / text).write_text("nothing of the kind")
    np.savez(tmp_path / "objects.npz", x=np.array([{}], object))
    np.savez(tmp_path / "names.npz", a=np.zeros(3))
    np.savez(tmp_path / "shape.npz", x=np.zeros((4, 28, 28)))
    np.savez(tmp_path / "nan.npz", x=np.array([0, np.nan])[:, None, None] * np.ones((8, 8)))
    (tmp_path / "words.csv").write_text("a,b\n1,x\n")
    done = depthgauge("predict", str(digits.folder), name, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == "", done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for words in (name, *BROKEN[name]):
        assert words in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [("age,size\n3,1e-9\n", "'town'"), ("age,town,size\nold,Rome,1e-9\n", "'old'"), ("", "empty file")],
)
def test_a_table_without_its_columns_is_a_line(buyers: FinalNetwork, tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "new.csv").write_text(text)
    done = depthgauge("predict", str(buyers.folder), "new.csv", cwd=tmp_path)
    assert done.returncode == 2 and expected in done.stderr and len(done.stderr.strip().splitlines()) == 1
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    done = depthgauge("predict", str(buyers.folder), "a.png", cwd=tmp_path)
    assert done.returncode == 2 and "rows of a table with 3 columns" in done.stderr


def test_a_model_of_another_origin_is_a_line(digits: FinalNetwork, tmp_path: Path) -> None:
    x, _ = digits_test()
    np.savez(tmp_path / "x.npz", x=x)
    for model in ("nothing", "alone/model.keras", "damaged", "other"):
        folder = tmp_path / model.split("/")[0]
        if model in ("damaged", "other"):
            shutil.copytree(digits.folder, folder)
        if model == "damaged":
            (folder / "preprocessing.json").write_text("{}")
        if model == "other":
            keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(folder / "model.keras")
        if model.startswith("alone"):
            folder.mkdir()
            shutil.copy(digits.model, folder)
        done = depthgauge("predict", model, "x.npz", cwd=tmp_path)
        assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1, (model, done.stderr)
