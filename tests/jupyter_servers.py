"""What the browser tests share: servers of Jupyter on a free port, and a notebook that is run."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def server(command, port, folder):
    """A server that answers; ended afterwards."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=folder, **silent)
    for _ in range(240):
        try:  # a page that starts no kernel, as Voilà's first one does each time
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=1)
            break
        except urllib.error.HTTPError:
            break  # an answer, too
        except OSError:
            time.sleep(0.25)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:  # a kernel that does not end is no fault of a lesson
            process.kill()
            process.wait(timeout=20)


@contextlib.contextmanager
def jupyterlab(folder):
    """JupyterLab on a folder; from a notebook's file name to its address."""
    port = free_port()
    own = Path(tempfile.mkdtemp(prefix="jupyterlab-"))
    tracker = own / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text('{"windowingMode": "none"}')  # draw also the cells outside the window
    command = ["jupyterlab", "--no-browser", f"--port={port}", f"--ServerApp.root_dir={folder}"]
    command += ["--IdentityProvider.token=secret", f"--LabApp.workspaces_dir={own / 'workspaces'}"]
    command.append(f"--LabApp.user_settings_dir={own / 'settings'}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")

    def address(notebook):  # a workspace each: a shared one would open the last notebook too
        workspace = f"lab/workspaces/{Path(notebook).stem}"
        return f"http://127.0.0.1:{port}/{workspace}/tree/{notebook}?token=secret"

    with server(command, port, folder):
        yield address


def opened(browser, address):
    """A notebook in JupyterLab, its kernel ready; `outside` collects every request."""
    page = browser.new_page(viewport={"width": 1300, "height": 1500})
    page.outside = []
    page.on("request", lambda request: page.outside.append(request.url))
    page.goto(address)
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    return page


def alone(browser, file, **viewport):
    """A page of one file, open; afterwards it has asked for nothing else, and nothing was wrong."""
    page = browser.new_page(viewport=viewport)
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert asked == [file.as_uri()]
    assert faults == []


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def left_the_computer(page):
    return [url for url in page.outside if "127.0.0.1" not in url and url[:4] == "http"]
