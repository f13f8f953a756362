// Data or model parallelism: a mark that moves over a map drawn by Python, and what it says.
const PAGE = { left: 86, top: 44, octave: [64, 18], octaves: [9, 20], width: 726, height: 454 };
const [LEAST, ITEM, HIDDEN] = [{ width: 2 ** 6, batch: 1 }, 4, 4]; // as in draw/traffic.py
const [ONCE, RING] = ["each number once", "ring"];

// ---- what moves: as plan/traffic.py and draw/traffic.py ----------------------------------------
const allReduced = (numbers, ranks) => (ranks ? (2 * (ranks - 1) * numbers) / ranks : numbers);
const passed = (numbers, ranks) => (ranks ? ((ranks - 1) * numbers) / ranks : numbers);

function exchanged(batch, width, counting, ranks) {
  const numbers = batch * 2 * width;
  if (counting === ONCE) return [width * width, numbers];
  if (counting === RING) return [allReduced(width * width, ranks), passed(numbers, ranks)];
  return [2 * allReduced(width * HIDDEN * width, ranks), allReduced(numbers, ranks)];
}

function compared(data, model, batch) {
  if (data === model) return "equal";
  const ratio = data / model;
  const times = Math.max(ratio, 1 / ratio);
  const told = times < 999.5 ? number(times, 3) : times.toFixed(0);
  return `${told} times ${ratio > 1 ? "less" : "as much"}; equal at batch ${number(batch * ratio, 6)}`;
}

function describe(batch, width, counting, ranks) {
  const [data, model] = exchanged(batch, width, counting, ranks);
  const sizes = [data, model].map((numbers) => quantity(ITEM * numbers, "B"));
  const deep = HIDDEN * width;
  const pair = ![ONCE, RING].includes(counting);
  const layers = pair ? `layers of ${width} × ${deep} and ${deep} × ${width}` : `a layer of ${width} × ${width}`;
  const told =
    counting === ONCE
      ? `, ${counting}: data parallelism moves ${sizes[0]}, model parallelism ${sizes[1]}`
      : `: with data parallelism each of ${ranks} ranks sends ${sizes[0]}, with model parallelism ${sizes[1]}`;
  return `batch ${batch}, ${layers}${told}, ${compared(data, model, batch)}`;
}

// ---- where keys and pointer go: powers of two, and half as much again --------------------------
function stops(least, octaves) {
  const powers = Array.from({ length: octaves + 1 }, (_, i) => least * 2 ** i);
  const between = powers.slice(least > 1 ? 0 : 1, -1).map((power) => power * 1.5);
  return [...powers, ...between].sort((a, b) => a - b);
}

const STOPS = {
  batch: stops(LEAST.batch, PAGE.octaves[1]),
  width: stops(LEAST.width, PAGE.octaves[0]),
};

function next(value, way, all) {
  const beyond = way > 0 ? all.find((stop) => stop > value) : all.findLast((stop) => stop < value);
  return way && beyond ? beyond : value;
}

const distance = (a, b) => Math.abs(Math.log2(a / b));
const nearest = (value, all) =>
  all.reduce((best, stop) => (distance(stop, value) < distance(best, value) ? stop : best));

// ---- the picture -------------------------------------------------------------------------------
const bottom = PAGE.top + PAGE.octave[1] * PAGE.octaves[1];
const place = ({ batch, width }) => [
  PAGE.left + PAGE.octave[0] * Math.log2(width / LEAST.width),
  bottom - PAGE.octave[1] * Math.log2(batch / LEAST.batch),
];

class Map_ {
  constructor(model, sheet) {
    this.model = model;
    this.counting = segments("counting", model.get("countings"), (counting) => put(model, { counting }));
    this.ranks = segments("ranks", model.get("all_ranks"), (ranks) => put(model, { ranks }));
    this.words = sentence();
    this.ground = svg("g");
    this.mark = svg("g", { class: "dl-mark" });
    const label = "place: left and right change the width, up and down the batch";
    const keys = { tabindex: 0, role: "application", ...OWN_KEYS };
    this.stage = html("div", { class: "dl-stage", ...keys, "aria-label": label });
    const view = { viewBox: `0 0 ${PAGE.width} ${PAGE.height}`, "aria-hidden": "true" };
    this.stage.append(svg("svg", view, this.ground, this.mark));
    const bar = html("div", { class: "dl-controls" }, this.counting.node, this.ranks.node);
    sheet.append(bar, this.stage, this.words);
    onArrows(this.stage, (down, right) => this.step(-down, right));
    onDrag(this.stage, (x, y) => this.under(x * PAGE.width, y * PAGE.height));
  }

  step(up, right) {
    const { batch, width } = read(this.model, ["batch", "width"]);
    put(this.model, { batch: next(batch, up, STOPS.batch), width: next(width, right, STOPS.width) });
  }

  under(x, y) {
    const width = LEAST.width * 2 ** ((x - PAGE.left) / PAGE.octave[0]);
    const batch = LEAST.batch * 2 ** ((bottom - y) / PAGE.octave[1]);
    put(this.model, { batch: nearest(batch, STOPS.batch), width: nearest(width, STOPS.width) });
  }

  update() {
    const now = read(this.model, ["batch", "width", "counting", "ranks"]);
    if (this.shown !== now.counting) this.ground.innerHTML = this.model.get("maps")[now.counting];
    this.shown = now.counting;
    const [x, y] = place(now);
    this.mark.replaceChildren(
      svg("line", { x1: PAGE.left, x2: x, y1: y, y2: y }),
      svg("line", { x1: x, x2: x, y1: y, y2: bottom }),
      svg("circle", { cx: x, cy: y, r: 7 }),
    );
    this.counting.show(now.counting);
    this.ranks.show(now.ranks);
    this.ranks.node.hidden = now.counting === ONCE;
    write(this.words, describe(now.batch, now.width, now.counting, now.ranks));
  }
}

export default {
  render({ model, el }) {
    const map = new Map_(model, panel(el, "traffic", "Data or model parallelism"));
    return follow(model, ["batch", "width", "counting", "ranks"], () => map.update());
  },
};

export { exchanged, describe, next, nearest, place, STOPS };
