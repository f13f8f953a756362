"""From a key press to a changed picture: each widget in a real JupyterLab and Chromium.

The peer is what one would write without them: `interact` and a matplotlib picture, drawn by the
kernel. Each press is timed twice, both from the browser's time stamp of the key. `changed`: the
new picture is drawn and laid out in the page. `painted`: the frame that shows it is finished,
which adds the wait for the next of 60 frames a second and, in a Chromium without a graphics
card, the drawing of the screen by the processor: the same work for every program.

    python -m benchmarks.widgets [--quick] [--record]
"""

import argparse
import json
import os
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.browser import Lab, chromium, jupyterlab
from dlcourse.course.probe import cpu

WARM_UP = 4  # presses that don't count; an even number, as is that of those that do
RESULTS = Path(__file__).parent / "results" / "widgets.json"
PEER = "interact with a matplotlib PNG"
SETUP = """\
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import IntSlider, interact
from dlcourse.conv.signal import convolve, overlap
from dlcourse.widgets.address import AddressMap
from dlcourse.widgets.banks import BankExplorer
from dlcourse.widgets.codebook import CodebookBits
from dlcourse.widgets.collectives import CollectiveMap
from dlcourse.widgets.disc import DiscFilter
from dlcourse.widgets.experts import ExpertLoad
from dlcourse.widgets.explore import KernelExplorer
from dlcourse.widgets.features import FeatureMaps
from dlcourse.widgets.occupancy import OccupancyCalculator
from dlcourse.widgets.overlap import GradientOverlap
from dlcourse.widgets.paths import PathCalculator
from dlcourse.widgets.pipeline import PipelineExplorer
from dlcourse.widgets.race import AlgorithmRace
from dlcourse.widgets.receptive import ReceptiveField
from dlcourse.widgets.roofline import RooflineExplorer
from dlcourse.widgets.slide import SlideAndFlip
from dlcourse.widgets.traffic import DataOrModel
die = np.ones(6) / 6
maps = np.random.default_rng(2).random((2, 32, 28, 28))
image = np.random.default_rng(1).random((128, 128))"""
PEER_CELL = """\
def slide(shift):
    figure, axes = plt.subplots(4, 1, figsize=(7, 4), sharex=True)
    meeting = overlap(die, die, shift)
    axes[0].bar(range(6), die)
    axes[1].bar(range(shift - 5, shift + 1), die[::-1])
    axes[2].bar([i for i, _, _ in meeting], [product for *_, product in meeting])
    axes[3].bar(range(shift + 1), convolve(die, die)[: shift + 1])
    axes[3].set_title(f"shift {shift}: sum {sum(product for *_, product in meeting):.4g}")
    plt.show()
interact(slide, shift=IntSlider(0, 0, 10));"""
CASES = {  # name -> (cell, what gets the keys, whose change counts, keys if not → and ←)
    "SlideAndFlip": ("SlideAndFlip(die, die)", ".dl-slide input", ".dl-slide"),
    "KernelExplorer, 64 × 64": (
        "KernelExplorer(image[:64, :64])",
        ".dl-explore .dl-stage",
        ".dl-explore",
    ),
    "KernelExplorer, new stride": ("", '.dl-explore input[value="1"]', ".dl-explore"),
    "DiscFilter, 128 × 128": ("DiscFilter(image)", ".dl-disc input", ".dl-disc"),
    "ReceptiveField, 28 pixels": (
        "ReceptiveField([(3, 1), (2, 2), (3, 1), (2, 2)], length=28)",
        ".dl-receptive .dl-stage",
        ".dl-receptive",
    ),
    "AlgorithmRace": ("AlgorithmRace()", '.dl-race input[value="16"]', ".dl-race"),
    "FeatureMaps, 32 × 28 × 28": (
        'FeatureMaps({"conv1": maps}, maps[:, 0])',
        ".dl-features .dl-stage",
        ".dl-features",
    ),
    "FeatureMaps, new image": ("", '.dl-features input[value="0"]', ".dl-features"),
    **{
        name: (f"{name}()", f".dl-{place} input[type=range]", f".dl-{place}")
        for name, place in {
            "AddressMap": "address",
            "BankExplorer": "banks",
            "OccupancyCalculator": "occupancy",
            "RooflineExplorer": "roofline",
            "PathCalculator": "paths",
            "PipelineExplorer": "pipeline",
            "ExpertLoad": "experts",
            "GradientOverlap": "overlap",
        }.items()
    },
    "CollectiveMap": ("CollectiveMap()", ".dl-collectives .dl-stage", ".dl-collectives"),
    "DataOrModel": ("DataOrModel()", ".dl-traffic .dl-stage", ".dl-traffic"),
    "CodebookBits": (
        "CodebookBits()",
        ".dl-codebook [role=switch]",
        ".dl-codebook",
        ("ArrowUp", "ArrowDown"),
    ),
    PEER: (PEER_CELL, ".widget-hslider .noUi-handle", ".widget-output"),
}
# Resolves with [changed, painted] in ms.
STOPWATCH = """selector => {
  const place = document.querySelector(selector);
  const source = () => place.querySelector("img")?.src;
  const before = source();
  let pressed;
  const key = (event) => (pressed = event.timeStamp);
  addEventListener("keydown", key, { capture: true, once: true });
  window.timed = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("no change within 20 s")), 20000);
    const observer = new MutationObserver(async () => {
      if (!pressed || (before && (!source() || source() === before))) return;
      observer.disconnect();
      if (before) await place.querySelector("img").decode();
      place.getBoundingClientRect(); // lays the page out
      const changed = performance.now() - pressed;
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = () => resolve([changed, performance.now() - pressed]);
        painted.port2.postMessage(0);
      });
    });
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    observer.observe(place, all);
  });
}"""


def measure(lab, presses, keys_to, change_in, keys=("ArrowRight", "ArrowLeft")):
    """Press two keys in turn; the medians of both times in ms."""
    lab.page.locator(keys_to).first.focus()
    times = []
    for press in range(WARM_UP + presses):
        lab.page.evaluate(STOPWATCH, change_in)
        lab.page.keyboard.press(keys[press % 2])
        times.append(lab.page.evaluate("window.timed"))
        lab.page.wait_for_timeout(37)  # no multiple of a frame
    changed, painted = zip(*times[WARM_UP:], strict=True)
    return {"changed_ms": round(median(changed), 1), "painted_ms": round(median(painted), 1)}


def run(presses):
    """Open a notebook with every case and measure them one after the other.

    Args:
        presses: how many keys for each.

    Returns:
        (dict name -> {"changed_ms", "painted_ms"}, medians; the circumstances)
    """
    import nbformat.v4 as v4

    cells = [SETUP, *(cell for cell, *_ in CASES.values() if cell)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = v4.new_notebook(metadata=metadata, cells=[v4.new_code_cell(c) for c in cells])
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder, "work"), Path(folder, "home")
        work.mkdir(), home.mkdir()
        (work / "widgets.ipynb").write_text(json.dumps(notebook), encoding="utf8")
        with jupyterlab(work, home) as address, chromium() as browser:
            lab = Lab(browser).open(address, "widgets.ipynb")
            lab.run_all()
            assert not lab.cell_errors(), lab.cell_errors()
            places = {name: case[1:] for name, case in CASES.items()}
            about = circumstances(browser.version)
            return {name: measure(lab, presses, *place) for name, place in places.items()}, about


def report(medians):
    """Print a row for each case with its ratio to the peer; return the figures."""
    peer = medians[PEER]["changed_ms"]
    print(f"{'median ms from key press':32} changed  painted  peer / it")
    for name, times in medians.items():
        changed, painted = times["changed_ms"], times["painted_ms"]
        print(f"{name:32} {changed:7.1f}  {painted:7.1f}  {peer / changed:9.1f}")
    ours = [times for name, times in medians.items() if name != PEER]
    worst = {f"worst_{key}": max(times[key] for times in ours) for key in ours[0]}
    median_ms = {"worst_median_ms": worst["worst_changed_ms"], "peer_median_ms": peer}
    return median_ms | worst | {"peer": PEER, "medians": medians}


def circumstances(chromium_version):
    """What was measured on, and when; a load above 1 means that others were at work, too."""
    lab = {name: version(name) for name in ("jupyterlab", "anywidget", "ipywidgets", "matplotlib")}
    machine = {"cpu": cpu().model, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    return {"date": f"{date.today()}", "machine": machine, "chromium": chromium_version, **lab}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer presses, within 45 s")
    parser.add_argument("--record", action="store_true", help=f"write {RESULTS.name}")
    options = parser.parse_args()
    medians, about = run(presses=10 if options.quick else 100)
    figures = report(medians) | about
    if options.record:
        RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf8")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
