// The pipeline schedule explorer: a schedule is made, run on a clock and drawn, as in Python.
const PAGE = { width: 752, left: 62, right: 8, row: 30, top: 4 };
const [PASS, INTERLEAVED, CHUNKS] = [10e-3, "interleaved 1F1B", 2];

// ---- schedules: as plan/schedules.py; a pass is [kind, micro-batch, chunk] ---------------------
function alternate(forwards, backwards, warmUp) {
  const ahead = Math.min(warmUp, forwards.length);
  const order = forwards.slice(0, ahead);
  backwards.forEach((backward, i) => {
    order.push(...forwards.slice(ahead + i, ahead + i + 1), backward);
  });
  return order;
}

const range = (count) => Array.from({ length: count }, (_, i) => i);

// W passes apart, stage s keeping s of them for later.
function split(order, stage, count) {
  const passes = order.flatMap(([kind, micro, chunk]) => {
    if (kind === "F") return [[kind, micro, chunk]];
    const late = micro >= stage ? [["W", micro - stage, chunk]] : [];
    return [["B", micro, chunk], ...late];
  });
  const rest = range(count).slice(Math.max(count - stage, 0));
  return [...passes, ...rest.map((micro) => ["W", micro, 0])];
}

function interleave(stages, count) {
  const groups = range(count / stages).map((g) => range(stages).map((i) => g * stages + i));
  const passes = (kind, chunkOf) =>
    groups.flatMap((group) =>
      range(CHUNKS).flatMap((c) => group.map((micro) => [kind, micro, chunkOf(c)])),
    );
  const [forwards, backwards] = [passes("F", (c) => c), passes("BW", (c) => CHUNKS - 1 - c)];
  const ahead = (stage) => 2 * (stages - stage - 1) + (CHUNKS - 1) * stages;
  return range(stages).map((stage) => alternate(forwards, backwards, ahead(stage)));
}

function schedule(name, stages, count) {
  if (name === INTERLEAVED) return interleave(stages, count);
  const [forwards, backwards] = ["F", "BW"].map((kind) => range(count).map((i) => [kind, i, 0]));
  return range(stages).map((stage) => {
    const order = alternate(forwards, backwards, name === "GPipe" ? count : stages - stage - 1);
    return name === "ZB-H1" ? split(order, stage, count) : order;
  });
}

// ---- the clock: as plan/simulate.py; a span is [kind, micro-batch, chunk, start, end] ----------
function simulate(orders, chunks, comm) {
  const stages = orders.length;
  const seconds = { F: PASS / chunks, B: PASS / chunks, W: PASS / chunks, BW: (2 * PASS) / chunks };
  const [ends, rows] = [new Map(), orders.map(() => [])];
  const needs = ([kind, micro, chunk], stage) => {
    const part = chunk * stages + stage;
    if (kind === "F") return part > 0 ? `F ${micro} ${part - 1}` : null;
    return kind !== "W" && part < stages * chunks - 1 ? `B ${micro} ${part + 1}` : null;
  };
  const advance = (stage) => {
    const [row, order] = [rows[stage], orders[stage]];
    const before = row.length;
    while (row.length < order.length) {
      const step = order[row.length];
      const need = needs(step, stage);
      if (need && !ends.has(need)) break;
      const ready = need ? ends.get(need) + (stages > 1 ? comm : 0) : 0;
      const start = Math.max(ready, row.length ? row.at(-1)[4] : 0);
      const end = start + seconds[step[0]];
      row.push([...step, start, end]);
      if (step[0] !== "W") ends.set(`${step[0][0]} ${step[1]} ${step[2] * stages + stage}`, end);
    }
    return row.length - before;
  };
  while (range(stages).reduce((moved, stage) => moved + advance(stage), 0));
  return rows;
}

// ---- what the chart says: as draw/schedule.py --------------------------------------------------
function peaks(rows, chunks) {
  return rows.map((row) => {
    let [kept, most] = [0, 0];
    for (const [kind] of row) {
      if (kind === "F") most = Math.max(most, (kept += 1));
      else if (kind !== "B") kept -= 1;
    }
    return number(most / chunks);
  });
}

function describe(name, stages, count, chunks, rows) {
  const over = (values) => Math.max(...values);
  const seconds = over(rows.map((row) => row.at(-1)[4]));
  const cost = over(rows.map((row) => row.at(-1)[4] - row[0][3]));
  const work = over(rows.map((row) => row.reduce((sum, [, , , start, end]) => sum + (end - start), 0)));
  const bubble = cost - work > 1e-12 * cost ? cost - work : 0;
  const most = peaks(rows, chunks);
  const kept = most.every((peak) => peak === most[0])
    ? `each stage keeps at most ${most[0]}`
    : `stages keep at most ${most.join(", ")}`;
  const unit = most.every((peak) => peak === "1") ? "micro-batch" : "micro-batches";
  const title = `${name}, ${plural(stages, "stage")}${chunks > 1 ? ` of ${chunks} chunks` : ""}`;
  const batches = `${count} micro-batch${count === 1 ? "" : "es"}`;
  const time = `${quantity(seconds, "s")}, bubble ${number((100 * bubble) / cost)} %`;
  return `${title}, ${batches}: ${time}, ${quantity(bubble, "s")}; ${kept} ${unit}`;
}

function explore({ name, stages, micro_batches: asked, t_comm: delay }) {
  const [wide, chunks] = name === INTERLEAVED ? [stages, CHUNKS] : [1, 1];
  const count = Math.ceil(asked / wide) * wide;
  const rows = simulate(schedule(name, stages, count), chunks, delay * 1e-3);
  return { rows, chunks, words: describe(name, stages, count, chunks, rows) };
}

// ---- the picture -------------------------------------------------------------------------------
const MEANINGS = {
  F: "F forward",
  BW: "backward, both gradients",
  B: "B gradient of the input",
  W: "W gradient of the weights",
  wait: "waiting",
};

function lane(row, stage, scale) {
  const top = PAGE.top + PAGE.row * stage;
  const x = (seconds) => PAGE.left + scale * seconds;
  const size = { y: top + 2, height: PAGE.row - 4 };
  const width = PAGE.width - PAGE.left - PAGE.right;
  const ground = svg("rect", { class: "dl-wait", x: PAGE.left, width, ...size });
  const name = svg("text", { class: "dl-stage", x: PAGE.left - 8, y: top + PAGE.row / 2 + 4 }, `stage ${stage}`);
  const boxes = row.flatMap(([kind, micro, chunk, start, end]) => {
    const look = `dl-${kind}${chunk ? " dl-later" : ""}`;
    const box = svg("rect", { class: look, x: x(start), width: x(end) - x(start), ...size });
    if (x(end) - x(start) < 15) return [box];
    const middle = { x: (x(start) + x(end)) / 2, y: top + PAGE.row / 2 + 4 };
    return [box, svg("text", middle, `${micro}`)];
  });
  return [ground, name, ...boxes];
}

class Explorer {
  constructor(model, sheet) {
    this.model = model;
    this.name = segments("schedule", model.get("names"), (name) => put(model, { name }));
    this.sliders = {
      stages: slider("stages", 1, 8, (stages) => put(model, { stages })),
      micro_batches: slider("micro-batches", 1, 16, (count) => put(model, { micro_batches: count })),
      t_comm: slider("message, ms", 0, 20, (delay) => put(model, { t_comm: delay })),
    };
    this.legend = html("p", { class: "dl-legend", "aria-hidden": "true" });
    this.picture = svg("svg", { "aria-hidden": "true" });
    this.words = sentence();
    const asked = Object.values(this.sliders).map(({ node }) => node);
    const controls = html("div", { class: "dl-controls" }, this.name.node);
    sheet.append(controls, ...asked, this.legend, this.picture, this.words);
  }

  update() {
    const now = read(this.model, ["name", "stages", "micro_batches", "t_comm"]);
    const { rows, words } = explore(now);
    const end = Math.max(...rows.map((row) => row.at(-1)[4]));
    const scale = (PAGE.width - PAGE.left - PAGE.right) / end;
    const height = PAGE.top + PAGE.row * rows.length + 22;
    const ticks = range(5).map((i) => {
      const place = { class: `dl-tick dl-tick${i}`, x: PAGE.left + (scale * end * i) / 4, y: height - 6 };
      return svg("text", place, i ? quantity((end * i) / 4, "s") : "0");
    });
    this.picture.setAttribute("viewBox", `0 0 ${PAGE.width} ${height}`);
    this.picture.replaceChildren(...rows.flatMap((row, i) => lane(row, i, scale)), ...ticks);
    const kinds = ["F", ...(now.name === "ZB-H1" ? ["B", "W"] : ["BW"]), "wait"];
    this.legend.replaceChildren(
      ...kinds.map((kind) => html("span", {}, html("i", { class: `dl-${kind}` }), MEANINGS[kind])),
    );
    this.name.show(now.name);
    for (const [trait, control] of Object.entries(this.sliders)) {
      control.show(now[trait], words);
      write(control.node.firstChild, `${control.input.getAttribute("aria-label")} ${now[trait]}`);
    }
    write(this.words, words);
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, panel(el, "pipeline", "Pipeline schedules"));
    return follow(model, ["name", "stages", "micro_batches", "t_comm"], () => explorer.update());
  },
};

export { schedule, explore };
