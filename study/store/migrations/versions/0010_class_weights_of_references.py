"""Reference models are told apart by class weights; those of older versions had none.

What they learned without them stays true, beside networks without class weights. Beside others the next run of such a
study trains them anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEPT = ("study_id", "model", "samples", "label_noise", "replicate", "values", "items", "reason", "predicted")


def upgrade() -> None:
    """Make the table anew, with its rows: what tells them apart has changed, and SQLite cannot change that."""
    before = sa.table("reference_runs", sa.column("id"), *(sa.column(name) for name in KEPT))
    columns = [before.c[name] for name in KEPT]
    rows = [dict(row) for row in op.get_bind().execute(sa.select(*columns).order_by(before.c.id)).mappings()]
    op.drop_table("reference_runs")
    made = op.create_table(
        "reference_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("model", sa.String(80), nullable=False, comment="what networks are held against, on the same parts"),
        sa.Column("samples", sa.Integer, nullable=False, comment="training samples; 0: all of the training part"),
        sa.Column("label_noise", sa.Float, nullable=False, comment="share of wrong training labels"),
        sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
        sa.Column(
            "values", sa.Text, nullable=False, comment="JSON: train, validation and test of each metric by its name"
        ),
        sa.Column(
            "items", sa.LargeBinary, nullable=False, comment="a bit a test item: right or wrong; empty when failed"
        ),
        sa.Column("reason", sa.Text, nullable=False, comment="why it failed; empty when trained"),
        sa.Column("predicted", sa.Text, nullable=False, server_default="[]", comment="JSON, as that of a trial"),
        sa.Column("class_weights", sa.Text, nullable=False, server_default='"none"', comment="JSON: those of the loss"),
        sa.UniqueConstraint("study_id", "model", "samples", "label_noise", "replicate", "class_weights"),
    )
    op.bulk_insert(made, rows)
