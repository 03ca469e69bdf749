"""[workers] of config.toml: who reads and checks returned files beside the merger."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

FAULTS = {"dask_address": '应写成调度器的地址，如 "tcp://主机:8786"，只在本机试写 "local"，不用的留空 ""'}
"""What a person reads about the fault that is only found here."""

LOCAL = "local"
"""A cluster of this machine's own, begun for the round and ended with it."""
_ADDRESS = re.compile(r"(?:tcp|tls)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]]+):(?P<port>\d{1,5})")


class WorkersSection(BaseModel):
    """[workers]: a Dask cluster, for offices that have one."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    dask: str = ""
    """The scheduler's address, or ``local``; empty: this machine's cores."""

    @field_validator("dask")
    @classmethod
    def _an_address(cls, text: str) -> str:
        text = text.strip()
        if text and text != LOCAL and not _ADDRESS.fullmatch(text):
            raise PydanticCustomError("dask_address", "no address")
        return text


def host_and_port(address: str) -> tuple[str, int]:
    """Where a scheduler listens, of an address that has been checked."""
    found = _ADDRESS.fullmatch(address)
    return (found["host"].strip("[]"), int(found["port"])) if found else ("", 0)
