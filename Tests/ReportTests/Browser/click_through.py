#!/usr/bin/env python3
"""Clicks through a page of tcpwitness in headless Chromium, over the DevTools protocol.

usage: click_through.py SMALL.html LARGE.html

Prints what is wrong and ends with status 1. Needs nothing but Chromium: the protocol goes over pipes. AXE may name a
copy of axe-core (axe.min.js), which then must find nothing to complain about in any of the views.
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

    def open_fresh(self, path):
        """Loads the page anew, also where only what follows the # differs."""
        self.call("Page.navigate", url="about:blank")
        self.wait("location.href === 'about:blank'")
        self.open(path)

    def wait(self, condition):
        deadline = time.monotonic() + 60
        while not self.evaluate(condition):
            if time.monotonic() > deadline:
                raise RuntimeError(f"never came true: {condition}")
            time.sleep(0.02)

    def press(self, key, shift=False):
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, " ": 32}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        more = {"windowsVirtualKeyCode": codes[key], "code": key} if key in codes else {}
        if shift:
            more["modifiers"] = 8
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, **more)

    def hover(self, selector):
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])

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


VISIBLE = "[...document.querySelectorAll('.scenarios tbody tr:not(.group)')].filter(row => !row.hidden).length"
ORDER = "[...document.querySelectorAll('.scenarios tbody tr:not([hidden])')].map(row => row.dataset.id ?? row.dataset.group).join(' ')"
TWO = "open.simultaneous-segment-count"


def table(browser):
    """What did not pass stands first; counts, filters and order are addresses."""
    expect(browser, VISIBLE, 3)
    order = browser.evaluate(ORDER)
    if not order.startswith("failed open.syn-recv-visible passed "):
        raise RuntimeError(f"what failed does not stand first: {order}")
    # A claim is told with the reason why it was not kept, and when.
    expect(browser, "document.querySelectorAll('.scenarios .reason.failed').length", 1)
    expect(browser, "document.querySelectorAll('.badge').length", 0)
    browser.click(".counts a.failed")
    browser.wait(VISIBLE + " === 1")
    browser.wait("location.hash === '#?run=1&verdict=failed'")
    browser.evaluate("history.back()")
    browser.wait(VISIBLE + " === 3")
    browser.click("#verdicts a.passed")
    browser.wait(VISIBLE + " === 2")
    browser.press("/")
    expect(browser, "document.activeElement.id", "words")
    for letter in "timeout":
        browser.press(letter)
    browser.wait(VISIBLE + " === 1")
    expect(browser, "document.getElementById('count').textContent", "1 of 3 scenarios")
    expect(browser, "location.hash", "#?verdict=passed&q=timeout")
    for letter in "xyz":
        browser.press(letter)
    browser.wait(VISIBLE + " === 0")
    browser.click("#clear")
    browser.wait(VISIBLE + " === 3")
    browser.press("Escape")
    browser.click("[data-sort='id']")
    browser.wait("location.hash === '#?sort=id'")
    browser.wait("document.querySelector('[data-sort=id]').closest('th').getAttribute('aria-sort') === 'ascending'")
    first = browser.evaluate(ORDER).split()
    if first != sorted(first):
        raise RuntimeError(f"not in order: {first}")
    browser.click("[data-sort='id']")
    browser.wait("location.hash === '#?sort=-id'")
    browser.wait(ORDER + f".split(' ')[0] === '{first[-1]}'")
    browser.click("[data-sort='time0']")
    browser.wait("document.querySelector('[data-sort=time0]').closest('th').getAttribute('aria-sort') === 'descending'")
    expect(browser, "(() => { const took = [...document.querySelectorAll('.scenarios tbody tr:not(.group)')].map(row =>"
           " Number(row.querySelector('td.cell').dataset.took)); return took.every((one, i) => !i || one <= took[i - 1]); })()", True)
    changes(browser)


def changes(browser):
    """What changed from one kernel to the next is told by commit, and each is an address that filters the table."""
    browser.evaluate("location.hash = ''")
    browser.wait(VISIBLE + " === 3")
    expect(browser, "document.querySelectorAll('.news').length", 1)
    # What nothing explains is seen without a click.
    expect(browser, "document.querySelector('.news').open && document.querySelector('.news li').className", "new")
    number = browser.evaluate("document.querySelectorAll('.news li').length")
    for place in range(1, number + 1):
        count = browser.evaluate(f"document.querySelector('.news li:nth-of-type({place}) span').textContent.match(/(\\d+) scenario/)[1]")
        browser.click(f".news li:nth-of-type({place}) a")
        browser.wait("location.hash.startsWith('#?differs=') && document.getElementById('differs').selectedIndex > 0")
        browser.wait(f"{VISIBLE} === {count}")
    browser.evaluate("location.hash = ''")
    browser.wait(VISIBLE + " === 3")


def addresses(browser, path):
    """An address shows the same in a fresh page, and one that names nothing says so."""
    browser.open_fresh(path + "#?verdict=failed&topic=open")
    expect(browser, VISIBLE, 1)
    expect(browser, "document.getElementById('topic').value", "open")
    browser.open_fresh(path + "#nothing.like-it")
    expect(browser, "document.getElementById('unknown').hidden", False)
    if "nothing.like-it" not in browser.evaluate("document.getElementById('unknown').textContent"):
        raise RuntimeError("the unknown scenario is not named")
    browser.open_fresh(path + "#open.simultaneus-segment-count")
    browser.click("#unknown a")
    browser.wait("location.hash.startsWith('#open.')")
    browser.wait("!document.getElementById('detail').hidden")
    expect(browser, "document.getElementById('unknown').hidden", True)
    browser.open_fresh(path + "#%")
    expect(browser, "document.getElementById('unknown').hidden", False)
    browser.open_fresh(path + f"#{TWO}@1?segment=0.2")
    expect(browser, "document.querySelectorAll('#segment').length", 1)
    if TWO not in browser.evaluate("document.title") or "6.12.0" not in browser.evaluate("document.title"):
        raise RuntimeError("the title does not name scenario and kernel")
    # The segment stands where the panel does not cover it.
    expect(browser, "document.querySelector('.arrow.chosen').getBoundingClientRect().bottom <"
           " document.getElementById('segment').getBoundingClientRect().top", True)


def scenario(browser, path):
    browser.open_fresh(path)
    browser.click(f"tr[data-id='{TWO}'] th a")
    browser.wait("!document.getElementById('detail').hidden")
    expect(browser, "document.querySelector('#detail h2').firstChild.textContent", TWO)
    expect(browser, "document.querySelectorAll('svg.ladder').length", 1)
    expect(browser, "document.querySelectorAll('svg.ladder .arrow.released rect').length", 4)
    if browser.evaluate("document.querySelectorAll('svg.ladder .bar rect').length") < 4:
        raise RuntimeError("states are missing")
    inside(browser)
    # Not even when hours have passed.
    expect(browser, "(() => { const ladder = {rows: [[11598400000, 0, 7, 'late', 0, 1]], arrows: [], bars: [], timers: []};"
           " const x = columnsOf(ladder, 640); const place = placeRows([ladder], [rowsOf(ladder, x, {looks: true})], [])[0];"
           " const svg = drawLadder(ladder, x, place, {}); document.body.append(svg); const time = svg.querySelector('.time');"
           " const room = time.getBoundingClientRect().left - svg.getBoundingClientRect().left; svg.remove();"
           " return room >= 2; })()", True)
    # However many sockets there are, both hosts are within the width.
    expect(browser, "(() => { const bars = Array.from({length: 90}, (_, i) => [i % 2, `s${i}`, [['ESTABLISHED', 0, 1]]]);"
           " return [360, 640, 1400].every(width => { const x = columnsOf({rows: [[0, 0, 0, 'x', 0]], arrows: [], bars, timers: []}, width);"
           " return x.total <= width && x.barsB + 45 * x.laneWidth <= width + 1 && x.railB - x.railA > 80; }); })()", True)
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
    browser.wait(f"location.hash.startsWith('#{TWO}')")
    browser.press("n")
    browser.press("p")
    browser.wait("location.hash.startsWith('#open.syn-recv-visible')")
    browser.evaluate(f"location.hash = '#{TWO}@0'")
    browser.wait(f"document.querySelector('#detail h2').firstChild.textContent === '{TWO}'")


def inside(browser):
    """Nothing is drawn outside of the picture."""
    expect(browser, "[...document.querySelectorAll('svg.ladder')].flatMap(picture => { const svg = picture.getBoundingClientRect();"
           " return [...picture.querySelectorAll('text, rect')].filter(e => {"
           " const r = e.getBoundingClientRect(); return r.left < svg.left - 1 || r.right > svg.right + 1"
           " || r.bottom > svg.bottom + 1; }).map(e => e.textContent); }).join()", "")


def segments(browser):
    """Hover, click and keys lead from a segment to its headers, its bytes and its captures."""
    browser.hover("svg.ladder [data-segment='0'] .hit")
    browser.wait("document.getElementById('tip') && !document.getElementById('tip').hidden")
    if "SYN" not in browser.evaluate("document.getElementById('tip').textContent"):
        raise RuntimeError("the tip does not tell the flags")
    browser.click("svg.ladder [data-segment='0'] .hit")
    browser.wait("document.getElementById('segment')")
    expect(browser, "location.hash.includes('segment=0.0')", True)
    words = browser.evaluate("document.getElementById('segment').textContent")
    for wanted in ("SYN", "sequence", "window", "options", f"{TWO}.A.pcapng", "packet 1 of"):
        if wanted not in words:
            raise RuntimeError(f"the panel lacks {wanted}: {words}")
    browser.press("Escape")
    browser.wait("!document.getElementById('segment')")
    browser.press("s")
    expect(browser, "document.activeElement.dataset.segment", "0")
    browser.press("ArrowDown")
    expect(browser, "document.activeElement.dataset.segment", "1")
    browser.press("Enter")
    browser.wait("location.hash.includes('segment=0.1')")
    browser.wait("document.getElementById('segment')")
    browser.press("Escape")
    browser.wait("!document.getElementById('segment')")
    expect(browser, "document.activeElement.dataset.segment", "1")
    # A frame as a kernel sent it: SYN/ACK with all usual options.
    frame = ("0200000000020200000000010800" "4500003c00004000400600000a0000020a000001"
             "1388da9c1122334455667788a012fe88beef0000" "020405b40402080a0a0b0c0d0102030401030307")
    browser.evaluate("globalThis.bytesOf = hex => (hex.match(/../g) ?? []).map(pair => parseInt(pair, 16))")
    fields = browser.evaluate(f"decodeFrame(bytesOf('{frame}')).fields.map(field => [field.layer, field.name, field.words].join(': ')).join('; ')")
    for wanted in ("Ethernet: type: 0x0800", "IPv4: source: 10.0.0.2", "IPv4: flags, fragment offset: DF, 0", "TCP: source port: 5000",
                   "TCP: destination port: 55964", "TCP: sequence: 287454020", "TCP: acknowledgement: 1432778632",
                   "TCP: header length, flags: 40 bytes, SYN ACK", "TCP: window: 65160", "TCP: maximum segment size: 1460",
                   "TCP: SACK permitted: ", "TCP: timestamps: 168496141, echoes 16909060", "TCP: window scale: shift by 7"):
        if wanted not in fields:
            raise RuntimeError(f"{wanted} is not decoded: {fields}")
    # Any prefix is decoded as far as it goes, and what is no frame breaks nothing.
    browser.evaluate(f"(() => {{ const frame = '{frame}'; for (let end = 2; end <= frame.length; end += 2) decodeFrame(bytesOf(frame.slice(0, end)));"
                     " for (const hex of ['', 'ff'.repeat(80), '00'.repeat(80), '60' + '00'.repeat(60)]) decodeFrame(bytesOf(hex)); })()")


def comparison(browser):
    if not browser.evaluate("document.querySelectorAll('#differences td').length"):
        raise RuntimeError("no differences are told")
    browser.press("c")
    browser.wait("document.querySelectorAll('svg.ladder').length === 2")
    expect(browser, "document.getElementById('differences').open", True)
    if not browser.evaluate("document.querySelectorAll('svg.ladder .fresh').length"):
        raise RuntimeError("no row is marked as different")
    inside(browser)
    # What both have lies at one height; the first segments, here.
    expect(browser, "(() => { const [a, b] = [...document.querySelectorAll('svg.ladder')].map(svg =>"
           " svg.querySelector('[data-segment=\"0\"]').getBoundingClientRect().top); return Math.abs(a - b) < 1; })()", True)
    expect(browser, "(() => { const [a, b] = [...document.querySelectorAll('svg.ladder')].map(svg => svg.getBoundingClientRect());"
           " return a.top === b.top && a.height === b.height; })()", True)
    browser.press("]")
    browser.wait("document.querySelector('button.run[aria-pressed=true]').dataset.run === '1'")
    browser.press("c")
    browser.wait("document.querySelectorAll('svg.ladder').length === 1")
    browser.press("Escape")
    browser.wait("document.getElementById('detail').hidden")
    expect(browser, "document.activeElement.closest('tr').dataset.id", TWO)
    browser.press("t")
    expect(browser, "getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'", True)
    browser.press("t")


def keyboard(browser, path):
    """Whatever can be clicked can be reached by Tab or the arrow keys, and is seen to be."""
    browser.open_fresh(path + f"#{TWO}@0?segment=0.0")
    reached = set()
    browser.evaluate("document.body.focus(); document.activeElement.blur();"
                     " [...document.querySelectorAll('a[href], button, input, select, summary')].forEach((e, i) => e.dataset.stop = i)")
    wanted = set(browser.evaluate("[...document.querySelectorAll('[data-stop]')].filter(e => e.checkVisibility() && !e.disabled).map(e => e.dataset.stop)"))
    for _ in range(len(wanted) + 40):
        browser.press("Tab")
        reached.add(browser.evaluate("document.activeElement.dataset.stop ?? ''"))
    if wanted - reached:
        names = browser.evaluate(f"{json.dumps(sorted(wanted - reached))}.map(i => document.querySelector(`[data-stop='${{i}}']`).outerHTML.slice(0, 90)).join('; ')")
        raise RuntimeError(f"Tab does not reach {names}")
    browser.press("?", shift=True)
    browser.wait("document.getElementById('sheet').open")
    for key in ("/", "j", "n", "s", "c", "t", "Esc"):
        if not browser.evaluate(f"[...document.querySelectorAll('#sheet kbd')].some(e => e.textContent === '{key}')"):
            raise RuntimeError(f"the sheet lacks {key}")
    browser.press("Escape")
    browser.wait("!document.getElementById('sheet').open")
    browser.wait("document.getElementById('segment')")


def narrow(browser, path):
    """On a telephone the claim is there, and so are both hosts."""
    browser.size(420, 800)
    for place in ("", "#open.syn-timeout", f"#{TWO}@0..1", f"#{TWO}@0?segment=0.0"):
        browser.open_fresh(path + place)
        expect(browser, "document.documentElement.scrollWidth <= innerWidth", True)
        if not place:
            # Each mark is below the name of its kernel.
            expect(browser, "(() => { const middle = e => { const r = e.getBoundingClientRect(); return r.x + r.width / 2; };"
                   " const heads = [...document.querySelectorAll('.scenarios thead .cell span')].map(middle);"
                   " return [...document.querySelectorAll('.scenarios tbody .cell a')].every((cell, index) =>"
                   " Math.abs(middle(cell) - heads[index % heads.length]) < 3); })()", True)
            expect(browser, "[...document.querySelectorAll('.scenarios td.claim')].every(e => e.checkVisibility() && e.offsetWidth > 200)", True)
        else:
            expect(browser, "document.querySelector('.headline').checkVisibility()", True)
            expect(browser, "[...document.querySelectorAll('svg.ladder')].every(e => e.getBoundingClientRect().right <= innerWidth)", True)
            inside(browser)
    browser.size(1400, 900)


def accessible(browser, path):
    """axe-core has no complaint about any view, light or dark, wide or narrow."""
    axe = os.environ.get("AXE")
    if not axe:
        return
    with open(axe, encoding="utf-8") as file:
        source = file.read()
    views = ["", "#?verdict=failed", "#nothing.like-it", f"#{TWO}@0", f"#{TWO}@0..1", f"#{TWO}@0?segment=0.0", "#open.syn-recv-visible@1"]
    for width in (1400, 420):
        browser.size(width, 900)
        for view in views:
            for theme in ("light", "dark"):
                browser.open_fresh(path + view)
                browser.evaluate(f"document.documentElement.dataset.theme = '{theme}';"
                                 " document.querySelectorAll('details').forEach(e => e.open = true)")
                complain(browser, source, f"{view or 'the table'}, {width} pixels, {theme}")
    browser.press("?", shift=True)
    complain(browser, source, "the sheet of keys")
    browser.size(1400, 900)


def complain(browser, source, view):
    browser.evaluate(source + "; 0")
    found = browser.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.map(v =>"
                             " `${v.id} (${v.help}): ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`).join('\\n'))")
    if found:
        raise RuntimeError(f"axe complains about {view}: {found}")


def large(browser, path):
    begin = time.monotonic()
    browser.open_fresh(path)
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
        table(browser)
        addresses(browser, sys.argv[1])
        scenario(browser, sys.argv[1])
        segments(browser)
        comparison(browser)
        keyboard(browser, sys.argv[1])
        narrow(browser, sys.argv[1])
        accessible(browser, sys.argv[1])
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
