"""Pages without a kernel or a network: what is in them, and what is not."""

import re

import nbformat.v4 as v4
import pytest

from dlcourse.course.export import ROOT, export, page
from dlcourse.course.formulas import formula, markdown
from dlcourse.widgets.slide import SlideAndFlip

LOADING = re.compile(r"""(?:src|href)=["'](?!#|data:)([^"']+)|@import|url\((?!["']?data:)""")


def widget_notebook():
    """A notebook as nbclient stores it: one widget shown, its state in the metadata."""
    widget = SlideAndFlip([1, 2], [3, 4])
    data = widget._repr_mimebundle_()[0]
    model = {"model_name": "AnyModel", "model_module": "anywidget", "state": widget.get_state()}
    page = {"version_major": 2, "version_minor": 0, "state": {widget.model_id: model}}
    output = v4.new_output("execute_result", data=data, execution_count=1)
    widgets = {"application/vnd.jupyter.widget-state+json": page}
    cell = v4.new_code_cell("SlideAndFlip(f, g)", outputs=[output])
    return v4.new_notebook(cells=[cell], metadata={"widgets": widgets}), widget


def test_a_widget_is_mounted_over_its_saved_state():
    notebook, widget = widget_notebook()
    text = page(notebook, ROOT / "lessons" / "any.ipynb")
    assert f'<div data-model="{widget.model_id}"><svg' in text
    assert text.count("function overlap(") == 1 and "</script>" in text
    assert text.count("mountAll(") == 2  # defined and called


@pytest.mark.parametrize("path", sorted(ROOT.glob("lessons/*.ipynb")), ids=lambda p: p.stem)
def test_a_lesson_becomes_a_page_that_loads_nothing(path, tmp_path):
    (written,) = export(tmp_path, [path])
    text = re.sub(r"<script.*?</script>", "", written.read_text(encoding="utf8"), flags=re.S)
    asked = [match[1] or match[0] for match in LOADING.finditer(text)]
    links = [a for a in asked if not re.search(rf'<a [^>]*href="{re.escape(a)}"', text)]
    assert links == []
    assert "Traceback" not in text


def test_hidden_code_is_folded_and_lessons_are_linked():
    hidden = v4.new_code_cell("secret = 1", metadata={"jupyter": {"source_hidden": True}})
    words = v4.new_markdown_cell("Go on with [lesson 01](01_what.ipynb), $n^2$.")
    text = page(v4.new_notebook(cells=[hidden, words]), ROOT / "any.ipynb")
    assert re.search(r"<details><summary>how this was computed</summary>.*secret", text, re.S)
    assert 'href="01_what.html"' in text and 'alt="n^2"' in text


def test_formulas_are_pictures_and_code_stays_code():
    html = markdown(".")(r"$a < b$, $$\sum_i x_i$$ and `$c$`, $\unknown{x}$")
    assert html.count("<img") == 2
    assert 'alt="a &lt; b"' in html and "<code>$c$</code>" in html
    assert r"<code>\unknown{x}</code>" in html


def test_a_formula_is_the_same_every_time():
    assert formula(r"\frac{1}{n}") == formula(r"\frac{1}{n}")
