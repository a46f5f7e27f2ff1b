"""What reference models took test items for; those of older versions kept none.

Before, reference models took no heed of weights of rows, and regressions had none: what they were then is forgotten, so
that the next run of such a study trains them.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

OF_CLASSES = "Left out: reference models, which are trained beside classifiers only."


def upgrade() -> None:
    """Add the column, and forget what is no longer so."""
    column = sa.Column("predicted", sa.Text, nullable=False, server_default="[]", comment="JSON, as that of a trial")
    op.add_column("reference_runs", column)
    connection = op.get_bind()
    studies = sa.table("studies", sa.column("id"), sa.column("spec"), sa.column("facts"))
    runs = sa.table("reference_runs", sa.column("study_id"))
    for study, spec, facts in connection.execute(sa.select(studies.c.id, studies.c.spec, studies.c.facts)).all():
        try:
            weighted = bool(json.loads(spec)["data"]["weight"])
        except (ValueError, KeyError, TypeError):
            weighted = False
        if weighted:
            connection.execute(runs.delete().where(runs.c.study_id == study))
        if OF_CLASSES in facts:
            changed = json.loads(facts)
            changed["references_left_out"] = [one for one in changed["references_left_out"] if one != OF_CLASSES]
            connection.execute(studies.update().where(studies.c.id == study).values(facts=json.dumps(changed)))
