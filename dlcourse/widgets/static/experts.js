// The expert-load explorer: how many tokens chose each expert is Python's; here room cuts them off.
const PAGE = { width: 752, left: 86, right: 96, top: 30, row: 24, foot: 44 };

// ---- the counts: as dlcourse.parallel.routing --------------------------------------------------
function wantedAt({ shape, data }, offers, now) {
  const settings = ["tokens", "experts", "top", "skew"];
  const index = settings.map((name) => offers[name].indexOf(now[name]));
  const start = index.reduce((flat, i, axis) => flat * shape[axis] + i, 0) * shape.at(-1);
  return [...data.slice(start, start + now.experts)];
}

const total = (counts) => counts.reduce((sum, count) => sum + count, 0);
const roomOf = (wanted, capacity) => Math.ceil((capacity * total(wanted)) / wanted.length);

function describe(wanted, room) {
  const [all, count] = [total(wanted), wanted.length];
  const kept = wanted.map((one) => Math.min(one, room));
  const [most, done] = [Math.max(...kept), total(kept)];
  const spread = (Math.max(...wanted) * count) / all;
  const lost = all - done;
  return (
    `${all} choices of ${plural(count, "expert")}, room for ${room} each: ` +
    `imbalance ${number(spread, 3)}, ${lost} dropped (${number((100 * lost) / all, 3)} %); ` +
    `the slowest takes ${number((most * count) / all, 3)} times as long as an even share, ` +
    `${number(100 * (1 - done / (most * count)), 3)} % of all time is waiting`
  );
}

// ---- the picture: as draw/experts.py -----------------------------------------------------------
function bar(expert, wanted, kept, slowest, scale) {
  const top = PAGE.top + PAGE.row * expert;
  const middle = top + PAGE.row / 2 + 4;
  const box = (kind, start, count) => {
    const size = { y: top + 3, height: PAGE.row - 6, width: scale * count };
    return svg("rect", { class: `dl-${kind}`, x: PAGE.left + scale * start, ...size });
  };
  const lost = wanted - kept;
  const end = PAGE.left + scale * Math.max(wanted, slowest) + 6;
  return [
    svg("text", { class: "dl-expert", x: PAGE.left - 10, y: middle }, `expert ${expert}`),
    box("waits", 0, slowest),
    box("computes", 0, kept),
    ...(lost ? [box("dropped", kept, lost)] : []),
    svg("text", { class: "dl-count", x: end, y: middle }, lost ? `${kept} + ${lost}` : `${kept}`),
  ];
}

function axis(share, scale, bottom, longest) {
  const shares = Math.floor(longest / share);
  const step = Math.max(1, Math.ceil(shares / 8));
  const ticks = Array.from({ length: Math.floor(shares / step) + 1 }, (_, i) => i * step);
  const x = (times) => PAGE.left + times * share * scale;
  const words = `tokens, and so time, in even shares of ${number(share)} tokens`;
  return [
    ...ticks.map((i) => svg("text", { class: "dl-tick", x: x(i), y: bottom + 18 }, i ? `${i} ×` : "0")),
    svg("line", { class: "dl-share", x1: x(1), x2: x(1), y1: PAGE.top - 4, y2: bottom + 4 }),
    svg("text", { class: "dl-axis", x: PAGE.left, y: bottom + 38 }, words),
  ];
}

function chart(wanted, room) {
  const kept = wanted.map((one) => Math.min(one, room));
  const longest = Math.max(...wanted, room);
  const scale = (PAGE.width - PAGE.left - PAGE.right) / longest;
  const bottom = PAGE.top + PAGE.row * wanted.length;
  const x = PAGE.left + room * scale;
  return [
    ...wanted.flatMap((one, i) => bar(i, one, kept[i], Math.max(...kept), scale)),
    ...axis(total(wanted) / wanted.length, scale, bottom, longest),
    svg("line", { class: "dl-room", x1: x, x2: x, y1: PAGE.top - 10, y2: bottom + 4 }),
    svg("text", { class: "dl-tick", x, y: PAGE.top - 15 }, `room ${room}`),
  ];
}

const TRAITS = ["tokens", "experts", "top", "capacity", "skew"];

class Explorer {
  constructor(model, sheet) {
    this.model = model;
    this.offers = model.get("offers");
    this.table = unpack(model.get("table"));
    const choose = (label, trait) =>
      segments(label, this.offers[trait], (value) => put(model, { [trait]: value }));
    const slide = (label, trait) => {
      const last = this.offers[trait].length - 1;
      return slider(label, 0, last, (i) => put(model, { [trait]: this.offers[trait][i] }));
    };
    this.chosen = {
      tokens: choose("tokens", "tokens"),
      experts: choose("experts", "experts"),
      top: choose("experts for each token", "top"),
    };
    this.slid = { capacity: slide("capacity factor", "capacity"), skew: slide("router's skew", "skew") };
    this.picture = svg("svg", { "aria-hidden": "true" });
    this.words = sentence();
    const node = (control) => control.node;
    const bar = html("div", { class: "dl-controls" }, ...Object.values(this.chosen).map(node));
    sheet.append(bar, ...Object.values(this.slid).map(node), this.legend(), this.picture, this.words);
  }

  legend() {
    const kinds = { computes: "computes", waits: "waits", dropped: "dropped", share: "an even share" };
    const entries = Object.entries(kinds).map(([kind, words]) =>
      html("span", {}, html("i", { class: `dl-${kind}` }), words),
    );
    return html("p", { class: "dl-legend", "aria-hidden": "true" }, ...entries);
  }

  update() {
    const now = read(this.model, TRAITS);
    const wanted = wantedAt(this.table, this.offers, now);
    const room = roomOf(wanted, now.capacity);
    const height = PAGE.top + PAGE.row * wanted.length + PAGE.foot;
    this.picture.setAttribute("viewBox", `0 0 ${PAGE.width} ${height}`);
    this.picture.replaceChildren(...chart(wanted, room));
    for (const [trait, control] of Object.entries(this.chosen)) control.show(now[trait]);
    for (const [trait, control] of Object.entries(this.slid)) {
      control.show(this.offers[trait].indexOf(now[trait]), `${now[trait]}`);
      write(control.node.firstChild, `${control.input.getAttribute("aria-label")} ${now[trait]}`);
    }
    write(this.words, describe(wanted, room));
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, panel(el, "experts", "Load of the experts"));
    return follow(model, TRAITS, () => explorer.update());
  },
};

export { unpack, wantedAt, roomOf, describe };
