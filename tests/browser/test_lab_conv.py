"""The widgets of lesson 02 in JupyterLab, driven by keyboard."""

KEYBOARD = {
    "receptive": (".dl-stage", ["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp"]),
    "race": ("input:checked", ["ArrowRight", "ArrowLeft"]),
    "features": (".dl-stage", ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]),
}


def change(place, act):
    """Do something; the picture and the sentence under it must both be new."""
    words = place.locator(".dl-sentence")
    before = place.screenshot(), words.inner_text()
    act()
    assert place.screenshot() != before[0], "the picture stays as it was"
    assert words.inner_text() != before[1]


def test_keys_move_what_is_drawn_and_the_kernel_runs_the_race(lab, address, keep):
    lab.open(address, "network.ipynb")
    for cell in ("import numpy", "ReceptiveField([", "race = ", "FeatureMaps({"):
        lab.run(lab.cell(cell))
    assert lab.cell_errors() == []
    for kind, (control, keys) in KEYBOARD.items():
        place = lab.page.locator(f".dl-{kind}").first
        place.locator(control).first.focus()
        for key in keys:
            change(place, lambda key=key: lab.page.keyboard.press(key))
        keep(place, kind)
    choose(lab.page.locator(".dl-receptive"), lab.page.locator(".dl-features"), lab.page.keyboard)
    race(lab, lab.page.locator(".dl-race"))
    keep(lab.page.locator(".dl-race"), "race-measured")


def choose(tracer, viewer, keys):
    tracer.get_by_role("radio", name="layer 3").focus()
    change(tracer, lambda: keys.press("ArrowLeft"))
    assert tracer.locator(".dl-sentence").inner_text().startswith("unit 3 of layer 2 sees")
    viewer.get_by_role("radio", name="image 0, a").focus()
    change(viewer, lambda: keys.press("ArrowRight"))
    viewer.get_by_role("radio", name="conv1").focus()
    change(viewer, lambda: keys.press("ArrowRight"))
    assert "pool1, 4 × 4, channel 0 of 6" in viewer.locator(".dl-sentence").inner_text()


def race(lab, place):
    place.get_by_role("radio", name="3", exact=True).focus()
    change(place, lambda: lab.page.keyboard.press("ArrowLeft"))
    assert "fastest measured: " not in place.locator(".dl-sentence").inner_text()
    place.get_by_role("button", name="measure").press("Enter")
    place.get_by_text("all measured here").wait_for()
    assert "fastest measured: " in place.locator(".dl-sentence").inner_text()
    assert lab.run(lab.cell("race.measured[")) == "['direct', 'fft', 'im2col', 'taps']"
