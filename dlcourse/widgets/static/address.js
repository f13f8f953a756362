// The address map: a warp's 32 addresses on lines of memory, and the sectors that they fetch.
const [WARP, SECTOR, LINE] = [32, 32, 128]; // lanes, bytes, bytes
const SIZES = [1, 2, 4, 8, 16]; // bytes a lane

const strided = (stride, offset, width) =>
  Array.from({ length: WARP }, (_, lane) => (offset + lane * stride) * width);

function sectors(addresses, width) {
  const touched = addresses.flatMap((a) => [a, a + width - 1]).map((a) => Math.floor(a / SECTOR));
  return [...new Set(touched)].sort((a, b) => a - b);
}

function describe(addresses, width) {
  const asked = new Set(addresses).size * width;
  const count = sectors(addresses, width).length;
  const fetched = count * SECTOR;
  const share = Math.floor((200 * asked + fetched) / (2 * fetched)); // rounded, half up
  const words = `${plural(count, "sector")} fetched, ${fetched} bytes, ${share} % used`;
  const best = Math.ceil(asked / SECTOR);
  return `${WARP} lanes ask for ${asked} bytes of memory: ${words}; ${best} could do`;
}

// ---- the picture: as draw/sectors.py, of the first lines of memory whether touched or not -----
const PAGE = { width: 752, left: 78, top: 4, row: 20, box: 17, lines: 16 };
const ROOM = PAGE.width - PAGE.left;

const x = (address) => PAGE.left + (ROOM * (address % LINE)) / LINE;
const y = (address) => PAGE.top + PAGE.row * Math.floor(address / LINE);
const isShown = (address) => address < PAGE.lines * LINE;

function sectorBox(i) {
  const place = { x: x(i * SECTOR) + 1, y: y(i * SECTOR), height: PAGE.box, rx: 2 };
  return svg("rect", { class: "dl-sector", ...place, width: (ROOM * SECTOR) / LINE - 2 });
}

function lineName(i) {
  const at = { x: PAGE.left - 10, y: PAGE.top + PAGE.row * i + 13 };
  return svg("text", { class: "dl-place", ...at }, `byte ${i * LINE}`);
}

function laneBox(lane) {
  const box = svg("rect", { height: PAGE.box - 2 });
  const words = svg("text", {}, `${lane}`);
  return { node: svg("g", { class: "dl-lane" }, box, words), box, words };
}

function moveLane({ node, box, words }, address, width) {
  const shown = isShown(address);
  node.classList.toggle("dl-hidden", !shown);
  if (!shown) return;
  const side = (ROOM * width) / LINE;
  adjust(box, { x: x(address) + 1, y: y(address) + 1, width: Math.max(side - 2, 1) });
  adjust(words, { x: x(address) + side / 2, y: y(address) + 13 });
  words.classList.toggle("dl-hidden", side < 14);
}

class Viewer {
  constructor(model, sheet) {
    this.model = model;
    this.words = sentence();
    const most = model.get("most");
    this.sliders = ["stride", "offset"].map((name) => [
      name,
      slider(name, 0, most, (value) => put(model, { [name]: value })),
    ]);
    this.sizes = segments("bytes an element", SIZES, (width) => put(model, { width }));
    this.sectors = Array.from({ length: (PAGE.lines * LINE) / SECTOR }, (_, i) => sectorBox(i));
    this.lanes = Array.from({ length: WARP }, (_, lane) => laneBox(lane));
    const names = Array.from({ length: PAGE.lines }, (_, i) => lineName(i));
    this.more = svg("text", { class: "dl-more", x: PAGE.left, y: PAGE.top + PAGE.row * PAGE.lines + 12 });
    const view = `0 0 ${PAGE.width} ${PAGE.top + PAGE.row * PAGE.lines + 18}`;
    const picture = svg("svg", { viewBox: view, "aria-hidden": "true" });
    picture.append(...names, ...this.sectors, ...this.lanes.map(({ node }) => node), this.more);
    const row = html("div", { class: "dl-row" }, ...this.sliders.map(([, s]) => s.node), this.sizes.node);
    sheet.append(row, picture, this.words);
  }

  update() {
    const { stride, offset, width } = read(this.model, ["stride", "offset", "width"]);
    const addresses = strided(stride, offset, width);
    const fetched = new Set(sectors(addresses, width));
    this.sectors.forEach((box, i) => box.classList.toggle("dl-on", fetched.has(i)));
    const last = stride === 0 ? 1 : WARP; // lanes that ask for what lane 0 asks for have no box
    this.lanes.forEach((lane, i) => moveLane(lane, i < last ? addresses[i] : Infinity, width));
    write(this.lanes[0].words, stride === 0 ? "all" : "0");
    const hidden = addresses.filter((address) => !isShown(address)).length;
    write(this.more, hidden ? `… and ${plural(hidden, "lane")} farther on` : "");
    const where = `stride ${stride}, offset ${offset}`;
    write(this.words, `${where}: ${describe(addresses, width)}`);
    const now = { stride, offset };
    this.sliders.forEach(([name, control]) => control.show(now[name], this.words.textContent));
    this.sizes.show(width);
  }
}

export default {
  render({ model, el }) {
    const map = new Viewer(model, panel(el, "address", "Address map"));
    return follow(model, ["stride", "offset", "width"], () => map.update());
  },
};

export { strided, sectors, describe };
