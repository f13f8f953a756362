// Bank conflicts: a 32 x 32 tile of words with padding, and the wavefronts that a row or column takes.
const BANKS = 32;
const count = Array.from({ length: BANKS }, (_, i) => i);

// Bank of every lane's word; all words differ.
const lanesBanks = (along, padding) =>
  count.map((lane) => (lane * (along === "row" ? 1 : BANKS + padding)) % BANKS);

// For each bank the lanes that queue for it: the longest queue is the number of wavefronts.
function queues(banks) {
  const found = count.map(() => []);
  banks.forEach((bank, lane) => found[bank].push(lane));
  return found;
}

function describe(banks) {
  const waiting = queues(banks);
  const wavefronts = Math.max(...waiting.map((queue) => queue.length));
  const used = waiting.filter((queue) => queue.length).length;
  const where = `${BANKS} lanes at ${used} of the ${BANKS} banks of the tile`;
  return `${where}: ${wavefronts === 1 ? "1 wavefront, no conflict" : `${wavefronts} wavefronts where 1 would do`}`;
}

// ---- the picture: left the tile with bank 0 shaded, right the wavefronts ---------------------------
const PAGE = { width: 752, top: 24, cell: 9, right: 384, pass: 11.5 };
const HEIGHT = PAGE.top + BANKS * PAGE.pass + 4;

const square = (size) => (x, y) => `M${x + 0.5} ${y + 0.5}h${size - 1}v${size - 1}h${1 - size}z`;
const [inTile, inPass] = [square(PAGE.cell), square(PAGE.pass)];
const tilePath = (cells) => cells.map(([row, column]) => inTile(column * PAGE.cell, PAGE.top + row * PAGE.cell)).join("");
const passPath = (cells) => cells.map(([pass, bank]) => inPass(PAGE.right + bank * PAGE.pass, PAGE.top + pass * PAGE.pass)).join("");

const grid = (rows, columns) =>
  Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);

class Explorer {
  constructor(model, sheet) {
    this.model = model;
    this.words = sentence();
    this.padding = slider("padding", 0, model.get("most"), (padding) => put(model, { padding }));
    this.along = segments("read along a", ["row", "column"], (along) => put(model, { along }));
    const paths = ["cells", "pad", "bank", "asked", "idle", "served"];
    this.paths = Object.fromEntries(paths.map((name) => [name, svg("path", { class: `dl-${name}` })]));
    const heading = (at, words) => svg("text", { x: at, y: 14 }, words);
    this.heading = heading(0, "");
    const headings = [this.heading, heading(PAGE.right, "wavefronts over the 32 banks, first on top")];
    const view = { viewBox: `0 0 ${PAGE.width} ${HEIGHT}`, "aria-hidden": "true" };
    const picture = svg("svg", view, ...headings, ...Object.values(this.paths));
    const row = html("div", { class: "dl-row" }, this.padding.node, this.along.node);
    sheet.append(row, picture, this.words);
  }

  draw(name, path) {
    this.paths[name].setAttribute("d", path);
  }

  update() {
    const { padding, along } = read(this.model, ["padding", "along"]);
    const pitch = BANKS + padding;
    const tile = grid(BANKS, pitch);
    this.draw("cells", tilePath(tile));
    this.draw("pad", tilePath(tile.filter(([, column]) => column >= BANKS)));
    this.draw("bank", tilePath(tile.filter(([row, column]) => (row * pitch + column) % BANKS === 0)));
    this.draw("asked", tilePath(count.map((lane) => (along === "row" ? [0, lane] : [lane, 0]))));
    const banks = lanesBanks(along, padding);
    const served = queues(banks).flatMap((queue, bank) => queue.map((_, pass) => [pass, bank]));
    const wavefronts = 1 + Math.max(...served.map(([pass]) => pass));
    this.draw("idle", passPath(grid(wavefronts, BANKS)));
    this.draw("served", passPath(served));
    write(this.heading, `float tile[32][${pitch}]; blue: bank 0`);
    write(this.words, `tile ${pitch} wide, along a ${along}: ${describe(banks)}`);
    this.padding.show(padding, this.words.textContent);
    this.along.show(along);
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, panel(el, "banks", "Bank conflicts"));
    return follow(model, ["padding", "along"], () => explorer.update());
  },
};

export { lanesBanks, queues, describe };
