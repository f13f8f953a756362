"""A bare page with widgets on it, for tests that drive them without JupyterLab."""

import json
from contextlib import contextmanager

from dlcourse.widgets.base import STATIC

LOAD = """async ([names, sources, saved]) => {
  const script = document.createElement("script");
  script.textContent = saved;
  document.head.append(script);
  const load = source => import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
  window.widgets = {};
  for (const [i, name] of names.entries()) window.widgets[name] = await load(sources[i]);
}"""
SHOW = """([name, state, kernel]) => {
  document.body.replaceChildren();
  window.model = savedModel(state);
  if (kernel) window.model.send = () => {};
  window.widgets[name].default.render({ model: window.model, el: document.body });
}"""


@contextmanager
def stage(browser, sources, width=900, height=760):
    """Open a page that knows the modules in sources, a dict name -> JavaScript; none may fail."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_content("<!doctype html><body></body>")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    texts = [str(source) for source in sources.values()]
    page.evaluate(LOAD, [list(sources), texts, (STATIC / "model.js").read_text("utf8")])
    yield page
    page.close()
    assert errors == []


def render(page, name, widget, kernel=False):
    """Show a widget as a notebook stores it."""
    state = {k: v for k, v in widget.get_state().items() if not k.startswith("_") and k != "layout"}
    page.evaluate(SHOW, [name, json.loads(json.dumps(state, sort_keys=True)), kernel])


def each(page, expression, cases):
    """Call a function of the page with the arguments of each case."""
    return page.evaluate(f"cases => cases.map(case_ => ({expression})(...case_))", cases)
