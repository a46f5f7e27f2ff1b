"""Studies and trials."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of the first version."""
    op.create_table(
        "studies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True, comment="what the user calls it"),
        sa.Column("spec", sa.Text, nullable=False, comment="the study's spec as JSON"),
        sa.Column("dataset_sha256", sa.String(64), nullable=False, comment="hash of the data set's arrays"),
        sa.Column("facts", sa.Text, nullable=False, comment="JSON: sizes of the data set, versions of the packages"),
        sa.Column("created", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
        sa.Column("verdict", sa.Text, comment="verdict.json as last written; null until there is one"),
    )
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("key", sa.String(16), nullable=False, comment="Configuration.key"),
        sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
        sa.Column("configuration", sa.Text, nullable=False, comment="JSON"),
        sa.Column("state", sa.String(8), nullable=False, comment="finished or failed"),
        sa.Column("reason", sa.Text, nullable=False, comment="why it failed; empty when finished"),
        sa.Column(
            "diverged_epoch", sa.Integer, comment="first epoch with a cross-entropy that is not finite, else null"
        ),
        sa.Column("trajectory", sa.LargeBinary, nullable=False, comment="float64, a row an epoch: see schema.COLUMNS"),
        sa.Column(
            "correct_last", sa.LargeBinary, nullable=False, comment="test items right at the last epoch, a bit each"
        ),
        sa.Column("correct_best", sa.LargeBinary, nullable=False, comment="the same at the best validation epoch"),
        sa.Column("class_accuracy", sa.LargeBinary, nullable=False, comment="float64, test accuracy of each class"),
        sa.Column("compile_seconds", sa.Float, nullable=False, comment="0 where the program was in memory"),
        sa.Column("train_seconds", sa.Float, nullable=False, comment="training and evaluation, without compiling"),
        sa.Column("peak_memory", sa.BigInteger, nullable=False, comment="bytes, of the worker so far"),
        sa.Column("finished", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
        sa.UniqueConstraint("study_id", "key", "replicate"),
    )
