"""The course as a student meets it: JupyterLab in a browser, driven by keyboard."""

from benchmarks.browser import ROOT
from dlcourse.course.export import export

# What gets the keys, and what must look different after them.
KEYBOARD = {
    "slide": (".dl-slide input", ["ArrowRight", "ArrowRight", "ArrowRight"]),
    "explore": (".dl-explore .dl-stage", ["ArrowRight", "ArrowDown", "ArrowDown"]),
    "disc": (".dl-disc input[type=range]", ["PageUp", "ArrowLeft"]),
}


def change(place, act):
    """Do something; the picture and the sentence under it must both be new."""
    sentence = place.locator(".dl-sentence")
    before = place.screenshot(), sentence.inner_text()
    act()
    assert place.screenshot() != before[0], "the picture stays as it was"
    assert sentence.inner_text() != before[1]


def drive(page, kind):
    """Press a widget's keys one after the other."""
    control, keys = KEYBOARD[kind]
    place = page.locator(f".dl-{kind}").first
    place.scroll_into_view_if_needed()
    place.locator(control.split(" ", 1)[1]).first.focus()
    for key in keys:
        change(place, lambda key=key: page.keyboard.press(key))
    return place


def test_the_lesson_runs_and_its_widgets_answer(lab, address, keep):
    lab.open(address, "lessons.ipynb").run_all()
    assert lab.cell_errors() == []
    for kind in KEYBOARD:
        keep(drive(lab.page, kind), kind)
    keep(lab.page, "lab")
    edit_the_kernel(lab.page)
    guess(lab.page, keep)


def edit_the_kernel(page):
    place = page.locator(".dl-explore").first
    choose, cell = place.locator("select"), place.get_by_label("kernel, row 1, column 1")
    change(place, lambda: cell.fill("7"))
    assert choose.input_value() == "your own"
    change(place, lambda: choose.select_option("sobel y"))
    assert cell.input_value() == "-1"
    place.get_by_role("radio", name="2").first.focus()
    change(place, lambda: page.keyboard.press("ArrowRight"))


def guess(page, keep):
    question = page.locator(".dl-predict:has(input) .dl-question").first.inner_text()
    place = page.locator(".dl-predict", has_text=question).first
    keep(place, "question")
    place.locator("input").focus()
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    outcome = place.locator(".dl-outcome")
    outcome.wait_for()
    assert outcome.inner_text().startswith("you said 12345")
    keep(place, "outcome")


def test_a_lesson_not_yet_run_keeps_its_answers(lab, address):
    page = lab.open(address, "lessons.ipynb").page
    page.get_by_text("show the answer").first.wait_for()
    assert not page.locator(".dl-outcome, details[open]").count()


def test_a_trusted_lesson_is_alive_before_it_runs(lab, address):
    page = lab.open(address, "trusted.ipynb").page
    drive(page, "slide")
    assert not page.locator(".dl-outcome").count()


def test_keys_and_cells_move_the_same_state(lab, address):
    page, place = lab.page, lab.page.locator(".dl-slide")
    lab.open(address, "state.ipynb").run(lab.cell("widget = "))
    place.locator("input").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert lab.run(lab.cell("widget.shift  # read")) == "3"
    lab.run(lab.cell("widget.shift = 2"))
    place.get_by_text("shift 2: 3 products meet, sum 3").wait_for()
    place.locator(".dl-stage").click()  # after a click, too, the keys belong to the widget
    change(place, lambda: page.keyboard.press("ArrowRight"))
    assert lab.page.evaluate("document.activeElement.ariaLabel") == "shift"


def test_a_guess_survives_a_reload(lab, address):
    lab.open(address, "state.ipynb").run_all()
    lab.page.get_by_role("button", name="it grows").press("Enter")
    told = lab.page.get_by_text("you said it grows; it is it shrinks")
    told.wait_for()
    lab.page.keyboard.press("Control+s")
    lab.page.locator(".lm-TabBar-tab:not(.jp-mod-dirty)", has_text="state.ipynb").first.wait_for()
    lab.page.reload()
    lab.idle()
    told.wait_for()


def test_an_exercise_done_wrong_then_right(lab, address, keep):
    lab.open(address, "exercises.ipynb")
    keys, code, check = lab.page.keyboard, lab.cell("def sum_of_dice"), lab.cell("check(\n    sum")
    lab.run(lab.cell("import numpy as np"))
    code.locator(".cm-content").click()
    keys.press("Control+End")
    keys.press("Enter")
    keys.insert_text("return f")
    lab.run(code)
    assert "✗ sum_of_dice goes wrong" in lab.run(check)
    keep(lab.page, "exercise-wrong")
    code.locator(".cm-content").click()
    keys.press("Control+End")
    keys.press("Shift+Home")
    keys.insert_text("return np.convolve(f, g)")
    lab.run(code)
    assert lab.run(check).startswith("✓ sum_of_dice")
    keep(lab.page, "exercise-right")


def test_pages_without_a_kernel_keep_their_widgets_alive(lab, tmp_path, keep):
    (written,) = export(tmp_path, [ROOT / "lessons" / "01_what_convolution_is.ipynb"])
    lab.page.goto(written.as_uri())
    for kind in KEYBOARD:
        drive(lab.page, kind)
    guess(lab.page, keep)
    keep(lab.page, "html")


CONTROLS = """() => [...document.querySelectorAll(
  ".dl-widget :is(input, select, button, [tabindex='0'])"
)].map((node) => [
  node.ariaLabel || node.labels?.[0]?.textContent || node.textContent,
  node.closest("[data-lm-suppress-shortcuts]") === node,
  node.tabIndex,
])"""


def test_controls_have_names_and_keys_of_their_own(lab, tmp_path):
    (written,) = export(tmp_path, [ROOT / "lessons" / "01_what_convolution_is.ipynb"])
    lab.page.goto(written.as_uri())
    lab.page.locator(".dl-slide input").first.wait_for()
    controls = lab.page.evaluate(CONTROLS)
    assert len(controls) > 30
    assert [c for c in controls if not c[0].strip() or not c[1] or c[2] < 0] == []
