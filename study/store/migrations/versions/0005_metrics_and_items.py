"""Any metrics of a task, values of test items at any reading, engine and processor; places for what comes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INDEX = """UPDATE trials SET item_index = '[["accuracy", "last", true, ' || length(correct_last) ||
    '], ["accuracy", "best", true, ' || length(correct_best) || ']]' WHERE length(correct_last) > 0"""


def upgrade() -> None:
    """Add the columns and tables; which test items were right moves to where items of any metric stand."""
    op.add_column(
        "studies",
        sa.Column(
            "code_sha256", sa.String(64), comment="hash of the user's code that builds the network; null without"
        ),
    )
    for column in (
        sa.Column(
            "metrics",
            sa.Text,
            nullable=False,
            server_default="accuracy cross_entropy",
            comment="names of the metrics of the trajectory, in order",
        ),
        sa.Column(
            "item_index",
            sa.Text,
            nullable=False,
            server_default="[]",
            comment="JSON: metric, reading, whether a bit each (else float32 by zlib), and bytes of each part of items",
        ),
        sa.Column(
            "items", sa.LargeBinary, nullable=False, server_default="", comment="values of the test items, part by part"
        ),
        sa.Column(
            "engine", sa.String(16), nullable=False, server_default="keras", comment="what trained it: keras or native"
        ),
        sa.Column(
            "cpu", sa.Text, nullable=False, server_default="", comment="kind of processor; empty before version 5"
        ),
    ):
        op.add_column("trials", column)
    # Every row: SQLite gives those of trials without items the default as text, which no BLOB may be.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE trials SET items = CAST(correct_last || correct_best AS BLOB)")
    else:
        op.execute("UPDATE trials SET items = correct_last || correct_best")
    op.execute(INDEX)
    op.drop_column("trials", "correct_last")
    op.drop_column("trials", "correct_best")
    if op.get_bind().dialect.supports_comments:
        op.alter_column(
            "studies",
            "facts",
            comment="study.records.facts.RunFacts as JSON, or an imported study",
        )
        op.alter_column(
            "trials",
            "trajectory",
            comment="float64, a row an epoch: the epoch; train, validation and test of each metric; seconds",
        )
    op.create_table(
        "tested_rows",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
        sa.Column(
            "rows",
            sa.LargeBinary,
            nullable=False,
            comment="int32, rows of the data set; not here where all test the same",
        ),
        sa.UniqueConstraint("study_id", "replicate"),
    )
    op.create_table(
        "reference_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("model", sa.String(80), nullable=False, comment="a simpler model on the same parts"),
        sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
        sa.Column(
            "values", sa.Text, nullable=False, comment="JSON: train, validation and test of each metric by its name"
        ),
        sa.UniqueConstraint("study_id", "model", "replicate"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, comment="0, 1, 2, ... in order"),
        sa.Column(
            "kind", sa.String(16), nullable=False, comment="look: where further replicates go; stop: why none do"
        ),
        sa.Column("content", sa.Text, nullable=False, comment="JSON: what was decided, and by what"),
        sa.Column("happened", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
        sa.UniqueConstraint("study_id", "number"),
    )
