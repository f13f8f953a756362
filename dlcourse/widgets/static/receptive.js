// Receptive field: rows of units over the input, and all that one unit depends on.

const span = ({ kernel, dilation }) => dilation * (kernel - 1) + 1;

// Units of each row, the input's first.
function layerSizes(layers, length) {
  const sizes = [length];
  for (const w of layers) {
    sizes.push(Math.floor((sizes.at(-1) + 2 * w.padding - span(w)) / w.stride) + 1);
  }
  return sizes;
}

// Unit i of a layer sees `size` pixels from start + i * jump.
// Source: Araujo, Norris and Sim, Distill, 2019, https://doi.org/10.23915/distill.00021
function fields(layers) {
  let field = { size: 1, jump: 1, start: 0 };
  return layers.map((w) => {
    const { size, jump, start } = field;
    field = { size: size + (span(w) - 1) * jump, jump: jump * w.stride, start: start - w.padding * jump };
    return field;
  });
}

const taps = (unit, w) =>
  Array.from({ length: w.kernel }, (_, t) => unit * w.stride - w.padding + t * w.dilation);

// What a unit of the last layer sees of each row, the input's first, and the unit itself.
function trace(layers, length, unit) {
  const sizes = layerSizes(layers, length);
  const seen = [[unit]];
  for (let i = layers.length - 1; i >= 0; i -= 1) {
    const all = new Set(seen[0].flatMap((u) => taps(u, layers[i])));
    seen.unshift([...all].filter((t) => t >= 0 && t < sizes[i]).sort((a, b) => a - b));
  }
  return seen;
}

function describe(layers, unit, seen) {
  const [who, pixels] = [`unit ${unit} of ${layers.at(-1).name}`, seen[0]];
  const { size } = fields(layers).at(-1);
  if (!pixels.length) return `${who} sees no pixel, only zeros`;
  const [first, last] = [pixels[0], pixels.at(-1)];
  if (pixels.length < size) {
    return `${who} sees ${pixels.length} of the ${size} pixels of its field, from ${first} to ${last}`;
  }
  return `${who} sees input pixel${size > 1 ? `s ${first} to ${last}: ${size}` : ` ${first}`}`;
}

// ---- the picture: as draw/receptive.py ---------------------------------------------------------
const PAGE = { width: 752, names: 122, counts: 108, row: 62, cell: 22, widest: 40, top: 8 };

// For each row, the input's first: x of unit 0, step from unit to unit, a unit's width, y.
function places(layers, sizes) {
  const middles = [[0.5, 1], ...fields(layers).map((f) => [f.start + f.size / 2, f.jump])];
  const pads = [...layers.map((w) => w.padding), 0];
  const low = Math.min(...middles.map(([middle, jump], i) => middle - (pads[i] + 0.5) * jump));
  const high = Math.max(...middles.map(([middle, jump], i) => middle + (sizes[i] - 0.5 + pads[i]) * jump));
  const room = PAGE.width - PAGE.names - PAGE.counts;
  const pixel = Math.min(room / (high - low), PAGE.widest);
  const left = PAGE.names + (room - pixel * (high - low)) / 2 - low * pixel;
  return middles.map(([middle, jump], i) => {
    const y = PAGE.top + PAGE.row * (layers.length - i);
    return { x: left + middle * pixel, step: jump * pixel, width: Math.min(jump * pixel, PAGE.widest), y };
  });
}

const at = (place, unit) => place.x + unit * place.step;

// All given units of a row as one path.
function boxes(place, units) {
  const gap = Math.min(1.5, place.width / 8);
  const [width, r] = [place.width - 2 * gap, Math.min(3, place.width / 4)];
  const arc = (x, y) => `a${r} ${r} 0 0 1 ${x} ${y}`;
  const box = `h${width - 2 * r}${arc(r, r)}v${PAGE.cell - 2 * r}${arc(-r, r)}h${2 * r - width}${arc(-r, -r)}v${2 * r - PAGE.cell}${arc(r, -r)}z`;
  return units.map((u) => `M${at(place, u) - width / 2 + r} ${place.y}${box}`).join("");
}

const count = (size) => Array.from({ length: size }, (_, i) => i);
const isReadable = (place, size) => place.width >= 5 + 6 * `${size - 1}`.length;

// A row at rest, with the paths and words that update() fills.
function row(place, size, name, [first, second]) {
  const plain = svg("path", { class: "dl-rest", d: boxes(place, count(size)) });
  const [lit, zeros] = [svg("path", { class: "dl-lit" }), svg("path", { class: "dl-zero" })];
  const word = (x, line, kind, text = "") => svg("text", { class: kind, x, y: place.y + 10 + 14 * line }, text);
  const [seen, field] = [word(PAGE.width - PAGE.counts + 14, 0, "dl-name"), word(PAGE.width - PAGE.counts + 14, 1, "dl-small")];
  const readable = isReadable(place, size);
  const y = place.y + (readable ? 15 : PAGE.cell + 13);
  const kind = readable ? "dl-digit" : "dl-digit dl-on dl-under";
  const digit = (i) => svg("text", { class: kind, x: at(place, i), y }, `${i}`);
  const numbers = readable ? count(size).map(digit) : [];
  const words = [word(0, 0, "dl-name", name), word(0, 1, "dl-small", first), word(0, 2, "dl-small", second)];
  const node = svg("g", {}, plain, zeros, lit, ...numbers, ...words, seen, field);
  return { node, lit, zeros, numbers, seen, field, digit, ends: [] };
}

function windowWords(w) {
  const dilation = w.dilation === 1 ? "" : `dilation ${w.dilation}`;
  const padding = w.padding === 0 ? "" : `padding ${w.padding}`;
  return [`${w.kernel} taps, stride ${w.stride}`, [dilation, padding].filter(Boolean).join(", ")];
}

function picture(layers, length) {
  const sizes = layerSizes(layers, length);
  const spots = places(layers, sizes);
  const lines = layers.map(() => svg("path", { class: "dl-cone" }));
  const words = [["input", [`${length} pixels`, ""]], ...layers.map((w) => [w.name, windowWords(w)])];
  const rows = spots.map((place, i) => row(place, sizes[i], ...words[i]));
  fields(layers).forEach((f, i) => write(rows[i + 1].field, `field ${f.size}, jump ${f.jump}`));
  const height = PAGE.top + PAGE.row * rows.length - 16;
  const view = { viewBox: `0 0 ${PAGE.width} ${height}`, "aria-hidden": "true" };
  const node = svg("svg", view, ...lines, ...rows.map((r) => r.node));
  return { node, sizes, spots, lines, rows, height };
}

// The numbers of a row: all stand in their units, or else the first and last seen stand below.
function mark(r, seen) {
  const lit = new Set(seen);
  r.numbers.forEach((node, i) => node.classList.toggle("dl-on", lit.has(i)));
  r.ends.forEach((node) => node.remove());
  const ends = r.numbers.length || !seen.length ? [] : [...new Set([seen[0], seen.at(-1)])];
  r.ends = ends.map((i) => r.digit(i));
  r.node.append(...r.ends);
}

function update({ sizes, spots, lines, rows }, layers, seen) {
  rows.forEach((r, i) => {
    const units = seen[i] ?? [];
    r.node.classList.toggle("dl-above", i >= seen.length);
    r.lit.setAttribute("d", boxes(spots[i], units));
    write(r.seen, units.length ? plural(units.length, i ? "unit" : "pixel") : "");
    mark(r, units);
    const pairs = (seen[i + 1] ?? []).flatMap((u) => taps(u, layers[i]).map((t) => [u, t]));
    const outside = new Set(pairs.map(([, t]) => t).filter((t) => t < 0 || t >= sizes[i]));
    r.zeros.setAttribute("d", boxes(spots[i], [...outside]));
    if (i === lines.length) return;
    const [above, below] = [spots[i + 1], spots[i]];
    const line = ([u, t]) => `M${at(above, u)} ${above.y + PAGE.cell}L${at(below, t)} ${below.y}`;
    lines[i].setAttribute("d", pairs.map(line).join(""));
  });
}

class Tracer {
  constructor(model, sheet) {
    this.model = model;
    this.words = sentence();
    this.bar = html("div", { class: "dl-controls" });
    const label = "unit: left and right move it, up and down change its layer";
    const keys = { tabindex: 0, role: "application", "aria-label": label, ...OWN_KEYS };
    this.stage = html("div", { class: "dl-stage", ...keys });
    sheet.append(this.bar, this.stage, this.words);
    onArrows(this.stage, (rows, columns) => (rows ? this.climb(this.depth - rows) : this.go(this.unit + columns)));
    onDrag(this.stage, (x, y) => this.under(x * PAGE.width, y * this.drawn.height));
  }

  get depth() {
    return clamp(this.model.get("depth"), 1, this.layers.length);
  }

  get unit() {
    return clamp(this.model.get("at"), 0, this.drawn.sizes[this.depth] - 1);
  }

  go(unit, depth = this.depth) {
    put(this.model, { depth, at: clamp(unit, 0, this.drawn.sizes[depth] - 1) });
  }

  // To another layer, to the unit that stands nearest.
  climb(depth) {
    const to = clamp(depth, 1, this.layers.length);
    const { x, step } = this.drawn.spots[to];
    this.go(Math.round((at(this.drawn.spots[this.depth], this.unit) - x) / step), to);
  }

  under(x, y) {
    const row = Math.floor((y - PAGE.top + (PAGE.row - PAGE.cell) / 2) / PAGE.row);
    const depth = clamp(this.layers.length - row, 1, this.layers.length);
    const place = this.drawn.spots[depth];
    this.go(Math.round((x - place.x) / place.step), depth);
  }

  rebuild() {
    this.layers = this.model.get("layers");
    this.drawn = picture(this.layers, this.model.get("length"));
    this.stage.replaceChildren(this.drawn.node);
    const names = this.layers.map((w) => w.name);
    const pick = (name) => this.climb(names.indexOf(name) + 1);
    this.from = segments("look down from", names, pick);
    this.bar.replaceChildren(this.from.node);
    this.move();
  }

  move() {
    const [layers, unit] = [this.layers.slice(0, this.depth), this.unit];
    const seen = trace(layers, this.model.get("length"), unit);
    update(this.drawn, this.layers, seen);
    this.from.show(layers.at(-1).name);
    write(this.words, describe(layers, unit, seen));
  }
}

export default {
  render({ model, el }) {
    const tracer = new Tracer(model, panel(el, "receptive", "Receptive field"));
    const stop = [
      follow(model, ["layers", "length"], () => tracer.rebuild()),
      follow(model, ["depth", "at"], () => tracer.move()),
    ];
    return () => stop.forEach((end) => end());
  },
};

export { layerSizes, fields, trace, describe };
