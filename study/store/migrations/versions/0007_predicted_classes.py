"""What test items were taken for, as counts; trials of older versions have none."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "trials",
        sa.Column(
            "predicted",
            sa.Text,
            nullable=False,
            server_default="[]",
            comment="JSON: reading; items by true and predicted class; by bin of confidence: items, right ones, sum",
        ),
    )
