// The roofline explorer: intensity moves along a machine's roof; both axes are logarithmic.
const KINDS = ["fp32", "tf32", "fp16", "fp8"];
const [LOW, HIGH, STEPS] = [-4, 12, 8]; // powers of two; slider steps for each
const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z"];

// A rate with the prefix that leaves a small number before it, as dlcourse.units.show prints it.
function rate(value, unit, digits = 3) {
  let text;
  for (let power = PREFIXES.length - 1; power >= 0; power -= 1) {
    const scaled = value / 1000 ** power;
    const printed = number(scaled, Math.max(digits, `${Math.trunc(scaled)}`.length));
    text = `${printed} ${PREFIXES[power]}${unit}`;
    if (Number(printed) >= 1) break;
  }
  return text;
}

const roofOf = (rates, kind) => ({ flops: rates[kind], bytes: rates.bytes, ridge: rates[kind] / rates.bytes });
const attainable = ({ flops, bytes }, intensity) => Math.min(flops, intensity * bytes);

function describe(roof, intensity) {
  const perByte = `${number(intensity, Math.max(3, `${Math.trunc(intensity)}`.length))} FLOP/B`;
  const bound = intensity < roof.ridge ? "memory" : "arithmetic";
  return `here, ${perByte}: ${rate(attainable(roof, intensity), "FLOP/s")}, bound by ${bound}`;
}

// ---- the picture: as draw/roofline.py ----------------------------------------------------------
const PAGE = { width: 752, height: 330, left: 84, right: 10, top: 12, bottom: 44 };
const [BOTTOM, TOP] = [9, 16]; // powers of ten of the speed

const x = (intensity) => {
  const across = clamp((Math.log2(intensity) - LOW) / (HIGH - LOW), 0, 1);
  return PAGE.left + across * (PAGE.width - PAGE.left - PAGE.right);
};
const y = (speed) => {
  const up = clamp((Math.log10(speed) - BOTTOM) / (TOP - BOTTOM), 0, 1);
  return PAGE.height - PAGE.bottom - up * (PAGE.height - PAGE.top - PAGE.bottom);
};

function roofPath(roof) {
  const places = [2 ** LOW, clamp(roof.ridge, 2 ** LOW, 2 ** HIGH), 2 ** HIGH];
  return `M${places.map((at) => `${x(at)} ${y(attainable(roof, at))}`).join("L")}`;
}

function axes() {
  const parts = [];
  for (let power = BOTTOM; power <= TOP; power += 1) {
    const at = y(10 ** power);
    parts.push(svg("line", { class: "dl-grid", x1: PAGE.left, x2: PAGE.width - PAGE.right, y1: at, y2: at }));
    parts.push(svg("text", { class: "dl-speed", x: PAGE.left - 8, y: at + 4 }, rate(10 ** power, "FLOP/s")));
  }
  for (let power = LOW; power <= HIGH; power += 2) {
    const at = x(2 ** power);
    const words = power < 0 ? `1/${2 ** -power}` : `${2 ** power}`;
    parts.push(svg("line", { class: "dl-grid", x1: at, x2: at, y1: PAGE.top, y2: PAGE.height - PAGE.bottom }));
    parts.push(svg("text", { x: at, y: PAGE.height - PAGE.bottom + 17 }, words));
  }
  const middle = (PAGE.left + PAGE.width - PAGE.right) / 2;
  parts.push(svg("text", { x: middle, y: PAGE.height - 6 }, "arithmetic intensity, FLOP per byte"));
  return parts;
}

function chooser(label, names, onPick) {
  const options = names.map((name) => html("option", { value: name }, name));
  const select = html("select", { "aria-label": label, ...OWN_KEYS }, ...options);
  select.addEventListener("change", () => onPick(select.value));
  const node = html("label", { class: "dl-choose" }, html("span", {}, label), select);
  return { node, select };
}

class Explorer {
  constructor(model, sheet) {
    this.model = model;
    this.machines = model.get("machines");
    this.words = sentence();
    const pick = (machine) => {
      const kind = model.get("arithmetic");
      put(model, { machine, arithmetic: kind in this.machines[machine] ? kind : "fp32" });
    };
    const own = model.get("own");
    const others = Object.keys(this.machines).filter((name) => name !== own);
    this.machine = chooser("machine", own ? [own, ...others] : others, pick);
    this.kinds = segments("arithmetic", KINDS, (arithmetic) => put(model, { arithmetic }));
    this.intensity = slider("intensity", LOW * STEPS, HIGH * STEPS, (step) => put(model, { step }));
    const line = (name) => svg("path", { class: `dl-roof dl-${name}` });
    [this.other, this.roof, this.drop] = [line("own"), line("chosen"), svg("path", { class: "dl-drop" })];
    this.name = svg("text", { class: "dl-owner", x: PAGE.width - PAGE.right });
    this.here = svg("circle", { class: "dl-here", r: 7 });
    const view = { viewBox: `0 0 ${PAGE.width} ${PAGE.height}`, "aria-hidden": "true" };
    const picture = svg("svg", view, ...axes(), this.other, this.name, this.roof, this.drop, this.here);
    const stage = html("div", { class: "dl-stage" }, picture);
    onDrag(stage, (across) => this.slide(across));
    const controls = html("div", { class: "dl-controls" }, this.machine.node, this.kinds.node);
    sheet.append(controls, stage, this.intensity.node, this.words);
  }

  slide(across) {
    const share = (across * PAGE.width - PAGE.left) / (PAGE.width - PAGE.left - PAGE.right);
    const step = Math.round((LOW + share * (HIGH - LOW)) * STEPS);
    put(this.model, { step: clamp(step, LOW * STEPS, HIGH * STEPS) });
    this.intensity.input.focus();
  }

  update() {
    const { machine, arithmetic, step, own } = read(this.model, ["machine", "arithmetic", "step", "own"]);
    const rates = this.machines[machine];
    const roof = roofOf(rates, arithmetic in rates ? arithmetic : "fp32");
    const intensity = 2 ** (step / STEPS);
    const at = { cx: x(intensity), cy: y(attainable(roof, intensity)) };
    this.roof.setAttribute("d", roofPath(roof));
    this.drop.setAttribute("d", `M${at.cx} ${at.cy}V${PAGE.height - PAGE.bottom}`);
    adjust(this.here, at);
    this.beside(own && own !== machine ? own : "");
    const name = machine === own ? machine : `${machine}, ${arithmetic}`;
    write(this.words, `${name}: ${describe(roof, intensity)}`);
    this.machine.select.value = machine;
    this.kinds.show(arithmetic, (kind) => kind in rates);
    this.intensity.show(step, this.words.textContent);
  }

  // The student's own machine, dashed, while another one is chosen.
  beside(own) {
    const roof = own ? roofOf(this.machines[own], "fp32") : undefined;
    this.other.setAttribute("d", roof ? roofPath(roof) : "");
    this.name.setAttribute("y", roof ? y(roof.flops) - 7 : 0);
    write(this.name, own);
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, panel(el, "roofline", "Roofline"));
    return follow(model, ["machine", "arithmetic", "step"], () => explorer.update());
  },
};

export { rate, roofOf, attainable, describe };
