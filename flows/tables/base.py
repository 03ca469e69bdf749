"""What all tables share, and the table of single values."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, String, Table, Text

META = MetaData()
KEY = sa.BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", META, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))
