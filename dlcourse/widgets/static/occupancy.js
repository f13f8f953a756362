// The occupancy calculator: what a block asks for, and how many of them one SM holds.
const [WARP, KIB] = [32, 1024];
const NAMES = ["warps", "blocks", "registers", "shared memory"];

const roundUp = (value, unit) => Math.ceil(value / unit) * unit;

// Blocks that each resource has room for, as gpu/occupancy.py counts them.
function blockLimits(sm, threads, registers, shared) {
  const warps = Math.ceil(threads / WARP);
  const perWarp = roundUp(registers * WARP, sm.register_unit);
  const fits = perWarp * roundUp(warps, sm.partitions) <= sm.registers;
  const perPartition = Math.floor(sm.registers / sm.partitions / perWarp);
  const used = roundUp(shared + sm.shared_reserved, sm.shared_unit);
  return {
    warps: Math.floor(sm.warps / warps),
    blocks: sm.blocks,
    registers: fits ? Math.floor((perPartition * sm.partitions) / warps) : 0,
    ...(used ? { "shared memory": Math.floor(sm.shared_bytes / used) } : {}),
  };
}

function occupancy(sm, threads, registers, shared) {
  const limits = blockLimits(sm, threads, registers, shared);
  const blocks = Math.min(...Object.values(limits));
  const binding = Object.keys(limits).filter((name) => limits[name] === blocks);
  const perBlock = Math.ceil(threads / WARP);
  return { limits, blocks, binding, perBlock, warps: blocks * perBlock };
}

function describe(sm, { blocks, warps, binding }) {
  const percent = Math.floor((200 * warps + sm.warps) / (2 * sm.warps)); // rounded, half up
  const held = `${plural(blocks, "block")} an SM, ${warps} of ${sm.warps} warps (${percent} %)`;
  return `${held}; limited by ${binding.join(" and ")}`;
}

// ---- the picture: as draw/occupancy.py ---------------------------------------------------------
const PAGE = { width: 752, top: 30, slot: 21, across: 16, bars: 384, names: 112, room: 160, row: 32 };
const MOST_WARPS = 64;
const HEIGHT = PAGE.top + 4 * PAGE.row;

function slotBox(i) {
  const [x, y] = [PAGE.slot * (i % PAGE.across), PAGE.top + PAGE.slot * Math.floor(i / PAGE.across)];
  const box = svg("rect", { x: x + 1, y: y + 1, width: PAGE.slot - 2, height: PAGE.slot - 2, rx: 2 });
  const words = svg("text", { x: x + PAGE.slot / 2, y: y + 14.5 });
  return { node: svg("g", { class: "dl-slot" }, box, words), words };
}

function resourceBar(name, i) {
  const y = PAGE.top + PAGE.row * i;
  const x = PAGE.bars + PAGE.names;
  const bar = svg("rect", { class: "dl-used", x, y, height: 18, rx: 3 });
  const room = svg("rect", { class: "dl-room", x, y, width: PAGE.room, height: 18, rx: 3 });
  const title = svg("text", { x: PAGE.bars, y: y + 13 }, name);
  const words = svg("text", { x: x + PAGE.room + 10, y: y + 13 });
  return { node: svg("g", { class: "dl-resource" }, title, room, bar, words), bar, words };
}

class Calculator {
  constructor(model, sheet) {
    this.model = model;
    this.limits = model.get("limits");
    this.words = sentence();
    this.controls = {
      threads: slider("threads", 1, 32, (warps) => put(model, { threads: warps * WARP })),
      registers: slider("registers", 1, 255, (registers) => put(model, { registers })),
      shared: slider("shared KiB", 0, 1, (shared) => put(model, { shared })),
    };
    const pick = (name) => put(model, { compute_capability: name, shared: Math.min(model.get("shared"), this.most(name)) });
    const names = Object.keys(this.limits).sort((a, b) => a - b); // a saved notebook sorts as text
    this.capability = segments("compute capability", names, pick);
    this.slots = Array.from({ length: MOST_WARPS }, (_, i) => slotBox(i));
    this.bars = NAMES.map(resourceBar);
    this.heading = svg("text", { class: "dl-heading", x: 0, y: 14 });
    const other = svg("text", { class: "dl-heading", x: PAGE.bars, y: 14 }, "blocks that fit, by resource");
    const view = { viewBox: `0 0 ${PAGE.width} ${HEIGHT}`, "aria-hidden": "true" };
    const picture = svg("svg", view, this.heading, other);
    picture.append(...this.slots.map(({ node }) => node), ...this.bars.map(({ node }) => node));
    const sliders = Object.values(this.controls).map(({ node }) => node);
    const rows = html("div", { class: "dl-asked" }, ...sliders);
    sheet.append(html("div", { class: "dl-controls" }, this.capability.node), rows, picture, this.words);
  }

  most(name) {
    return this.limits[name].shared_bytes_per_block / KIB;
  }

  update() {
    const { threads, registers, shared, compute_capability: name } = read(this.model, [
      "threads", "registers", "shared", "compute_capability",
    ]);
    const sm = this.limits[name];
    const found = occupancy(sm, threads, registers, shared * KIB);
    this.fill(sm, found);
    write(this.heading, `one SM: ${sm.warps} warp slots, ${found.perBlock} a block`);
    const asked = `${threads} threads, ${registers} registers, ${shared} KiB`;
    write(this.words, `${asked}: ${describe(sm, found)}`);
    this.controls.shared.input.max = this.most(name);
    const values = { threads: threads / WARP, registers, shared };
    for (const [key, control] of Object.entries(this.controls)) {
      control.show(values[key], this.words.textContent);
    }
    this.capability.show(name);
  }

  fill(sm, { limits, blocks, binding, perBlock, warps }) {
    this.slots.forEach(({ node, words }, i) => {
      const block = Math.floor(i / perBlock);
      node.classList.toggle("dl-hidden", i >= sm.warps);
      node.classList.toggle("dl-even", i < warps && block % 2 === 0);
      node.classList.toggle("dl-odd", i < warps && block % 2 === 1);
      write(words, i < warps ? `${block}` : "");
    });
    this.bars.forEach(({ node, bar, words }, i) => {
      const fit = limits[NAMES[i]];
      const limiting = binding.includes(NAMES[i]);
      const share = fit === undefined ? 0 : fit ? blocks / fit : 1;
      bar.setAttribute("width", PAGE.room * Math.min(share, 1));
      node.classList.toggle("dl-limit", limiting);
      write(words, fit === undefined ? "none asked for" : `${fit}${limiting ? ": the limit" : ""}`);
    });
  }
}

export default {
  render({ model, el }) {
    const calculator = new Calculator(model, panel(el, "occupancy", "Occupancy"));
    const traits = ["threads", "registers", "shared", "compute_capability"];
    return follow(model, traits, () => calculator.update());
  },
};

export { occupancy, describe };
