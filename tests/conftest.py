"""Prefect gets a home of its own for the whole run, so that tests leave nothing behind and meet nothing of others."""

from __future__ import annotations

import os
import tempfile

_PREFECT_HOME = tempfile.TemporaryDirectory(prefix="taizhang-prefect-", ignore_cleanup_errors=True)
os.environ["PREFECT_HOME"] = _PREFECT_HOME.name
os.environ.pop("PREFECT_API_URL", None)
