"""A page in a browser: on a phone nothing but tables scrolls sideways, on paper it is dark on white and whole."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ragone.app.markup import element, figure, page, table

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ID = "kpi-" + "0123456789abcdef" * 4
WIDE = """[...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table')).length"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no Chromium to open a page with")]


class Browser:
    """One tab of a browser without a window, driven over its debugging protocol."""

    def __init__(self, connection: Any) -> None:
        self._connection, self._number = connection, 0

    def ask(self, method: str, **given: Any) -> Any:
        """Call a method of the protocol."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while (answer := json.loads(self._connection.recv(timeout=30))).get("id") != self._number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def value(self, expression: str) -> Any:
        """Evaluate a line of JavaScript in the page."""
        return self.ask("Runtime.evaluate", expression=expression)["result"]["value"]

    def shows(self, path: Path, width: int, media: str = "screen") -> None:
        """Open a page that narrow, for somebody who prefers dark colours."""
        dark = [{"name": "prefers-color-scheme", "value": "dark"}]
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=700, deviceScaleFactor=2, mobile=True)
        self.ask("Emulation.setEmulatedMedia", media=media, features=dark)
        self.ask("Page.navigate", url=path.as_uri())
        while self.value("document.readyState + location.protocol") != "completefile:":
            pass


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    """Start a browser in a folder of its own."""
    from websockets.sync.client import connect

    home = tmp_path_factory.mktemp("browser")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    with subprocess.Popen([*command, f"--user-data-dir={home}", "about:blank"], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if b"DevTools listening on" in line)
        with connect(line.decode().split()[-1], max_size=None, proxy=None) as whole:
            target = Browser(whole).ask("Target.getTargets")["targetInfos"][0]["targetId"]
        address = line.decode().split()[-1].partition("/devtools")[0]
        with connect(f"{address}/devtools/page/{target}", max_size=None, proxy=None) as tab:
            yield Browser(tab)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """Write a page with all that a report has: long ids, a wide table, a large picture, code, folded rows."""
    file = BytesIO()
    Image.new("RGB", (1200, 800), "orange").save(file, "PNG")
    rows = [["mass loading 20.01 mg/cm²", "650.0 ± 1.5 W.h/L", f"candidate{ID[3:]}", "a reason of several words"]] * 3
    path = tmp_path_factory.mktemp("page") / "page.html"
    shown = [
        element("h1", "A campaign with a long name"),
        element("p", "Made of ", element("code", ID)),
        table(["design", "energy density", "id", "reason"], rows),
        figure(file.getvalue(), "A picture", "Its caption"),
        element("pre", element("code", f"ragone reproduce {ID} --deep --lake demo/lake")),
        element("details", element("summary", "All designs"), table(["id"], [["folded-row"]])),
    ]
    path.write_text(page("A page", *shown), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [320, 360])
def test_only_tables_scroll_sideways_on_a_phone(browser, path, width):
    """The page is as wide as the screen, pictures too; a table scrolls within itself."""
    browser.shows(path, width)
    assert browser.value("document.documentElement.scrollWidth") == width
    assert browser.value(WIDE) == 0
    assert browser.value("document.querySelector('.table').scrollWidth > document.querySelector('.table').clientWidth")
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"


def test_paper_is_white_and_holds_everything(browser, path):
    """Dark colours are of screens; what is folded is printed."""
    browser.shows(path, 800, "print")
    assert browser.value("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.value("[...document.querySelectorAll('td')].at(-1).checkVisibility({contentVisibilityAuto: true})")
    assert len(base64.b64decode(browser.ask("Page.printToPDF")["data"])) > 5000
