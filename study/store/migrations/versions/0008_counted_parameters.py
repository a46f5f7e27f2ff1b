"""Trials have the parameters of networks that only their own code can count."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    comment = "trainable ones of a model of the user's own; null of others"
    op.add_column("trials", sa.Column("parameters", sa.BigInteger, comment=comment))
