"""The framing of TensorBoard's event files: a row of records, each with checksums (TFRecord), without TensorFlow."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import cast

HEAD = struct.Struct("<QI")  # length of the content, and the checksum of these eight bytes
CHECK = struct.Struct("<I")


class BrokenRecord(ValueError):
    """A record is cut off, or does not fit its checksum."""


def records(content: bytes) -> Iterator[bytes]:
    """The contents of the records of a file, in order; raises :class:`BrokenRecord` where one is broken."""
    at = 0
    while at < len(content):
        if at + HEAD.size > len(content):
            raise BrokenRecord("the file is cut off")
        length, check = HEAD.unpack_from(content, at)
        if checksum(content[at : at + 8]) != check:
            raise BrokenRecord("a length does not fit its checksum")
        at += HEAD.size
        if at + length + CHECK.size > len(content):
            raise BrokenRecord("the file is cut off")
        record = content[at : at + length]
        at += length
        if CHECK.unpack_from(content, at)[0] != checksum(record):
            raise BrokenRecord("a record does not fit its checksum")
        at += CHECK.size
        yield record


def framed(record: bytes) -> bytes:
    """A record with its length and its checksums, as it stands in a file."""
    length = struct.pack("<Q", len(record))
    return length + CHECK.pack(checksum(length)) + record + CHECK.pack(checksum(record))


def checksum(content: bytes) -> int:
    """The masked CRC-32C of event files."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c  # plain Python

    return cast(int, masked_crc32c(content))
