// Gradients behind backward: a step is put on a clock and drawn, as in Python.
const PAGE = { width: 820, left: 120, right: 24, top: 46, network: 30 };
const WAYS = ["while backward computes", "after backward"];
const STEPS = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8]; // ISO 3, series R10: ten a decade
const { green, vermilion } = STYLE.colors;
const FILLS = {
  forward: "#9fd3f0",
  backward: "#f6c37a",
  "all-reduce, hidden": green,
  "all-reduce, exposed": vermilion,
};

// ---- the step: as dlcourse/plan/overlap.py; a span is [start, end] -----------------------------
const sum = (values) => values.reduce((total, value) => total + value, 0);
const ring = (nbytes, ranks, latency, beta) => 2 * (ranks - 1) * (latency + (nbytes / ranks) * beta);

// Layers, the last ones first, that share a message.
function buckets(layers, limit) {
  const groups = [];
  let room = 0;
  for (const layer of layers.toReversed()) {
    if (layer.nbytes > room || !groups.length) {
      groups.push([]);
      room = limit;
    }
    groups.at(-1).push(layer);
    room -= layer.nbytes;
  }
  return groups;
}

const oneByOne = (lengths, start) =>
  lengths.map((length) => {
    const span = [start, start + length];
    start += length;
    return span;
  });

function trainStep({ layers: rows, ranks, bandwidth, latency, bucket, overlapped }) {
  const layers = rows.map(([name, nbytes, backward, forward]) => ({ name, nbytes, backward, forward }));
  const forward = oneByOne(layers.map((layer) => layer.forward), 0);
  const turned = oneByOne(layers.toReversed().map((layer) => layer.backward), forward.at(-1)[1]);
  const computing = turned.at(-1)[1];
  let [first, free] = [layers.length, overlapped ? 0 : computing];
  const messages = (ranks > 1 ? buckets(layers, bucket) : []).map((group) => {
    first -= group.length;
    const nbytes = sum(group.map((layer) => layer.nbytes));
    const ready = turned[layers.length - first - 1][1];
    const start = Math.max(ready, free);
    free = start + ring(nbytes, ranks, latency, 1 / bandwidth);
    return { first, nbytes, ready, start, end: free };
  });
  const sending = sum(messages.map(({ start, end }) => end - start));
  const seconds = Math.max(computing, ...messages.map(({ end }) => end));
  return { layers, ranks, forward, backward: turned.toReversed(), messages, computing, sending, seconds };
}

// ---- words and picture: as dlcourse/draw/overlap.py --------------------------------------------
function describe({ layers, ranks, messages, computing, sending, seconds }) {
  const counts = `${plural(layers.length, "layer")}, ${plural(ranks, "rank")}`;
  if (!sending) return `${counts}, no messages: step ${quantity(seconds, "s")}`;
  const exposed = seconds - computing;
  const hidden = 1 - Math.min(exposed / sending, 1);
  const saved = 1 - seconds / (computing + sending);
  const size = quantity(sum(messages.map(({ nbytes }) => nbytes)), "B");
  return (
    `${counts}, ${plural(messages.length, "message")} of ${size} in all: ` +
    `step ${quantity(seconds, "s")}; computing ${quantity(computing, "s")}, ` +
    `network busy ${quantity(sending, "s")}, ${quantity(exposed, "s")} of it exposed: ` +
    `${number(100 * hidden, 3)} % hidden, ${number(100 * saved, 3)} % of the step saved`
  );
}

function axis(end, x, y) {
  return [0, 1, 2, 3, 4, 5].flatMap((i) => {
    const [at, anchor] = [(end * i) / 5, i === 5 ? "end" : i ? "middle" : "start"];
    const mark = { x1: x(at), x2: x(at), y1: PAGE.top - 4, y2: y, stroke: LINE };
    return [
      svg("line", { "stroke-dasharray": "2 4", ...mark }),
      label(x(at), y + 14, quantity(at, "s"), { size: 11, anchor, fill: MUTED }),
    ];
  });
}

// Every layer's, or as many as there is room for.
function names(layers, row, bottom) {
  const every = Math.ceil(12 / row);
  const short = (name) => (name.length <= 18 ? name : `${name.slice(0, 17)}…`);
  const place = { size: 11, anchor: "end" };
  const line = { x1: PAGE.left, x2: PAGE.width - PAGE.right, y1: bottom + 4, y2: bottom + 4 };
  const bold = { size: 12, anchor: "end", "font-weight": "bold" };
  return [
    ...layers.flatMap(({ name }, i) =>
      i % every ? [] : [label(PAGE.left - 10, PAGE.top + row * (i + 0.5), short(name), place)],
    ),
    svg("line", { stroke: LINE, ...line }),
    label(PAGE.left - 10, bottom + 8 + PAGE.network / 2, "network", bold),
  ];
}

// Boxes of one kind, [start, end, y], as one path.
function boxes(places, tall, kind, x) {
  const at = (seconds) => x(seconds).toFixed(1);
  const wide = (start, end) => (x(end) - x(start)).toFixed(1);
  const ways = places
    .filter(([start, end]) => end > start)
    .map(([start, end, y]) => `M${at(start)} ${y}h${wide(start, end)}v${tall}H${at(start)}z`);
  return svg("path", { d: ways.join(""), fill: FILLS[kind], stroke: MUTED, "stroke-width": 0.6 });
}

// From the end of a bucket's last layer down to its message.
function waits(messages, x, row, top) {
  const ways = messages.map(({ first, ready, start }) => {
    const [from, to] = [x(ready).toFixed(1), x(start).toFixed(1)];
    return `M${from} ${PAGE.top + row * (first + 0.5)}V${top - 5}L${to} ${top}`;
  });
  const look = { fill: "none", stroke: MUTED, "stroke-dasharray": "1.5 2.5" };
  return svg("path", { d: ways.join(""), ...look });
}

function network({ messages, computing, seconds }, x, row, bottom) {
  const [top, tall] = [bottom + 10, PAGE.network - 4];
  const hidden = messages.map(({ start, end }) => [start, Math.min(end, computing), top]);
  const exposed = messages.map(({ start, end }) => [Math.max(start, computing), end, top]);
  const stop = { x1: x(computing), x2: x(computing), y1: PAGE.top - 8, y2: top + tall + 4 };
  const end = x(seconds);
  const [place, anchor] = end < PAGE.width - PAGE.right - 90 ? [end + 8, "start"] : [end - 8, "end"];
  const bold = { size: 12, anchor, "font-weight": "bold" };
  return [
    waits(messages, x, row, top),
    boxes(hidden, tall, "all-reduce, hidden", x),
    boxes(exposed, tall, "all-reduce, exposed", x),
    svg("line", { stroke: INK, "stroke-width": 1.5, ...stop }),
    label(place, top + tall / 2, `step ${quantity(seconds, "s")}`, bold),
  ];
}

function legend() {
  let x = PAGE.left;
  return Object.entries(FILLS).flatMap(([words, fill]) => {
    const box = { x, y: 12, width: 18, height: 12, stroke: MUTED, "stroke-width": 0.6, fill };
    const name = label(x + 24, 18, words, { size: 12, anchor: "start", fill: MUTED });
    x += 50 + 6.2 * words.length;
    return [svg("rect", box), name];
  });
}

function chart(step) {
  const { layers, computing, sending } = step;
  const end = computing + sending;
  const row = layers.length <= 12 ? 24 : layers.length <= 28 ? 12 : 7;
  const bottom = PAGE.top + row * layers.length;
  const x = (seconds) => PAGE.left + ((PAGE.width - PAGE.left - PAGE.right) / end) * seconds;
  const passes = ["forward", "backward"].map((kind) => {
    const places = step[kind].map(([start, end], i) => [start, end, PAGE.top + row * i + 1]);
    return boxes(places, row - 2, kind, x);
  });
  const parts = [...axis(end, x, bottom + PAGE.network + 10), ...names(layers, row, bottom)];
  parts.push(...passes, ...network(step, x, row, bottom), ...legend());
  return { size: [PAGE.width, bottom + PAGE.network + 40], parts };
}

// ---- controls ----------------------------------------------------------------------------------
// A slider's position as a number, and back: ten positions a decade.
const value = (at) => {
  const power = Math.floor(at / 10);
  return power < 0 ? STEPS[at - 10 * power] / 10 ** -power : STEPS[at - 10 * power] * 10 ** power;
};
const position = (number) => Math.round(10 * Math.log10(Math.max(number, 1e-9))); // 0: the lowest

const TRAITS = ["layers", "ranks", "bandwidth", "latency", "bucket", "overlapped"];

class Overlap {
  constructor(model, sheet) {
    this.model = model;
    this.stage = stage();
    const sizes = model.get("layers").map(([, size]) => size).filter((size) => size > 0);
    const ends = [position(Math.min(...sizes, 1e9)) - 1, position(sum(sizes) || 1e9) + 1];
    this.way = segments("gradients travel", WAYS, (way) => put(model, { overlapped: way === WAYS[0] }));
    const log = (name, low, high) => slider(name, low, high, (at) => put(model, { [name]: value(at) }));
    this.sliders = {
      bandwidth: [log("bandwidth", 60, 120), position, "B/s"],
      latency: [log("latency", -60, -20), position, "s"],
      bucket: [log("bucket", ...ends), position, "B"],
      ranks: [slider("ranks", 0, 8, (at) => put(model, { ranks: 2 ** at })), Math.log2, ""],
    };
    const rows = [["bandwidth", "latency"], ["bucket", "ranks"]].map((names) =>
      html("div", { class: "dl-row" }, ...names.map((name) => this.sliders[name][0].node)),
    );
    sheet.append(html("div", { class: "dl-controls" }, this.way.node), ...rows, ...this.stage.nodes);
  }

  update() {
    const now = read(this.model, TRAITS);
    this.way.show(WAYS[now.overlapped ? 0 : 1]);
    for (const [name, [control, place, unit]] of Object.entries(this.sliders)) {
      const words = unit ? quantity(now[name], unit) : `${now[name]}`;
      control.show(Math.round(place(now[name])), words);
      write(control.node.firstChild, `${name} ${words}`);
    }
    const step = trainStep(now);
    const { size, parts } = chart(step);
    this.stage.draw(size, parts, describe(step));
  }
}

export default {
  render({ model, el }) {
    const overlap = new Overlap(model, panel(el, "overlap", "Gradients behind backward"));
    return follow(model, TRAITS, () => overlap.update());
  },
};
