"""Pages without a kernel or a network: what is in them, and what is not."""

import re
from pathlib import Path

import nbformat
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


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The whole course as pages: the written paths."""
    return export(tmp_path_factory.mktemp("course"))


def test_every_lesson_and_exercise_has_a_page(course):
    notebooks = [*ROOT.glob("lessons/*.ipynb"), *ROOT.glob("exercises/*.ipynb")]
    assert sorted(path.stem for path in course) == sorted(path.stem for path in notebooks)


def test_a_page_loads_nothing_and_its_links_lead_to_pages(course):
    for path in course:
        text = re.sub(r"<script.*?</script>", "", path.read_text(encoding="utf8"), flags=re.S)
        asked = [match[1] or match[0] for match in LOADING.finditer(text)]
        assert [a for a in asked if not re.search(rf'<a [^>]*href="{re.escape(a)}"', text)] == []
        assert "Traceback" not in text
        local = [link for link in links(path) if "://" not in link]
        assert all((path.parent / link.partition("#")[0]).exists() for link in local), path


def test_hidden_code_is_folded_and_formulas_are_drawn():
    hidden = v4.new_code_cell("secret = 1", metadata={"jupyter": {"source_hidden": True}})
    words = v4.new_markdown_cell("So many: $n^2$.")
    text = page(v4.new_notebook(cells=[hidden, words]), ROOT / "any.ipynb")
    assert re.search(r"<details><summary>how this was computed</summary>.*secret", text, re.S)
    assert 'alt="n^2"' in text


def write(path, words):
    path.parent.mkdir(exist_ok=True)
    nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell(words)]), path)
    return path


def links(page):
    return re.findall(r'<a href="([^"#][^"]*)"', page.read_text(encoding="utf8"))


def test_links_between_exported_notebooks_lead_to_pages(tmp_path):
    beside, below, back = "b.ipynb", "../exercises/a.ipynb#part-2", "../lessons/b.ipynb"
    left = "../solutions/a.ipynb"  # has no page
    words = f"[b]({beside}) [exercise]({below}) [solution]({left}) `({beside})`"
    notebooks = [write(tmp_path / "lessons" / f"{name}.ipynb", words) for name in "ab"]
    notebooks.append(write(tmp_path / "exercises" / "a.ipynb", f"[lesson]({back})"))
    out = tmp_path / "pages"
    lesson, _, exercise = export(out, notebooks)
    assert links(lesson) == ["b.html", "exercises/a.html#part-2", left]
    assert links(exercise) == ["../b.html"]
    assert (exercise.parent / "../b.html").resolve() in map(Path.resolve, out.glob("*.html"))
    assert links(export(out, notebooks[:1])[0]) == [beside, below, left]


def test_formulas_are_pictures_and_code_stays_code():
    html = markdown(".")(r"$a < b$, $$\sum_i x_i$$ and `$c$`, $\unknown{x}$")
    assert html.count("<img") == 2
    assert 'alt="a &lt; b"' in html and "<code>$c$</code>" in html
    assert r"<code>\unknown{x}</code>" in html


def test_a_hint_stays_folded():
    hint = "<details><summary>Hint 1</summary>\n\nUse `sum`.\n\n</details>"
    inside = re.search(r"<details>(.*?)</details>", markdown(".")(hint), re.S)[1]
    assert "<code>sum</code>" in inside


def test_a_formula_is_the_same_every_time():
    assert formula(r"\frac{1}{n}") == formula(r"\frac{1}{n}")
