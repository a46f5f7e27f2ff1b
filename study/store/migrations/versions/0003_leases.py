"""Who runs a study; Alembic's version table takes the place of the one made by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of leases, and drop the old version row."""
    op.create_table(
        "leases",
        sa.Column("study", sa.String(80), primary_key=True, comment="name of the study, which may not have begun yet"),
        sa.Column("owner", sa.String(32), nullable=False, comment="hexadecimal, another one for every run"),
        sa.Column("host", sa.String(255), nullable=False, comment="name of the machine that runs the study"),
        sa.Column("pid", sa.Integer, nullable=False, comment="its process"),
        sa.Column("machine", sa.String(80), nullable=False, comment="where pid can be looked up; empty: nowhere"),
        sa.Column("command", sa.Text, nullable=False, comment="the command that repeats the run"),
        sa.Column("acquired", sa.Float, nullable=False, comment="seconds since 1970, by the database's clock"),
        sa.Column("heartbeat", sa.Float, nullable=False, comment="the same: last sign of life"),
        sa.Column(
            "expires", sa.Float, nullable=False, comment="the same: when it may be taken over without another one"
        ),
        sa.Column("beats", sa.Integer, nullable=False, comment="signs of life so far: it counts on whatever clocks do"),
    )
    op.drop_table("depthgauge_schema", if_exists=True)  # not there in a store that was made by these revisions
