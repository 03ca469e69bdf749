"""[files] of config.toml: where the files of the home are shared."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

FAULTS = {
    "share_address": '应写成地址，如 "s3://存储桶/台账"，不用的留空 ""',
    "share_password": "不能写密码，请放在环境变量里（如 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY）",
}
"""What a person reads about the faults that are only found here."""


class Files(BaseModel):
    """[files]: a share for computers that have no folder in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    share: str = ""
    """Any address that fsspec knows, such as s3://桶/台账; empty: the files lie in the home alone."""

    @field_validator("share")
    @classmethod
    def _an_address(cls, text: str) -> str:
        if text and not re.match(r"[A-Za-z][\w+.-]*://.", text):
            raise PydanticCustomError("share_address", "no address")
        if re.match(r"[^/]*://[^/@]*:[^/]*@", text):
            raise PydanticCustomError("share_password", "a password")
        return text.rstrip("/")
