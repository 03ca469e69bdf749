"""An address that fsspec knows, such as s3://桶/台账, and what goes wrong there as a sentence for a clerk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flows.problems import PassingError, UserError

_S3 = ("s3", "s3a")
_S3_SETTINGS = {
    # A server that does not answer is told within seconds and not after botocore's minutes.
    "connect_timeout": 5,
    "read_timeout": 60,
    "retries": {"max_attempts": 2},
    # Object stores other than Amazon's refuse the checksums that botocore adds since 1.36; we compare sha256 ourselves.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


def is_remote(place: str) -> bool:
    """Whether ``place`` is an address and not a path."""
    return "://" in place


def is_local(system: Any) -> bool:
    """Whether a file system is this machine's own; asking it whether something is a folder costs nothing."""
    from fsspec.implementations.local import LocalFileSystem

    return isinstance(system, LocalFileSystem)


def shown(url: str) -> str:
    """Without a user and password."""
    kind, _, rest = url.partition("://")
    head, slash, tail = rest.partition("/")
    return f"{kind}://{head.rpartition('@')[2]}{slash}{tail}"


def system_at(url: str, *, in_pieces: bool = True) -> tuple[Any, str]:
    """The file system of an address and the path there; UserError for a kind of address that cannot be used here.

    Nothing that it lists is remembered: another machine may have changed it since. ``in_pieces``: a file is read and
    written in several pieces at once; not so, an object store is asked half as often for small ones.
    """
    import fsspec

    kind = url.partition("://")[0]
    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    if kind in _S3:
        options["config_kwargs"] = _S3_SETTINGS
        if not in_pieces:
            options["max_concurrency"] = 1
    elif kind in ("file", "local"):
        options["auto_mkdir"] = True
    try:
        system, path = fsspec.core.url_to_fs(url, **options)
    except ImportError as error:
        extra = "taizhang[s3]" if kind in _S3 else str(error.name or "fsspec")
        raise UserError(f"读写 {kind}:// 要另装组件", f"请运行 pip install {extra}") from error
    except ValueError as error:
        raise UserError(f"不认得 {kind}:// 这种地址", "请写 s3://存储桶/文件名，或本机的文件名") from error
    except OSError as error:  # ftp and the like connect at once
        raise _no_answer(url, error) from error
    return system, path


@contextmanager
def asking(url: str) -> Iterator[None]:
    """Whatever a store answers that is no answer becomes a PassingError; each kind of store has errors of its own."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise _no_answer(url, error) from error


def _no_answer(url: str, error: Exception) -> PassingError:
    return PassingError(f"读写 {shown(url)} 没有成功（{type(error).__name__}）", "请检查地址、权限和网络，再运行一次")


@contextmanager
def at(url: str) -> Iterator[tuple[Any, str]]:
    """The file system of an address and the path there, with all that goes wrong told in words."""
    system, path = system_at(url)
    with asking(url):
        yield system, path
