"""What reference models took test items for; those of older versions kept none."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column."""
    column = sa.Column("predicted", sa.Text, nullable=False, server_default="[]", comment="JSON, as that of a trial")
    op.add_column("reference_runs", column)
