"""A clock that can be wrong: a small library that is loaded before the system's own and tells another time.

Made with the C compiler that is there; without one (or outside Linux) the clock stays right.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import time
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile double moved = 0;
void taizhang_move(double seconds) { moved = seconds; }
double taizhang_moved(void) { return moved; }
int clock_gettime(clockid_t which, struct timespec *told) {
  int code = syscall(SYS_clock_gettime, which, told);
  if (code == 0 && which == CLOCK_REALTIME) told->tv_sec += (time_t)moved;
  return code;
}
int gettimeofday(struct timeval *told, void *zone) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  told->tv_sec = now.tv_sec;
  told->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *told) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (told) *told = now.tv_sec;
  return now.tv_sec;
}
"""
HOUR, DAY = 3600.0, 86400.0
STEPS = (DAY, -HOUR, -11 * HOUR, -25 * DAY, 90.0, -90.0, 3 * HOUR)
"""How a clock jumps: a day ahead, an hour back, over midnight, over the month's end, and as NTP puts it right."""


def build(folder: Path) -> Path | None:
    """The library, or None where it cannot be made."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    source, made = folder / "clock.c", folder / "clock.so"
    source.write_text(_SOURCE, encoding="utf-8")
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(made), str(source)]
    done = subprocess.run(command, capture_output=True, check=False)
    return made if done.returncode == 0 else None


def can_move() -> bool:
    """Whether this process was started with the library."""
    return hasattr(ctypes.CDLL(None), "taizhang_move")


def set_clock(moment: float) -> None:
    """It is ``moment`` now (seconds since 1970), and goes on from there. Nothing without the library."""
    if can_move():
        library = ctypes.CDLL(None)
        library.taizhang_moved.restype = ctypes.c_double
        library.taizhang_move(ctypes.c_double(round(moment - time.time() + library.taizhang_moved())))


def jump(seconds: float) -> None:
    """The clock is put forward or back."""
    set_clock(time.time() + seconds)
