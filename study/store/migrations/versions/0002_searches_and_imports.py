"""What searches proposed; the trials of imported studies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("cell", sa.Text, nullable=False, comment="the cell of the study that is searched"),
        sa.Column("number", sa.Integer, nullable=False, comment="0, 1, 2, ... in the order of asking, in each cell"),
        sa.Column("setting", sa.Text, comment="JSON; null: the proposer had nothing more to propose"),
        sa.Column("asked", sa.Integer, nullable=False, comment="place among the cell's questions and answers"),
        sa.Column("told", sa.Integer, comment="the same; null while the trial runs"),
        sa.Column("value", sa.Float, comment="validation accuracy that the proposer was told; null: failed"),
        sa.UniqueConstraint("study_id", "cell", "number"),
    )
    op.create_table(
        "foreign_trials",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, comment="0, 1, 2, ... in the order of the other program"),
        sa.Column("setting", sa.Text, nullable=False, comment="JSON"),
        sa.Column("state", sa.String(8), nullable=False, comment="complete, pruned, failed, running or waiting"),
        sa.Column("value", sa.Float, comment="objective of the other program; null: none that is finite"),
        sa.Column("reason", sa.Text, nullable=False, comment="why there is no value; empty where there is one"),
        sa.Column("curve", sa.LargeBinary, nullable=False, comment="float64, a row a report: step, value"),
        sa.UniqueConstraint("study_id", "number"),
    )
