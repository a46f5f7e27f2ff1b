"""Reference models are told apart by class weights; those of older versions had none.

Beside networks with class weights they would be held against the commonest class alone: what such studies have is
forgotten, which they say, and the next run of one trains them.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEPT = ("study_id", "model", "samples", "label_noise", "replicate", "values", "items", "reason", "predicted")
FORGOTTEN = "Left out: reference models of an older version, without class weights. Run the study again to have them."
UNIQUE = ("study_id", "model", "samples", "label_noise", "replicate", "weights_key")


def upgrade() -> None:
    """Add the columns, and forget what is no longer so."""
    connection = op.get_bind()
    studies = sa.table("studies", sa.column("id"), sa.column("spec"), sa.column("facts"))
    runs = sa.table("reference_runs", sa.column("study_id"))
    for study, spec, facts in connection.execute(sa.select(studies.c.id, studies.c.spec, studies.c.facts)).all():
        try:
            if not _weighs(json.loads(spec)):
                continue
            changed = json.loads(facts)
            changed["references_left_out"] = [*changed.get("references_left_out", ()), FORGOTTEN]
        except (ValueError, TypeError, AttributeError):  # it is damaged, and said to be where it is read
            continue
        if connection.execute(runs.delete().where(runs.c.study_id == study)).rowcount:
            connection.execute(studies.update().where(studies.c.id == study).values(facts=json.dumps(changed)))
    weights = sa.Column(
        "class_weights", sa.Text, nullable=False, server_default='"none"', comment="JSON: those of the loss"
    )
    key = sa.Column(
        "weights_key", sa.String(16), nullable=False, server_default="", comment="tells class weights apart"
    )
    if connection.dialect.name != "sqlite":
        op.add_column("reference_runs", weights)
        op.add_column("reference_runs", key)
        (before,) = sa.inspect(connection).get_unique_constraints("reference_runs")
        assert before["name"] is not None
        op.drop_constraint(before["name"], "reference_runs", type_="unique")
        op.create_unique_constraint("reference_runs_told_apart", "reference_runs", UNIQUE)
        return
    made = op.create_table(  # SQLite cannot change a constraint
        "reference_runs_10",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("model", sa.String(80), nullable=False),
        sa.Column("samples", sa.Integer, nullable=False),
        sa.Column("label_noise", sa.Float, nullable=False),
        sa.Column("replicate", sa.Integer, nullable=False),
        sa.Column("values", sa.Text, nullable=False),
        sa.Column("items", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("predicted", sa.Text, nullable=False, server_default="[]"),
        weights,
        key,
        sa.UniqueConstraint(*UNIQUE),
    )
    # Values as they are, of no type: what is damaged stays damaged, and is said to be where it is read.
    old = sa.table("reference_runs", sa.column("id"), *map(sa.column, KEPT))
    op.execute(made.insert().from_select(KEPT, sa.select(*(old.c[name] for name in KEPT)).order_by(old.c.id)))
    op.drop_table("reference_runs")
    op.rename_table("reference_runs_10", "reference_runs")


def _weighs(value: Any) -> bool:
    """Whether a network somewhere in a study has class weights."""
    if isinstance(value, dict):
        if value.get("class_weights") not in (None, "none"):
            return True
        return any(map(_weighs, value.values()))
    return isinstance(value, list) and any(map(_weighs, value))
