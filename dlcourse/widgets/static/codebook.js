// Eight bits in four codebooks: looked up, compared and drawn as in Python; the axes are Python's.
const PAGE = { left: 112, right: 20, top: 44, row: 86, width: 820, decades: 6 };
const [SIGN, LOW, HIGH] = [128, -6, 4.3]; // powers of ten on the axis
const FILLS = { sign: "#ffffff", power: "#9fd3f0", flag: "#F0E442", digits: "#f6c37a" };
const RULE = "give a number from -1 to 1, a millionth or more";
const TRAITS = ["code", "value"];

// ---- codes: as dlcourse/parallel/codebooks.py --------------------------------------------------
function readBook([name, text]) {
  const magnitudes = text.split(" ").map(Number);
  return { name, magnitudes, sorted: magnitudes.toSorted((a, b) => a - b) };
}

const isOn = (code, bit) => (code >> bit) & 1;
const valueOf = ({ magnitudes }, code) => (code < SIGN ? 1 : -1) * magnitudes[code % SIGN];

// The magnitude nearest to x: the last one whose half way from the one before lies below x.
const nearest = ({ sorted }, x) =>
  sorted.findLast((one, i) => i === 0 || (sorted[i - 1] + one) / 2 < x);

const tenths = (value) => Array.from({ length: PAGE.decades }, (_, i) => value / 10 ** i);
const error = (book, x) => Math.abs(nearest(book, Math.abs(x)) - Math.abs(x)) / Math.abs(x);

// ---- words: as dlcourse/draw/codebook.py -------------------------------------------------------
const asBits = (code) => code.toString(2).padStart(8, "0");
const percent = (share) =>
  share >= 10 ? `${(100 * share).toFixed(0)} %` : `${number(100 * share, 3)} %`;
const raised = (n) => `${n}`.replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

function describe(books, code, value) {
  const stands = books.map((book) => `${book.name} ${number(valueOf(book, code))}`);
  const become = books.map((book) => {
    const decoded = Math.sign(value) * nearest(book, Math.abs(value));
    return `${book.name} ${number(decoded)} (${percent(error(book, value))})`;
  });
  return `${asBits(code)}: ${stands.join(", ")}; ${number(value)} becomes ${become.join(", ")}`;
}

const bitLength = (low) => 32 - Math.clz32(low);

// What each of the eight bits is for.
function roles(name, code) {
  const row = (zeros, flags) =>
    ["sign", "power", "flag", "digits"].flatMap((role, i) =>
      Array(i ? [zeros, flags, 7 - zeros - flags][i - 1] : 1).fill(role),
    );
  if (name === "linear") return row(0, 0);
  if (name !== "dynamic") return row(3, 0);
  const zeros = 7 - bitLength(code % SIGN);
  return row(zeros, zeros < 7 ? 1 : 0);
}

// The value as its parts, such as "10⁻² × 0.284 = 0.00284".
function meaning({ name, magnitudes }, code) {
  const [low, sign] = [code % SIGN, code < SIGN ? "" : "−"];
  const value = `${sign}${number(magnitudes[low])}`;
  if (name === "linear") return `${sign}${low} / 127 = ${value}`;
  if (name === "dynamic" && low < 2) return `${value}: a code of its own`;
  const exponent = name === "dynamic" ? bitLength(low) - 7 : (low >> 4) - 4;
  const factor = number(magnitudes[low] / Number(`1e${exponent}`));
  return `${sign}10${raised(exponent)} × ${factor} = ${value}`;
}

// ---- the picture: as dlcourse/draw/codebook.py -------------------------------------------------
// Where a magnitude stands; zero has a place of its own, left of the axis.
function across(magnitude) {
  if (magnitude === 0) return PAGE.left - 27;
  const share = (Math.log10(magnitude) - LOW) / (HIGH - LOW);
  return PAGE.left + share * (PAGE.width - PAGE.left - PAGE.right);
}

function here(value, books) {
  const x = across(Math.abs(value));
  const { blue } = STYLE.colors;
  const ways = books.map((_, i) => `M${x.toFixed(1)} ${PAGE.top + PAGE.row * i + 35}v38`);
  return [
    svg("path", { d: ways.join(""), stroke: blue, "stroke-width": 2 }),
    label(x, PAGE.top + PAGE.row * books.length + 24, number(value), { size: 11, fill: blue }),
  ];
}

function drawBook(book, code, y) {
  const bits = roles(book.name, code).flatMap((role, i) => {
    const x = PAGE.left + 26 * i + 6 * (i > 0);
    const box = { x, y: y + 2, width: 24, height: 24, rx: 3, stroke: MUTED, fill: FILLS[role] };
    return [svg("rect", box), label(x + 12, y + 14, asBits(code)[i], { size: 14 })];
  });
  const words = label(PAGE.left + 236, y + 14, meaning(book, code), { size: 14, anchor: "start" });
  const x = across(book.magnitudes[code % SIGN]);
  const tip = y + 54 + (code < SIGN ? -15 : 15);
  const { vermilion } = STYLE.colors;
  const mark = { x1: x, x2: x, y1: y + 54, y2: tip, stroke: vermilion, "stroke-width": 3 };
  const dot = svg("circle", { cx: x, cy: tip, r: 4.5, fill: vermilion });
  return [...bits, words, svg("line", mark), dot];
}

function table(books, value, top) {
  const wide = (PAGE.width - PAGE.left - PAGE.right) / PAGE.decades;
  const middle = (i) => PAGE.left + wide * (i + 0.5);
  const heads = tenths(value).map((x, i) => label(middle(i), top + 12, number(x), { size: 12 }));
  const cells = books.flatMap((book, row) =>
    tenths(value).flatMap((x, i) => {
      const share = error(book, x);
      const y = top + 26 * (row + 1);
      const box = { x: PAGE.left + wide * i + 1, y, width: wide - 2, height: 24 };
      const depth = clamp(1 + Math.log10(Math.max(share, 1e-4)) / 3, 0, 1); // 0.1 % to 100 %
      const { faint, orange } = STYLE.colors;
      return [
        svg("rect", { fill: faint, ...box }),
        svg("rect", { fill: orange, "fill-opacity": depth, ...box }),
        label(middle(i), y + 12, percent(share), { size: 12 }),
      ];
    }),
  );
  return [...heads, ...cells];
}

class Codebook {
  constructor(model, sheet) {
    this.model = model;
    this.books = model.get("books").map(readBook);
    this.ground = svg("g");
    this.ground.innerHTML = model.get("ground");
    this.stage = stage();
    this.bits = [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => this.bit(bit));
    const name = "bits: left and right choose, up and down turn on and off";
    const bits = html("div", { class: "dl-bits", role: "group", "aria-label": name }, ...this.bits);
    const code = html("div", { class: "dl-choose" }, html("span", {}, "bits"), bits);
    sheet.append(html("div", { class: "dl-controls" }, code, this.typed()), ...this.stage.nodes);
    this.focus(7);
  }

  typed() {
    this.number = html("input", { type: "text", inputmode: "decimal", "aria-label": "number", ...OWN_KEYS });
    const type = () => this.type(this.number.value);
    this.number.addEventListener("change", type);
    this.number.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // JupyterLab does too, and then the browser sees no change
      type();
    });
    return html("label", { class: "dl-choose" }, html("span", {}, "number"), this.number);
  }

  bit(bit) {
    const button = html("button", { type: "button", role: "switch", ...OWN_KEYS });
    button.addEventListener("click", () => this.turn(bit, !isOn(this.model.get("code"), bit)));
    button.addEventListener("focus", () => this.focus(bit));
    onArrows(button, (rows, columns) => {
      if (rows) this.turn(bit, rows < 0);
      else this.bits[7 - clamp(bit - columns, 0, 7)].focus();
    });
    return button;
  }

  // Tab reaches one of the bits, the arrow keys the others.
  focus(bit) {
    this.bits.forEach((button, i) => (button.tabIndex = i === 7 - bit ? 0 : -1));
  }

  turn(bit, on) {
    const code = this.model.get("code") & ~(1 << bit);
    put(this.model, { code: on ? code | (1 << bit) : code });
  }

  type(text) {
    const value = Number(text.trim() || NaN);
    if (Math.abs(value) >= 1e-6 && Math.abs(value) <= 1) put(this.model, { value });
    else write(this.stage.words, `${text || "nothing"}: ${RULE}`);
  }

  update() {
    const { code, value } = read(this.model, TRAITS);
    this.bits.forEach((button, i) => {
      const [bit, name] = [7 - i, i ? `bit ${7 - i}` : "sign"];
      write(button, `${isOn(code, bit)}`);
      adjust(button, { "aria-checked": isOn(code, bit) === 1, "aria-label": name });
    });
    this.number.value = value;
    const { books, ground } = this;
    const drawn = books.flatMap((book, i) => drawBook(book, code, PAGE.top + PAGE.row * i));
    const top = PAGE.top + PAGE.row * books.length + 34;
    const parts = [ground, ...here(value, books), ...drawn, ...table(books, value, top)];
    const size = [PAGE.width, top + 26 * books.length + 46];
    this.stage.draw(size, parts, describe(books, code, value));
  }
}

export default {
  render({ model, el }) {
    const codebook = new Codebook(model, panel(el, "codebook", "Eight bits in four codebooks"));
    return follow(model, TRAITS, () => codebook.update());
  },
};
