"""A running `taizhang serve` and a clerk's browser before it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.dovecot import free_port
from tests.needs import ROOT, need
from tests.terminal import hears_ctrl_c

_STARTS = 120.0
_RUNS = 120.0


@dataclass
class Served:
    """A server of a home, asked over its API."""

    port: int
    process: subprocess.Popen[bytes]
    told: Path

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, data: dict[str, Any] | None = None) -> Any:
        """POST to Prefect's API, as the page itself does."""
        token = self._send(urllib.request.Request(f"{self.page}/api/csrf-token?client=tests"))["token"]
        return self.post(path, data, {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "tests"})

    def post(self, path: str, data: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        """POST with these headers only."""
        body = json.dumps(data or {}).encode()
        return self._send(
            urllib.request.Request(f"{self.page}/api/{path}", body, {"content-type": "application/json"} | headers)
        )

    def _send(self, request: urllib.request.Request) -> Any:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.load(answer)

    def deployments(self) -> dict[str, dict[str, Any]]:
        return {each["name"]: each for each in self.ask("deployments/filter")}

    def runs(self, flow: str) -> list[dict[str, Any]]:
        """The runs of a flow by its Chinese name, oldest first."""
        found = self.ask("flow_runs/filter", {"flows": {"name": {"any_": [flow]}}})
        return sorted(found, key=lambda run: run["created"])

    def finished(self, flow: str, number: int = 1) -> dict[str, Any]:
        """The ``number``-th run of a flow, when it has ended."""
        ends = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

        def ended() -> dict[str, Any] | None:
            runs = self.runs(flow)
            return runs[number - 1] if len(runs) >= number and runs[number - 1]["state_type"] in ends else None

        return until(ended, f"run {number} of {flow} ends", _RUNS)

    def artifact(self, start: str) -> dict[str, Any]:
        """The newest artifact whose key begins so."""
        found = [each for each in self.ask("artifacts/latest/filter") if each["key"].startswith(start)]
        assert found, start
        return self.ask("artifacts/filter", {"artifacts": {"id": {"any_": [found[0]["latest_id"]]}}})[0]

    def stop(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=120)


def until(found: Callable[[], Any], what: str, seconds: float) -> Any:
    """Wait for something that comes by itself."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what}")


@contextmanager
def serve(home: Path, place: Path) -> Iterator[Served]:
    """`taizhang serve` as a process of its own; ``place``: a folder for Prefect's files and for what it prints."""
    port, told = free_port(), place / "serve.txt"
    place.mkdir(parents=True, exist_ok=True)
    env = os.environ | {"PREFECT_HOME": str(place / "prefect"), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    env.pop("PREFECT_API_URL", None)
    arguments = [sys.executable, "-m", "flows.cli", "--home", str(home), "serve", "--port", str(port)]
    with told.open("wb") as out:
        process = subprocess.Popen(
            arguments, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=place, preexec_fn=hears_ctrl_c
        )
    served = Served(port, process, told)
    try:
        until(lambda: "已启动" in told.read_text("utf-8") or process.poll() is not None, "serve starts", _STARTS)
        assert process.poll() is None, told.read_text("utf-8")
        yield served
    finally:
        if process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                served.stop()
        if process.poll() is None:
            process.kill()
            process.wait()


class Clerk:
    """A person at a browser, who clicks what the page offers."""

    def __init__(self, driver: Any, pictures: Path) -> None:
        self._driver = driver
        self._pictures = pictures

    def open(self, url: str) -> None:
        self._driver.get(url)

    def press(self, words: str) -> None:
        """Click the button with these words."""
        self._find(f"//button[normalize-space(.)='{words}'] | //button[text()[contains(.,'{words}')]]").click()

    def follow(self, words: str) -> None:
        """Click the link with these words."""
        self._find(f"//a[contains(.,'{words}')]").click()

    def sees(self, words: str, seconds: float = 20) -> None:
        """Wait until the page says so."""
        body = self._driver.find_element("tag name", "body")
        until(lambda: words in body.text, f"“{words}” on the page", seconds)

    def type(self, label: str, text: str) -> None:
        """Fill in the field below a label."""
        field = self._find(f"//label[contains(.,'{label}')]/following::textarea[1]")
        field.clear()
        field.send_keys(text)

    def choose(self, label: str, words: str) -> None:
        """Choose from the list below a label."""
        from selenium.webdriver.support.ui import Select

        Select(
            self._find(f"//label[contains(.,'{label}')]/following::select[1]", clickable=False)
        ).select_by_visible_text(words)

    def submit(self) -> None:
        """Send the form; pressed again when the page, busy with itself, has not heard it."""
        form = self._driver.current_url
        for _ in range(3):
            self.press("Submit")
            with contextlib.suppress(AssertionError):
                until(lambda: self._driver.current_url != form, "the form is left", 15)
                return
        raise AssertionError(f"the form was not sent: {self._driver.find_element('tag name', 'body').text}")

    def picture(self, name: str) -> Path:
        """A screenshot, for a person to look at."""
        path = self._pictures / f"{name}.png"
        self._driver.save_screenshot(str(path))
        return path

    def _find(self, path: str, *, clickable: bool = True) -> Any:
        from selenium.webdriver.support import expected_conditions
        from selenium.webdriver.support.ui import WebDriverWait

        known = (
            expected_conditions.element_to_be_clickable
            if clickable
            else expected_conditions.presence_of_element_located
        )
        return WebDriverWait(self._driver, 30).until(known(("xpath", path)), path)


@contextmanager
def browser(pictures: Path) -> Iterator[Clerk]:
    """Debian's Chromium without a window; skips without it, fails on CI."""
    driver_program = need("chromedriver", "chromium chromium-driver")
    chromium = need("chromium", "chromium chromium-driver")
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ModuleNotFoundError:
        if os.environ.get("CI"):
            raise
        pytest.skip("needs selenium (pip install -e '.[test]')")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"):
        options.add_argument(argument)
    options.add_argument("--no-proxy-server")
    driver = webdriver.Chrome(options=options, service=Service(driver_program))
    pictures.mkdir(parents=True, exist_ok=True)
    try:
        yield Clerk(driver, pictures)
    finally:
        driver.quit()


def pictures_folder(fallback: Path) -> Path:
    """Where screenshots go: the folder that TAIZHANG_SCREENSHOTS names, for a person to look at."""
    named = os.environ.get("TAIZHANG_SCREENSHOTS")
    return Path(named) if named else fallback


__all__ = ["Clerk", "Served", "browser", "free_port", "pictures_folder", "serve", "until"]
