// Gradients behind backward: controls here, the picture from the kernel.
const WAYS = ["while backward computes", "after backward"];
const STEPS = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8]; // ISO 3, series R10: ten a decade

// A slider's position as a number, and back: ten positions a decade.
const value = (at) => {
  const power = Math.floor(at / 10);
  return power < 0 ? STEPS[at - 10 * power] / 10 ** -power : STEPS[at - 10 * power] * 10 ** power;
};
const position = (number) => Math.round(10 * Math.log10(Math.max(number, 1e-9))); // 0: the lowest

class Overlap {
  constructor(model, sheet) {
    this.model = model;
    this.picture = drawnByKernel(model);
    const sizes = model.get("layers").map(([, size]) => size).filter((size) => size > 0);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const { ask } = this.picture;
    this.way = segments("gradients travel", WAYS, (way) => ask({ overlapped: way === WAYS[0] }));
    const log = (name, low, high) => slider(name, low, high, (at) => ask({ [name]: value(at) }));
    this.sliders = {
      bandwidth: [log("bandwidth", 60, 120), position, "B/s"],
      latency: [log("latency", -60, -20), position, "s"],
      bucket: [log("bucket", position(Math.min(...sizes, 1e9)) - 1, position(total || 1e9) + 1), position, "B"],
      ranks: [slider("ranks", 0, 8, (at) => ask({ ranks: 2 ** at })), Math.log2, ""],
    };
    const rows = [["bandwidth", "latency"], ["bucket", "ranks"]].map((names) =>
      html("div", { class: "dl-row" }, ...names.map((name) => this.sliders[name][0].node)),
    );
    sheet.append(html("div", { class: "dl-controls" }, this.way.node), ...rows);
    sheet.append(this.picture.stage, this.picture.words);
  }

  update() {
    this.way.show(WAYS[this.model.get("overlapped") ? 0 : 1]);
    for (const [name, [control, place, unit]] of Object.entries(this.sliders)) {
      const now = this.model.get(name);
      const words = unit ? quantity(now, unit) : `${now}`;
      control.show(Math.round(place(now)), words);
      write(control.node.firstChild, `${name} ${words}`);
    }
  }
}

export default {
  render({ model, el }) {
    const overlap = new Overlap(model, panel(el, "overlap", "Gradients behind backward"));
    const names = ["bandwidth", "latency", "bucket", "ranks", "overlapped"];
    const stop = [
      follow(model, names, () => overlap.update()),
      follow(model, ["picture"], () => overlap.picture.draw()),
    ];
    return () => stop.forEach((end) => end());
  },
};
