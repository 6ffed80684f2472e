"""The built scripts work in a real browser under the policy that the product sends."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools.assets import VENDOR

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'"
)
CHART = """<!doctype html><link rel="icon" href="data:,"><div id="chart"></div>
<script src="/echarts.js"></script><script src="/chart.js"></script>"""
CHART_SCRIPT = """
const chart = echarts.init(document.getElementById("chart"), null, { renderer: "svg", width: 600, height: 300 });
chart.setOption({
  aria: { enabled: true },
  tooltip: { renderMode: "richText", trigger: "axis" },
  xAxis: { type: "category", data: ["高", "中", "低"] },
  yAxis: {},
  series: [{ type: "bar", name: "客户", data: [1, 2, 3] }, { type: "line", name: "价值", data: [3, 2, 1] },
           { type: "scatter", name: "潜力", data: [1, 1, 2] }],
});
"""
ALPINE = """<!doctype html><link rel="icon" href="data:,"><div x-data="counter">
<button x-on:click="more">+</button><output x-text="count"></output></div>
<script src="/counter.js"></script><script src="/alpine-csp.js"></script>"""
ALPINE_SCRIPT = """
document.addEventListener("alpine:init", () => {
  Alpine.data("counter", () => ({ count: 0, more() { this.count += 1; } }));
});
"""


@pytest.fixture
def site():
    """Serve the built scripts and the given pages under the strict policy; yields (address, pages)."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            built = VENDOR / self.path.lstrip("/")
            body = pages[self.path].encode() if self.path in pages else built.read_bytes()
            kind = "text/javascript" if self.path.endswith(".js") else "text/html"
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()
        thread.join()


@pytest.fixture
def complaints(page):
    """What the browser complains about: violations of the policy and errors of scripts."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_chart_draws_and_explains_itself_on_hover(page, site, complaints):
    address, pages = site
    pages |= {"/": CHART, "/chart.js": CHART_SCRIPT}

    page.goto(address)
    page.wait_for_selector("#chart svg")
    page.mouse.move(300, 150)
    page.wait_for_function("document.querySelector('#chart svg').textContent.includes('潜力')")

    assert complaints == []


def test_alpine_runs_registered_components_without_eval(page, site, complaints):
    address, pages = site
    pages |= {"/": ALPINE, "/counter.js": ALPINE_SCRIPT}

    page.goto(address)
    page.click("button")
    page.click("button")

    assert page.inner_text("output") == "2"
    assert complaints == []
