"""The memory of studies: one database file, by default SQLite, or PostgreSQL by its URL.

One row a trial, written in one transaction when the trial ends, so that a trajectory is whole or absent.

    address.py          file or URL -> where the store is, and how it is named to people
    schema.py           the tables and their history; ``migrations`` has the steps between versions
    database.py         connections, transactions that outlive a restart of the server, errors in one line
    schema_version.py   make a store, recognise it, upgrade it
    lease.py            who runs a study
    continuing.py       whether a spec goes on with what is there
    trial_rows.py       results and proposals <-> rows
    listing.py          the studies of a store, one line each
    store.py            what a study reads and writes; stored_study.py has what it hands out
    opening.py          address -> store
"""

from study.store.address import DEFAULT_STORE
from study.store.lease import Holder
from study.store.opening import copy_store, open_store, upgrade_store
from study.store.store import Store
from study.store.stored_study import News, StoredStudy, StudyLine

__all__ = [
    "DEFAULT_STORE",
    "Holder",
    "News",
    "Store",
    "StoredStudy",
    "StudyLine",
    "copy_store",
    "open_store",
    "upgrade_store",
]
