"""Opens a report in headless Chromium, clicks and types, and takes screenshots: browser.py REPORT.html FOLDER [N].

Fails if the console has a message, a request leaves the file, or a filter shows what it should not. With N, a step of the
keyboard on a page of N RoIs must take less than 100 ms on average.
"""

import os
import shutil
import sys
import time

from playwright.sync_api import sync_playwright

report, folder = (os.path.abspath(argument) for argument in sys.argv[1:3])
large = int(sys.argv[3]) if len(sys.argv) > 3 else 0
problems = []


def check(holds, what):
    if not holds:
        problems.append(what)


def count(page):
    shown, _, all_of_them = page.inner_text("#count").replace(",", "").replace(" RoIs", "").partition(" of ")
    return int(shown), int(all_of_them)


def clicks(page):
    shown, everything = count(page)
    check(shown == everything > 0, "all RoIs are shown at first")
    page.uncheck("#outcomes input[data-outcome='0']")
    without = count(page)[0]
    rows = page.eval_on_selector_all("#rois tbody tr", "rows => rows.map(row => row.cells[4].textContent)")
    check(without < everything and "selected" not in rows, "the outcome selected is filtered")
    page.check("#outcomes input[data-outcome='0']")
    page.select_option("#image", index=1)
    names = set(page.eval_on_selector_all("#rois tbody tr", "rows => rows.map(row => row.cells[2].textContent)"))
    check(len(names) == 1 and count(page)[0] < everything, "one image is shown")
    page.select_option("#label", index=1)
    both = count(page)[0]
    page.fill("#low", "1")
    losses = page.eval_on_selector_all("#rois tbody tr", "rows => rows.map(row => Number(row.cells[5].textContent))")
    check(count(page)[0] <= both and all(loss >= 1 for loss in losses), "losses are filtered")
    page.click("#reset")
    check(count(page) == (everything, everything), "reset shows all")
    page.click("#images tbody tr:nth-child(2)")
    image = page.inner_text("#images tbody tr:nth-child(2) td:first-child")
    check(page.inner_text("#name") == f"image {image}", "a click on an image shows it")
    page.click("#rois tbody tr:nth-child(3)")
    row = page.inner_text("#rois tbody tr[aria-selected='true'] td:nth-child(2)")
    check(page.inner_text("#detail").startswith(f"row {row}:"), "a click on a RoI shows it")


def keys(page):
    page.click("#reset")
    page.click("h1")
    before = page.inner_text("#detail")
    page.keyboard.press("j")
    after = page.inner_text("#detail")
    page.keyboard.press("k")
    check(before != after and page.inner_text("#detail") == before, "j and k step")
    name = page.inner_text("#name")
    page.keyboard.press("n")
    check(page.inner_text("#name") != name, "n shows the next image")
    page.keyboard.press("r")


def speed(page):
    page.click("h1")
    started = time.time()
    for _ in range(50):
        page.keyboard.press("j")
        page.evaluate("() => new Promise(requestAnimationFrame)")
    step = (time.time() - started) / 50
    print(f"{count(page)[1]} RoIs: {1000 * step:.0f} ms for a step of the keyboard")
    check(count(page)[1] == large and step < 0.1, "steps are fast")


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 860})
        page.on("console", lambda message: problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or problems.append(request.url))
        page.goto("file://" + report)
        page.wait_for_timeout(500)
        page.screenshot(path=os.path.join(folder, f"report-{scheme}.png"))
        if scheme == "light":
            clicks(page)
            keys(page)
            if large:
                speed(page)
    browser.close()
print("\n".join(problems) or "the report works")
sys.exit(bool(problems))
