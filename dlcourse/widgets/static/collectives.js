// Which all-reduce wins: a map over message size and ranks, under a frame that moves.
const PAGE = { left: 62, top: 6, cell: [24, 18], foot: 40 };

// Seconds of each algorithm at one place.
function timesAt({ data, shape }, network, row, column) {
  const [, rows, columns, count] = shape;
  const start = ((network * rows + row) * columns + column) * count;
  return [...data.slice(start, start + count)];
}

const least = (times) => times.indexOf(Math.min(...times));
const ratio = (value) => (value < 999.5 ? number(value, 3) : value.toFixed(0));

function describe(ranks, power, names, times) {
  const order = names.map((_, i) => i).sort((i, j) => times[i] - times[j]); // stable, as Python's
  const others = order.slice(1).map((i) => `${names[i]} ${ratio(times[i] / times[order[0]])}`);
  const winner = `${names[order[0]]} ${quantity(times[order[0]], "s")}`;
  return `${ranks} ranks, ${quantity(2 ** power, "B")}: ${winner}; times that: ${others.join(", ")}`;
}

const binary = (power) => `${2 ** (power % 10)} ${["B", "KiB", "MiB", "GiB"][Math.floor(power / 10)]}`;

class Map_ {
  constructor(model, sheet) {
    this.model = model;
    Object.assign(this, read(model, ["rows", "columns", "networks", "algorithms"]));
    this.table = unpack(model.get("table"));
    this.names = this.algorithms.map(([name]) => name);
    this.width = PAGE.left + this.columns.length * PAGE.cell[0] + 16;
    this.height = PAGE.top + this.rows.length * PAGE.cell[1] + PAGE.foot;
    this.chooser = segments("network", this.networks, (network) => put(model, { network }));
    this.words = sentence();
    const keys = { tabindex: 0, role: "application", ...OWN_KEYS };
    const label = "place: left and right change the size, up and down the ranks";
    this.stage = html("div", { class: "dl-stage", ...keys, "aria-label": label });
    this.cells = this.rows.map((_, row) => this.columns.map((__, column) => this.cell(row, column)));
    const [width, height] = PAGE.cell;
    this.frame = svg("rect", { class: "dl-here", width, height });
    const view = { viewBox: `0 0 ${this.width} ${this.height}`, "aria-hidden": "true" };
    const all = this.cells.flat().flatMap(({ box, letter }) => [box, letter]);
    this.stage.append(svg("svg", view, ...all, ...this.axes(), this.frame));
    const bar = html("div", { class: "dl-controls" }, this.chooser.node);
    sheet.append(bar, this.legend(), this.stage, this.words);
    onArrows(this.stage, (rows, columns) => this.go(this.row + rows, this.column + columns));
    onDrag(this.stage, (x, y) => this.under(x * this.width, y * this.height));
  }

  get row() {
    return this.rows.indexOf(this.model.get("ranks"));
  }

  get column() {
    return this.columns.indexOf(this.model.get("power"));
  }

  go(row, column) {
    const ranks = this.rows[clamp(row, 0, this.rows.length - 1)];
    put(this.model, { ranks, power: this.columns[clamp(column, 0, this.columns.length - 1)] });
  }

  under(x, y) {
    this.go(Math.floor((y - PAGE.top) / PAGE.cell[1]), Math.floor((x - PAGE.left) / PAGE.cell[0]));
  }

  cell(row, column) {
    const [width, height] = PAGE.cell;
    const [x, y] = [PAGE.left + column * width, PAGE.top + row * height];
    const box = svg("rect", { x, y, width, height });
    return { box, letter: svg("text", { x: x + width / 2, y: y + height / 2 + 4 }) };
  }

  axes() {
    const middle = (i) => PAGE.top + (i + 0.5) * PAGE.cell[1] + 4;
    const foot = PAGE.top + this.rows.length * PAGE.cell[1];
    const across = (i) => PAGE.left + (i + 0.5) * PAGE.cell[0];
    const sizes = this.columns.map((power, i) => [power, i]).filter(([, i]) => i % 3 === 0);
    return [
      ...this.rows.map((ranks, i) => svg("text", { class: "dl-rank", x: PAGE.left - 8, y: middle(i) }, `${ranks}`)),
      ...sizes.map(([power, i]) => svg("text", { x: across(i), y: foot + 14 }, binary(power))),
      svg("text", { class: "dl-axis", x: PAGE.left, y: foot + 34 }, "bytes of each rank's array"),
      svg("text", { class: "dl-axis", x: 0, y: foot + 14 }, "ranks"),
    ];
  }

  legend() {
    const names = this.algorithms.map(([name, letter, color]) => {
      const mark = html("span", { class: "dl-mark", style: `background:${color}` }, letter);
      return html("span", { class: "dl-entry" }, mark, name);
    });
    return html("div", { class: "dl-legend" }, ...names);
  }

  paint() {
    const network = this.networks.indexOf(this.model.get("network"));
    this.cells.forEach((cells, row) =>
      cells.forEach(({ box, letter }, column) => {
        const [, sign, color] = this.algorithms[least(timesAt(this.table, network, row, column))];
        box.setAttribute("fill", color);
        write(letter, sign);
      }),
    );
    this.chooser.show(this.model.get("network"));
    this.move();
  }

  move() {
    const { row, column } = this;
    adjust(this.frame, { x: PAGE.left + column * PAGE.cell[0], y: PAGE.top + row * PAGE.cell[1] });
    const times = timesAt(this.table, this.networks.indexOf(this.model.get("network")), row, column);
    write(this.words, describe(this.rows[row], this.columns[column], this.names, times));
  }
}

export default {
  render({ model, el }) {
    const map = new Map_(model, panel(el, "collectives", "Which all-reduce wins"));
    const stop = [
      follow(model, ["network"], () => map.paint()),
      follow(model, ["ranks", "power"], () => map.move()),
    ];
    return () => stop.forEach((end) => end());
  },
};

export { unpack, timesAt, least, describe };
