// Slide and flip: g, turned round, moves past f; the products that meet add up to one output.

// [i, j, f[i] * g[j]] for every pair that meets at this shift: i + j == shift.
function overlap(f, g, shift) {
  const first = Math.max(0, shift - g.length + 1);
  const last = Math.min(shift, f.length - 1);
  const meeting = [];
  for (let i = first; i <= last; i += 1) meeting.push([i, shift - i, f[i] * g[shift - i]]);
  return meeting;
}

const total = (meeting) => meeting.reduce((sum, [, , product]) => sum + product, 0);

function convolve(f, g) {
  return new Float64Array(f.length + g.length - 1).map((_, shift) => total(overlap(f, g, shift)));
}

function describe(shift, meeting) {
  const meet = meeting.length === 1 ? "meets" : "meet";
  const products = `${plural(meeting.length, "product")} ${meet}`;
  return `shift ${shift}: ${products}, sum ${number(total(meeting))}`;
}

// ---- the picture: four rows of bars on one grid, whose column 0 is f's first value -----------
const PAGE = { width: 720, names: 84, top: 6, row: 94, head: 20, bar: 48 };

function layout(f, g) {
  const columns = f.length + 2 * (g.length - 1);
  const cell = Math.min(56, (PAGE.width - PAGE.names) / columns);
  const start = PAGE.names + (PAGE.width - PAGE.names - columns * cell) / 2;
  const digits = cell >= 48 ? 4 : cell >= 36 ? 3 : cell >= 26 ? 2 : 0; // none: no room
  return { cell, left: start + (g.length - 1) * cell, digits };
}

// An empty row with its name and axis; `values` say how far its bars reach.
function row(order, name, values) {
  const high = Math.max(0, ...values);
  const unit = PAGE.bar / (high - Math.min(0, ...values) || 1);
  const top = PAGE.top + order * PAGE.row + PAGE.head;
  const zero = top + high * unit;
  const title = svg("text", { class: "dl-name", x: 0, y: top + PAGE.bar / 2 + 5 }, name);
  const ends = { x1: PAGE.names, x2: PAGE.width, y1: zero, y2: zero };
  const node = svg("g", {}, title, svg("line", { class: "dl-axis", ...ends }));
  return { node, unit, zero };
}

function bar(column, value, { unit, zero }, { cell, left, digits }, kind) {
  const height = Math.max(Math.abs(value) * unit, 1.5);
  const y = value < 0 ? zero : zero - height;
  const x = left + column * cell;
  const gap = Math.min(3, cell / 8);
  const box = svg("rect", { x: x + gap, y, width: cell - 2 * gap, height, rx: 1.5 });
  const node = svg("g", { class: `dl-bar dl-${kind}` }, box);
  const place = { x: x + cell / 2, y: value < 0 ? y + height + 12 : y - 5 };
  if (digits) node.append(svg("text", place, number(value, digits)));
  return node;
}

function picture(f, g) {
  const grid = layout(f, g);
  const out = convolve(f, g);
  const products = Array.from(f).flatMap((x) => Array.from(g, (y) => x * y));
  const names = ["f", "g, flipped", "products", "f ∗ g"];
  const rows = [f, g, products, out].map((values, i) => row(i, names[i], values));
  const bars = (values, i, kind) => Array.from(values, (v, c) => bar(c, v, rows[i], grid, kind));
  const moving = svg("g", {}, ...bars([...g].reverse(), 1, "g"));
  const outputs = bars(out, 3, "out");
  const band = svg("rect", { class: "dl-band", y: 2, height: 3 * PAGE.row, rx: 6 });
  const met = svg("g");
  const view = `0 0 ${PAGE.width} ${PAGE.top + 4 * PAGE.row}`;
  const node = svg("svg", { viewBox: view, "aria-hidden": "true" }, band);
  node.append(...rows.map((r) => r.node), ...bars(f, 0, "f"), moving, met, ...outputs);
  return { node, grid, moving, band, met, outputs, heights: rows[2], back: g.length - 1 };
}

// Move g, draw the products that meet, and show the output up to here.
function move({ grid, moving, band, met, outputs, heights, back }, meeting, shift) {
  moving.setAttribute("transform", `translate(${(shift - back) * grid.cell} 0)`);
  band.setAttribute("x", grid.left + meeting[0][0] * grid.cell);
  band.setAttribute("width", meeting.length * grid.cell);
  met.replaceChildren(...meeting.map(([i, , p]) => bar(i, p, heights, grid, "product")));
  outputs.forEach((node, i) => node.classList.toggle("dl-now", i === shift));
  outputs.forEach((node, i) => node.classList.toggle("dl-later", i > shift));
}

// The slider lies under the output, its knob under the bar that it lights.
function align(input, { cell, left }, last) {
  const share = (x) => `${(100 * x) / PAGE.width}%`;
  input.style.marginLeft = `calc(${share(left + cell / 2)} - 8px)`;
  input.style.width = `calc(${share(last * cell)} + 16px)`;
}

export default {
  render({ model, el }) {
    const sheet = panel(el, "slide", "Slide and flip");
    const stage = html("div", { class: "dl-stage" });
    const words = sentence();
    let f, g, last, drawn, control;
    const go = (shift) => put(model, { shift: clamp(shift, 0, last) });
    const update = () => {
      const shift = clamp(model.get("shift"), 0, last);
      const meeting = overlap(f, g, shift);
      move(drawn, meeting, shift);
      write(words, describe(shift, meeting));
      control.show(shift, words.textContent);
    };
    const rebuild = () => {
      [f, g] = [unpack(model.get("f")).data, unpack(model.get("g")).data];
      last = f.length + g.length - 2;
      drawn = picture(f, g);
      control = slider("shift", 0, last, go);
      align(control.input, drawn.grid, last);
      stage.replaceChildren(drawn.node);
      sheet.replaceChildren(stage, control.node, words);
      update();
    };
    onDrag(stage, (x) => {
      go(Math.floor((x * PAGE.width - drawn.grid.left) / drawn.grid.cell));
      control.input.focus();
    });
    const stop = [follow(model, ["f", "g"], rebuild), follow(model, ["shift"], update)];
    return () => stop.forEach((end) => end());
  },
};

export { overlap, convolve, number, pack, unpack };
