"""Reference models know what they were trained on, and keep which test items they had right."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table anew: version 5 had a place for reference models, and no program put one there."""
    op.drop_table("reference_runs")
    op.create_table(
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
        sa.UniqueConstraint("study_id", "model", "samples", "label_noise", "replicate"),
    )
