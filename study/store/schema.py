"""The tables. Series of numbers are stored as little-endian float64 (see the column comments): the same bytes on
every machine.

Every change of a table is a revision in ``migrations/versions``. History:
    1   studies, trials
    2   proposals, foreign_trials
    3   leases; the version stands in ``depthgauge_version`` (Alembic's table) in place of ``depthgauge_schema``
    4   an index to count trials by
    5   any metrics of a task, values of test items at any reading, engine and processor of a trial; places for the rows
        that a replicate tested, reference models, the decisions of an adaptive study, and the hash of a user's code
    6   reference models know what they were trained on, and keep which test items they had right
    7   what test items were taken for, as counts
    8   trials have the parameters of networks that only their own code can count
    9   what reference models took test items for
    10  class weights of reference models
"""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA_VERSION = 10

metadata = sa.MetaData()
studies = sa.Table(
    "studies",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True, comment="what the user calls it"),
    sa.Column("spec", sa.Text, nullable=False, comment="the study's spec as JSON"),
    sa.Column("dataset_sha256", sa.String(64), nullable=False, comment="hash of the data set's arrays"),
    sa.Column("facts", sa.Text, nullable=False, comment="study.records.facts.RunFacts as JSON, or an imported study"),
    sa.Column("created", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
    sa.Column("verdict", sa.Text, comment="verdict.json as last written; null until there is one"),
    sa.Column("code_sha256", sa.String(64), comment="hash of the user's code that builds the network; null without"),
)
trials = sa.Table(
    "trials",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("key", sa.String(16), nullable=False, comment="Configuration.key"),
    sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
    sa.Column("configuration", sa.Text, nullable=False, comment="JSON"),
    sa.Column("state", sa.String(8), nullable=False, comment="finished or failed"),
    sa.Column("reason", sa.Text, nullable=False, comment="why it failed; empty when finished"),
    sa.Column("diverged_epoch", sa.Integer, comment="first epoch with a cross-entropy that is not finite, else null"),
    sa.Column(
        "trajectory",
        sa.LargeBinary,
        nullable=False,
        comment="float64, a row an epoch: the epoch; train, validation and test of each metric; seconds",
    ),
    sa.Column("class_accuracy", sa.LargeBinary, nullable=False, comment="float64, test accuracy of each class"),
    sa.Column("compile_seconds", sa.Float, nullable=False, comment="0 where the program was in memory"),
    sa.Column("train_seconds", sa.Float, nullable=False, comment="training and evaluation, without compiling"),
    sa.Column("peak_memory", sa.BigInteger, nullable=False, comment="bytes, of the worker so far"),
    sa.Column("finished", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
    # In the order in which upgrades add them: new and upgraded stores have the same tables.
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
    sa.Column("cpu", sa.Text, nullable=False, server_default="", comment="kind of processor; empty before version 5"),
    sa.Column(
        "predicted",
        sa.Text,
        nullable=False,
        server_default="[]",
        comment="JSON: reading; items by true and predicted class; by bin of confidence: items, right ones, sum",
    ),
    sa.Column("parameters", sa.BigInteger, comment="trainable ones of a model of the user's own; null of others"),
    sa.UniqueConstraint("study_id", "key", "replicate"),
    sa.Index("trials_by_state", "study_id", "state"),
)
proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("cell", sa.Text, nullable=False, comment="the cell of the study that is searched"),
    sa.Column("number", sa.Integer, nullable=False, comment="0, 1, 2, ... in the order of asking, in each cell"),
    sa.Column("setting", sa.Text, comment="JSON; null: the proposer had nothing more to propose"),
    sa.Column("asked", sa.Integer, nullable=False, comment="place among the cell's questions and answers"),
    sa.Column("told", sa.Integer, comment="the same; null while the trial runs"),
    sa.Column("value", sa.Float, comment="validation accuracy that the proposer was told; null: failed"),
    sa.UniqueConstraint("study_id", "cell", "number"),
)
tested_rows = sa.Table(
    "tested_rows",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
    sa.Column(
        "rows", sa.LargeBinary, nullable=False, comment="int32, rows of the data set; not here where all test the same"
    ),
    sa.UniqueConstraint("study_id", "replicate"),
)
reference_runs = sa.Table(
    "reference_runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("model", sa.String(80), nullable=False, comment="what networks are held against, on the same parts"),
    sa.Column("samples", sa.Integer, nullable=False, comment="training samples; 0: all of the training part"),
    sa.Column("label_noise", sa.Float, nullable=False, comment="share of wrong training labels"),
    sa.Column("replicate", sa.Integer, nullable=False, comment="0, 1, 2, ..."),
    sa.Column("values", sa.Text, nullable=False, comment="JSON: train, validation and test of each metric by its name"),
    sa.Column("items", sa.LargeBinary, nullable=False, comment="a bit a test item: right or wrong; empty when failed"),
    sa.Column("reason", sa.Text, nullable=False, comment="why it failed; empty when trained"),
    sa.Column("predicted", sa.Text, nullable=False, server_default="[]", comment="JSON, as that of a trial"),
    sa.Column("class_weights", sa.Text, nullable=False, server_default='"none"', comment="JSON: those of the loss"),
    sa.Column("weights_key", sa.String(16), nullable=False, server_default="", comment="tells class weights apart"),
    sa.UniqueConstraint("study_id", "model", "samples", "label_noise", "replicate", "weights_key"),
)
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False, comment="0, 1, 2, ... in order"),
    sa.Column("kind", sa.String(16), nullable=False, comment="look: where further replicates go; stop: why none do"),
    sa.Column("content", sa.Text, nullable=False, comment="JSON: what was decided, and by what"),
    sa.Column("happened", sa.String(32), nullable=False, comment="UTC, ISO 8601"),
    sa.UniqueConstraint("study_id", "number"),
)
foreign_trials = sa.Table(
    "foreign_trials",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("study_id", sa.ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False, comment="0, 1, 2, ... in the order of the other program"),
    sa.Column("setting", sa.Text, nullable=False, comment="JSON"),
    sa.Column("state", sa.String(8), nullable=False, comment="complete, pruned, failed, running or waiting"),
    sa.Column("value", sa.Float, comment="objective of the other program; null: none that is finite"),
    sa.Column("reason", sa.Text, nullable=False, comment="why there is no value; empty where there is one"),
    sa.Column("curve", sa.LargeBinary, nullable=False, comment="float64, a row a report: step, value"),
    sa.UniqueConstraint("study_id", "number"),
)
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("study", sa.String(80), primary_key=True, comment="name of the study, which may not have begun yet"),
    sa.Column("owner", sa.String(32), nullable=False, comment="hexadecimal, another one for every run"),
    sa.Column("host", sa.String(255), nullable=False, comment="name of the machine that runs the study"),
    sa.Column("pid", sa.Integer, nullable=False, comment="its process"),
    sa.Column("machine", sa.String(80), nullable=False, comment="where pid can be looked up; empty: nowhere"),
    sa.Column("command", sa.Text, nullable=False, comment="the command that repeats the run"),
    sa.Column("acquired", sa.Float, nullable=False, comment="seconds since 1970, by the database's clock"),
    sa.Column("heartbeat", sa.Float, nullable=False, comment="the same: last sign of life"),
    sa.Column("expires", sa.Float, nullable=False, comment="the same: when it may be taken over without another one"),
    sa.Column("beats", sa.Integer, nullable=False, comment="signs of life so far: it counts on whatever clocks do"),
)

# Alembic's own table under a name of ours, so that the version can be read without loading Alembic.
version_table = sa.Table(
    "depthgauge_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="depthgauge_version_pkc"),
)
