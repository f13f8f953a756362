"""The pipeline schedule explorer on a page of its own: JavaScript says what Python says."""

import pytest

from dlcourse.plan.schedules import NAMES
from dlcourse.widgets.base import STATIC
from dlcourse.widgets.pipeline import PipelineExplorer

TRAITS = ["name", "stages", "micro_batches", "t_comm"]
LOAD = """async ([source, saved]) => {
  const script = document.createElement("script");
  script.textContent = saved;
  document.head.append(script);
  const program = new Blob([source], {type: "text/javascript"});
  window.pipeline = await import(URL.createObjectURL(program));
}"""
SHOW = """state => {
  document.body.replaceChildren();
  window.model = savedModel(state);
  pipeline.default.render({ model, el: document.body });
}"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page(viewport={"width": 900, "height": 760})
    page.set_content("<!doctype html><body></body>")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate(LOAD, [str(PipelineExplorer._esm), (STATIC / "model.js").read_text("utf8")])
    yield page
    page.close()
    assert errors == []


def told(explorer):
    return repr(explorer).removeprefix("PipelineExplorer: ")


def test_every_pass_has_the_same_time_and_every_chart_says_the_same(page):
    cases, right = [], []
    for name in NAMES:
        for stages, micro_batches, t_comm in (
            (1, 1, 0),
            (2, 3, 4),
            (3, 7, 0),
            (4, 8, 20),
            (8, 16, 3),
        ):
            explorer = PipelineExplorer(name, stages, micro_batches, t_comm)
            cases.append({trait: getattr(explorer, trait) for trait in TRAITS})
            rows = [[[*s.step, s.start, s.end] for s in row] for row in explorer.simulated.spans]
            right.append([rows, told(explorer)])
    made = page.evaluate(
        "cases => cases.map(pipeline.explore).map(({ rows, words }) => [rows, words])", cases
    )
    assert made == right


def test_keys_change_picture_and_sentence_as_python_would(page, keep):
    explorer = PipelineExplorer()
    page.evaluate(SHOW, {trait: getattr(explorer, trait) for trait in [*TRAITS, "names"]})
    keep(page, "pipeline-first")
    for role, label, keys in (
        ("slider", "stages", ["ArrowRight", "End"]),
        ("slider", "micro-batches", ["ArrowRight", "Home"]),
        ("slider", "message, ms", ["ArrowRight", "PageUp"]),
        ("radio", "1F1B", ["ArrowRight", "ArrowRight"]),
    ):
        page.get_by_role(role, name=label, exact=True).focus()
        for key in keys:
            before = page.inner_html(".dl-pipeline svg")
            page.keyboard.press(key)
            assert page.inner_html(".dl-pipeline svg") != before, f"{key}: nothing is drawn"
            for trait in TRAITS:
                setattr(explorer, trait, page.evaluate("trait => model.get(trait)", trait))
            assert page.locator(".dl-sentence").inner_text() == told(explorer)
    shown = page.locator(".dl-slider span").all_inner_texts()
    assert shown == ["stages 8", "micro-batches 1", f"message, ms {explorer.t_comm}"]
    assert explorer.name == "ZB-H1"
    keep(page, "pipeline-last")
