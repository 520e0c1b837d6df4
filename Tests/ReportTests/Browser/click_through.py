#!/usr/bin/env python3
"""Clicks through a page of tcpwitness in headless Chromium, over the DevTools protocol.

usage: click_through.py SMALL.html LARGE.html

Prints what is wrong and ends with status 1, or says nothing. Needs nothing but Chromium: the protocol goes over pipes.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


class Browser:
    """A page in a Chromium of its own."""

    def __init__(self):
        self.directory = tempfile.mkdtemp()
        commands, ours = os.pipe()
        self.input, answers = os.pipe()

        def arrange():
            # The browser reads commands from descriptor 3 and answers on 4; neither may be overwritten by the other.
            os.dup2(commands, 13)
            os.dup2(answers, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             f"--user-data-dir={self.directory}", "about:blank"],
            close_fds=False, preexec_fn=arrange, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.output = ours
        self.buffer = b""
        self.number = 0
        self.session = None
        self.errors = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                more = os.read(self.input, 1 << 20)
                if not more:
                    raise RuntimeError("the browser is gone")
                self.buffer += more
            line, self.buffer = self.buffer.split(b"\0", 1)
            answer = json.loads(line)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"]["exception"]["description"])

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def open(self, path):
        self.call("Page.navigate", url="file://" + path)
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def wait(self, condition):
        deadline = time.monotonic() + 60
        while not self.evaluate(condition):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never came true: {condition}")
            time.sleep(0.02)

    def press(self, key):
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key if len(key) == 1 else "")
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, selector):
        """With the mouse, where the element is: what something covers cannot be clicked."""
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
            self.process.wait(20)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            shutil.rmtree(self.directory, ignore_errors=True)


def expect(browser, expression, wanted):
    seen = browser.evaluate(expression)
    if seen != wanted:
        raise RuntimeError(f"{expression}: {seen!r}, expected {wanted!r}")


VISIBLE = "[...document.querySelectorAll('#scenarios tbody tr')].filter(row => !row.hidden).length"


def filters(browser):
    expect(browser, VISIBLE, 3)
    browser.press("/")
    expect(browser, "document.activeElement.id", "words")
    for letter in "timeout":
        browser.press(letter)
    browser.wait(VISIBLE + " === 1")
    expect(browser, "document.getElementById('count').textContent", "1 of 3 scenarios")
    for letter in "xyz":
        browser.press(letter)
    browser.wait(VISIBLE + " === 0")
    browser.click("#clear")
    browser.wait(VISIBLE + " === 3")
    browser.press("Escape")
    browser.evaluate("(() => { const v = document.getElementById('verdict'); v.value = 'failed';"
                     " v.dispatchEvent(new Event('input', {bubbles: true})); })()")
    browser.wait(VISIBLE + " === 1")
    browser.evaluate("clearFilter()")
    browser.press("Escape")


def scenario(browser):
    browser.click("tr[data-id='open.simultaneous-segment-count'] th a")
    browser.wait("!document.getElementById('detail').hidden")
    expect(browser, "document.querySelector('#detail h2').firstChild.textContent", "open.simultaneous-segment-count")
    expect(browser, "document.querySelectorAll('svg.ladder').length", 1)
    expect(browser, "document.querySelectorAll('svg.ladder .arrow.released rect').length", 4)
    if browser.evaluate("document.querySelectorAll('svg.ladder .bar rect').length") < 4:
        raise RuntimeError("states are missing")
    # Nothing is drawn outside of the picture.
    expect(browser, "(() => { const svg = document.querySelector('svg.ladder').getBoundingClientRect();"
           " return [...document.querySelectorAll('svg.ladder text, svg.ladder rect')].filter(e => {"
           " const r = e.getBoundingClientRect(); return r.left < svg.left - 1 || r.right > svg.right + 1"
           " || r.bottom > svg.bottom + 1; }).length; })()", 0)
    # Not even when hours have passed.
    expect(browser, "(() => { const svg = drawLadder({rows: [[11598400000, 0, 7, 'late', 0, 1]], arrows: [], bars: [],"
           " timers: []}, 640, {looks: true}); document.body.append(svg); const time = svg.querySelector('.time');"
           " const room = time.getBoundingClientRect().left - svg.getBoundingClientRect().left; svg.remove();"
           " return room >= 2; })()", True)
    # What is known to have changed is told in a line, which does not push the diagram away; what is not stands open.
    expect(browser, "document.getElementById('differences').open", True)
    step = "[{before: runs[0].name, after: runs[1].name, groups: [{known: 'a commit', items: [['a', 'b', 'c']]}]}]"
    expect(browser, f"differences({{steps_between: {step}}}, [0]).open", False)
    expect(browser, f"differences({{steps_between: {step}}}, [0, 1]).open", True)
    before = browser.evaluate("document.querySelectorAll('svg.ladder text').length")
    browser.click("#show-minor")
    browser.wait(f"document.querySelectorAll('svg.ladder text').length > {before}")
    browser.press("k")
    browser.wait("location.hash.startsWith('#open.syn')")
    browser.press("j")
    browser.wait("location.hash.startsWith('#open.simultaneous-segment-count')")


def comparison(browser):
    if not browser.evaluate("document.querySelectorAll('#differences td').length"):
        raise RuntimeError("no differences are told")
    browser.press("c")
    browser.wait("document.querySelectorAll('svg.ladder').length === 2")
    expect(browser, "document.getElementById('differences').open", True)
    if not browser.evaluate("document.querySelectorAll('svg.ladder .fresh').length"):
        raise RuntimeError("no row is marked as different")
    browser.press("]")
    browser.wait("document.querySelector('button.run[aria-pressed=true]').dataset.run === '1'")
    browser.press("c")
    browser.wait("document.querySelectorAll('svg.ladder').length === 1")
    browser.press("Escape")
    browser.wait("document.getElementById('detail').hidden")
    expect(browser, "document.activeElement.closest('tr').dataset.id", "open.simultaneous-segment-count")
    browser.press("t")
    expect(browser, "getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'", True)
    browser.press("t")


def narrow(browser, path):
    browser.size(400, 800)
    for place in ("", "#open.syn-timeout"):
        browser.open(path + place)
        expect(browser, "document.documentElement.scrollWidth <= innerWidth", True)
        if not place:
            # Each mark is below the name of its kernel.
            expect(browser, "(() => { const middle = e => { const r = e.getBoundingClientRect(); return r.x + r.width / 2; };"
                   " const heads = [...document.querySelectorAll('#scenarios thead .cell span')].map(middle);"
                   " return [...document.querySelectorAll('#scenarios tbody .cell a')].every((cell, index) =>"
                   " Math.abs(middle(cell) - heads[index % heads.length]) < 3); })()", True)
    browser.size(1400, 900)


def large(browser, path):
    begin = time.monotonic()
    browser.open(path)
    expect(browser, VISIBLE, 145)
    loaded = time.monotonic()
    browser.evaluate("location.hash = '#topic3.scenario-3@0..4'")
    browser.wait("document.querySelectorAll('svg.ladder').length === 2")
    shown = time.monotonic()
    print(f"large page: loaded in {loaded - begin:.2f} s, two diagrams in {shown - loaded:.2f} s")


def main():
    browser = Browser()
    try:
        browser.size(1400, 900)
        browser.open(sys.argv[1])
        filters(browser)
        scenario(browser)
        comparison(browser)
        narrow(browser, sys.argv[1])
        large(browser, sys.argv[2])
        if browser.errors:
            raise RuntimeError("errors in the page: " + "; ".join(browser.errors))
    finally:
        browser.close()


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        print(error)
        sys.exit(1)
