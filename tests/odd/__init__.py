"""Odd inputs drawn at random: each is written with values known exactly, then read as every command reads data.

``python -m tests.odd FIRST COUNT`` tries as many fresh draws of every kind and lists the faults; the kinds stand at the
head of each module:

=============  =================================================================================================
tables.py      columns, gaps, labels, dialects, test files, copies, each way of breaking a table, ``.gz``
columns.py     what a column of a table holds: numbers of every size and way of writing, truth values, words
labels.py      labels, and the names of the classes that they are
parquet.py     every type of column and of label, types that are no feature, damaged files
arrays.py      ``.npz`` of every type, shape and compression, what cannot be used, damage anywhere; IDX files
pictures.py    modes, orientations, names of parts, litter, pictures that cannot be used, ends cut off
case.py        what is right of an input, and how that is compared
=============  =================================================================================================

``tests/data/odd_inputs.py`` holds fixed ones, which go through the command line.
"""
