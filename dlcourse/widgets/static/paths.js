// The path calculator: five staged copies, and one by RDMA below, on one time axis.
const PAGE = { width: 752, left: 128, right: 16, row: 32, top: 4, gap: 10 };

// A path is a list of stages [setup, bandwidth]: t = setup + bytes / bandwidth, for each chunk.
const stageSeconds = ([setup, bandwidth], size) => setup + size / bandwidth;

function stagedPath({ nics, slots }, nic, pcie) {
  const [slot, wire] = [slots[pcie], nics[nic]];
  return [slot, slot, wire, slot, slot];
}

function directPath({ nics, slots }, nic, pcie) {
  return [[nics[nic][0], Math.min(nics[nic][1], slots[pcie][1])]];
}

// The first chunk through all stages, the others at the pace of the slowest.
function pathSeconds(path, size, chunks) {
  const times = path.map((stage) => stageSeconds(stage, size / chunks));
  return times.reduce((a, b) => a + b, 0) + (chunks - 1) * Math.max(...times);
}

// [stage, chunk, start, end] of every copy.
function timeline(path, size, chunks) {
  const free = path.map(() => 0);
  const copies = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    let here = 0;
    path.forEach((stage, i) => {
      const start = Math.max(here, free[i]);
      here = free[i] = start + stageSeconds(stage, size / chunks);
      copies.push([i, chunk, start, here]);
    });
  }
  return copies;
}

function describe(staged, direct, size, chunks) {
  const told = (path, count) => {
    const seconds = pathSeconds(path, size, count);
    return `${quantity(seconds, "s")}, ${quantity(size / seconds, "B/s")}`;
  };
  const pieces = plural(chunks, "chunk");
  return `${quantity(size, "B")} staged in ${pieces}: ${told(staged, chunks)}; by RDMA ${told(direct, 1)}`;
}

// ---- the picture: as draw/paths.py -------------------------------------------------------------
function bars(copies, scale, top, kind) {
  return copies.map(([stage, chunk, start, end]) =>
    svg("rect", {
      class: `${kind} dl-chunk${chunk % 2}`,
      x: PAGE.left + scale * start,
      y: top + PAGE.row * stage + 6,
      width: Math.max(scale * (end - start), 0.5),
      height: PAGE.row - 12,
    }),
  );
}

class Calculator {
  constructor(model, sheet, names) {
    this.model = model;
    this.media = model.get("media");
    this.nic = chooser("network card", model.get("nics"), (nic) => put(model, { nic }));
    this.pcie = chooser("slots", model.get("slots"), (pcie) => put(model, { pcie }));
    this.chunks = segments("chunks", model.get("counts"), (chunks) => put(model, { chunks }));
    this.size = slider("message", 0, 30, (power) => put(model, { power }));
    this.words = sentence();
    const middle = (row) => PAGE.top + PAGE.row * (row + 0.5) + (row < names.length - 1 ? 0 : PAGE.gap);
    const lanes = names.flatMap((name, row) => [
      svg("line", { x1: PAGE.left, x2: PAGE.width - PAGE.right, y1: middle(row), y2: middle(row) }),
      svg("text", { class: "dl-name", x: PAGE.left - 10, y: middle(row) + 5 }, name),
    ]);
    this.marks = svg("g");
    const height = PAGE.top + PAGE.row * names.length + PAGE.gap + 22;
    this.ticks = [0, 1, 2, 3, 4].map((i) =>
      svg("text", { class: "dl-tick", x: PAGE.left + ((PAGE.width - PAGE.left - PAGE.right) * i) / 4, y: height - 6 }),
    );
    const view = { viewBox: `0 0 ${PAGE.width} ${height}`, "aria-hidden": "true" };
    const choose = html("div", { class: "dl-controls" }, this.nic.node, this.pcie.node, this.chunks.node);
    sheet.append(choose, this.size.node, svg("svg", view, ...lanes, this.marks, ...this.ticks), this.words);
  }

  update() {
    const now = read(this.model, ["nic", "pcie", "chunks", "power"]);
    const [staged, direct] = [stagedPath, directPath].map((path) => path(this.media, now.nic, now.pcie));
    const size = 2 ** now.power;
    const end = Math.max(pathSeconds(staged, size, 1), pathSeconds(staged, size, now.chunks));
    const scale = (PAGE.width - PAGE.left - PAGE.right) / end;
    const below = PAGE.top + PAGE.row * staged.length + PAGE.gap;
    this.marks.replaceChildren(
      ...bars(timeline(staged, size, now.chunks), scale, PAGE.top, "dl-staged"),
      ...bars(timeline(direct, size, 1), scale, below, "dl-direct"),
    );
    this.ticks.forEach((tick, i) => write(tick, i ? quantity((end * i) / 4, "s") : "0"));
    this.nic.show(now.nic);
    this.pcie.show(now.pcie);
    this.chunks.show(now.chunks);
    this.size.show(now.power, quantity(size, "B"));
    write(this.words, describe(staged, direct, size, now.chunks));
  }
}

export default {
  render({ model, el }) {
    const names = [...model.get("stages"), "by RDMA"];
    const calculator = new Calculator(model, panel(el, "paths", "Path calculator"), names);
    return follow(model, ["nic", "pcie", "chunks", "power"], () => calculator.update());
  },
};

export { quantity, stagedPath, directPath, pathSeconds, timeline, describe };
