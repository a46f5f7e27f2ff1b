"""``python -m tests.odd FIRST COUNT``: tries as many draws of every kind and lists what is not as it should be."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.odd.case import verify
from tests.odd.draws import cases

first, count = map(int, sys.argv[1:])
tried = 0
faults = defaultdict(list)
for draw in range(first, first + count):
    for case in cases(draw):
        tried += 1
        with tempfile.TemporaryDirectory() as folder:
            try:
                verify(case, Path(folder))
            except Exception as error:
                faults[case.kind].append(f"{case.name}: {type(error).__name__}: {error}")
for kind, found in faults.items():
    print(f"{kind}: {len(found)}, such as {found[0]}")
print(f"{tried:,} inputs, {sum(map(len, faults.values()))} not as they should be")
sys.exit(bool(faults))
