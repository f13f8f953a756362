// The algorithm race: bars for what each method should take, and for what it takes here.

const TIMES = { ns: 1e-9, "µs": 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 };

// A time with the prefix that leaves a small number before it, as dlcourse.units.show prints it.
function time(seconds, digits = 2) {
  let text;
  for (const [name, size] of Object.entries(TIMES).reverse()) {
    const scaled = seconds / size;
    const value = number(scaled, Math.max(digits, `${Math.trunc(scaled)}`.length));
    text = `${value} ${name}`;
    if (value >= 1) break;
  }
  return text;
}

const fastest = (times) =>
  Object.keys(times).reduce((best, name) => (times[name] < times[best] ? name : best));

// Seconds of each method for these sizes; a method that does not apply is left out.
function predictedTimes({ data, shape }, methods, sizes, now) {
  const place = ["channels", "image", "kernel"].reduce(
    (sum, name, axis) => sum * shape[axis] + sizes[name].indexOf(now[name]),
    0,
  );
  const times = methods.map((name, i) => [name, data[place * methods.length + i]]);
  return Object.fromEntries(times.filter(([, seconds]) => !Number.isNaN(seconds)));
}

function describe(predicted, measured) {
  const first = (times) => `${fastest(times)}, ${time(times[fastest(times)])}`;
  const told = measured ? `; fastest measured: ${first(measured)}` : "";
  return `fastest predicted: ${first(predicted)}${told}`;
}

// ---- the picture: as draw/race.py --------------------------------------------------------------
const PAGE = { width: 752, names: 96, times: 84, top: 34, row: 46, bar: 15, reach: 5 };
const KINDS = ["predicted", "measured"];

function legend(kind, i) {
  const x = PAGE.names + 110 * i;
  const box = svg("rect", { class: `dl-${kind}`, x, y: 4, width: 14, height: 14, rx: 2 });
  return svg("g", { class: "dl-legend" }, box, svg("text", { x: x + 20, y: 16 }, kind));
}

// One method: its name, and for each kind of time a bar, a number and a word for what is missing.
function lane(name, row) {
  const title = svg("text", { class: "dl-name", x: 0, y: PAGE.top + PAGE.row * row + 20 }, name);
  const bars = KINDS.map((kind) => ({
    bar: svg("path", { class: `dl-${kind}` }),
    words: svg("text"),
  }));
  const node = svg("g", {}, title, ...bars.flatMap(({ bar, words }) => [bar, words]));
  return { node, title, bars, y: PAGE.top + PAGE.row * row };
}

function drawBar({ bar, words }, y, height, seconds, missing, full, won) {
  const known = seconds !== undefined;
  const room = PAGE.width - PAGE.names - PAGE.times;
  const end = known ? PAGE.names + Math.max(1.5, Math.min(seconds / full, 1) * room) : PAGE.names - 4;
  const tooth = height / 4;
  const torn = `l-5 ${tooth}l5 ${tooth}l-5 ${tooth}l5 ${tooth}`;
  const path = `M${PAGE.names} ${y}H${end}${seconds > full ? torn : `v${height}`}H${PAGE.names}z`;
  bar.setAttribute("d", known ? path : "");
  bar.classList.toggle("dl-won", won);
  words.setAttribute("x", end + 8);
  words.setAttribute("y", y + height / 2 + 4);
  words.setAttribute("class", known ? `dl-time${won ? " dl-won" : ""}` : "dl-missing");
  write(words, known ? time(seconds) : missing);
}

class Race {
  constructor(model, sheet) {
    this.model = model;
    this.methods = model.get("methods");
    this.sizes = model.get("sizes");
    this.table = unpack(model.get("table"));
    this.words = sentence();
    this.lanes = this.methods.map(lane);
    this.legends = KINDS.map(legend);
    this.switches = Object.fromEntries(
      ["channels", "image", "kernel"].map((name) => {
        const words = { channels: "channels in and out", image: "image, pixels a side", kernel: "filter, taps a side" };
        return [name, segments(words[name], this.sizes[name], (value) => put(model, { [name]: value }))];
      }),
    );
    const height = PAGE.top + PAGE.row * this.methods.length - 8;
    const picture = svg("svg", { viewBox: `0 0 ${PAGE.width} ${height}`, "aria-hidden": "true" });
    picture.append(...this.legends, ...this.lanes.map((l) => l.node));
    const bar = html("div", { class: "dl-controls" }, ...Object.values(this.switches).map((s) => s.node));
    sheet.append(bar, picture, this.starter(), this.words);
  }

  // The button, and what stands beside it.
  starter() {
    const kernel = typeof this.model.send === "function";
    const label = kernel ? "measure" : "measuring needs a running kernel";
    this.button = html("button", { type: "button", class: "dl-button dl-go", ...OWN_KEYS }, label);
    this.note = html("span", { class: "dl-note", role: "status" });
    if (!kernel) this.button.setAttribute("disabled", "");
    this.button.addEventListener("click", () => this.ask());
    return html("div", { class: "dl-starter" }, this.button, this.note);
  }

  ask() {
    if (this.waiting || this.model.get("measuring")) return;
    this.model.send("measure");
    this.waiting = setTimeout(() => this.status("no answer yet: the kernel is busy, or none runs"), 3000);
    this.status("asking the kernel …");
  }

  // The kernel answered: it began with a method, or it is done.
  hear() {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.update();
  }

  status(words) {
    write(this.note, words);
  }

  update() {
    const { model, methods, sizes } = this;
    const now = Object.fromEntries(["channels", "image", "kernel"].map((name) => [name, model.get(name)]));
    const predicted = predictedTimes(this.table, methods, sizes, now);
    const measured = model.get("measured")[`${now.channels} ${now.image} ${now.kernel}`];
    const series = [predicted, measured].filter(Boolean);
    const full = PAGE.reach * Math.max(...series.map((times) => times[fastest(times)]));
    for (const [name, control] of Object.entries(this.switches)) control.show(now[name]);
    this.legends[1].classList.toggle("dl-hidden", !measured);
    this.lanes.forEach((l, i) => this.lane(l, methods[i], series, full));
    write(this.words, describe(predicted, measured));
    this.tell(predicted, measured);
  }

  lane({ title, bars, y }, name, series, full) {
    const both = series.length === 2 && series[0][name] !== undefined;
    const height = both ? PAGE.bar : 2 * PAGE.bar - 6;
    bars.forEach((bar, i) => {
      const shown = i < series.length && (both || !i);
      const won = i < series.length && fastest(series[i]) === name;
      const top = both ? y + i * (PAGE.bar + 1) : y + 3;
      const missing = !shown ? "" : i ? "not measured" : "does not apply";
      drawBar(bar, top, height, series[i]?.[name], missing, full, won);
    });
    title.classList.toggle("dl-won", series.some((times) => fastest(times) === name));
  }

  tell(predicted, measured) {
    const running = this.model.get("measuring");
    if (running) return this.status(`measuring ${running} …`);
    if (this.waiting) return undefined;
    if (!measured) return this.status(`predicted for a machine of ${this.model.get("basis")}`);
    const out = Object.keys(predicted).filter((name) => measured[name] === undefined);
    const list = out.map((name) => `${name}, about ${time(predicted[name])}`).join("; ");
    return this.status(out.length ? `not measured, too slow: ${list}` : "all measured here");
  }
}

export default {
  render({ model, el }) {
    const race = new Race(model, panel(el, "race", "Algorithm race"));
    const stop = [
      follow(model, ["channels", "image", "kernel"], () => race.update()),
      follow(model, ["measured", "measuring"], () => race.hear()),
    ];
    return () => stop.forEach((end) => end());
  },
};

export { time, predictedTimes, describe, unpack };
