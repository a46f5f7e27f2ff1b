"""The house stands as it is drawn: imports between rooms point one way, and a name means one thing."""

from __future__ import annotations

from collections import Counter

from tests.rooms import circles, drawn, imports, modules, room


def test_every_room_is_drawn_and_every_drawn_room_is_there() -> None:
    assert sorted(drawn()) == sorted({room(module) for module in modules()})


def test_a_room_imports_only_from_rooms_that_stand_above_it() -> None:
    order = drawn()
    back = [made for (source, target), made in imports().items() if order.index(source) <= order.index(target)]
    assert not back, f"imports that point back: {back}"


def test_no_modules_import_each_other_in_a_ring() -> None:
    assert not circles()


def test_no_two_modules_have_one_name() -> None:
    names = Counter(module.rpartition(".")[2] for module, file in modules().items() if file.stem != "__init__")
    assert not [name for name, times in names.items() if times > 1]
