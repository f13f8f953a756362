// What every widget shares: elements, controls, numbers, pictures. Python writes STYLE (palette
// and font) and CSS (base.css and the widget's own) above this file.

// JupyterLab takes the arrow keys for itself unless the focused element carries this attribute.
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };
const SVG = "http://www.w3.org/2000/svg";

// ---- elements ------------------------------------------------------------------------------
function adjust(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

function build(node, attributes, children) {
  adjust(node, attributes);
  node.append(...children);
  return node;
}

const html = (tag, attributes = {}, ...children) =>
  build(document.createElement(tag), attributes, children);

const svg = (tag, attributes = {}, ...children) =>
  build(document.createElementNS(SVG, tag), attributes, children);

// The white sheet a widget is drawn on; the palette becomes CSS variables.
function panel(el, name, label) {
  const sheet = html("section", { class: `dl-widget dl-${name}`, "aria-label": label });
  for (const [color, value] of Object.entries(STYLE.colors)) {
    sheet.style.setProperty(`--${color.replaceAll(" ", "-")}`, value);
  }
  sheet.style.fontFamily = STYLE.font;
  el.append(html("style", {}, CSS), sheet);
  return sheet;
}

// The sentence under the picture; a screen reader speaks it when it changes.
const sentence = () => html("p", { class: "dl-sentence", role: "status", "aria-live": "polite" });

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// ---- state ---------------------------------------------------------------------------------
const read = (model, names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));

// Change traits; the picture follows at once, the kernel hears of it when the picture is painted.
const unsaved = new WeakSet();
function put(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  if (unsaved.has(model)) return; // quick keys share a message
  unsaved.add(model);
  const save = () => unsaved.delete(model) && model.save_changes();
  requestAnimationFrame(() => setTimeout(save));
}

// Call draw now and whenever one of the traits changes; returns the clean-up.
function follow(model, traits, draw) {
  for (const name of traits) model.on(`change:${name}`, draw);
  draw();
  return () => traits.forEach((name) => model.off(`change:${name}`, draw));
}

// Arrays travel as {shape, float32 values in base64}, in both directions.
function unpack({ shape, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return { shape, data: new Float64Array(new Float32Array(bytes.buffer)) };
}

function pack(shape, data) {
  const bytes = new Uint8Array(Float32Array.from(data).buffer);
  return { shape, data: btoa(String.fromCharCode(...bytes)) };
}

// ---- numbers -------------------------------------------------------------------------------
// Few significant digits, exactly as dlcourse.draw.svg.number prints them.
function number(x, digits = 4) {
  if (Math.abs(x) < 1e-12) return "0";
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
  if (isEvenTie(x, digits)) x *= 1 - Number.EPSILON;
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < digits) return trim(x.toFixed(digits - 1 - power));
  return `${trim(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

// Python rounds a number in the middle to the even side, JavaScript away from zero.
function isEvenTie(x, digits) {
  const mantissa = x.toExponential(60).replace(/[-.]/g, "").split("e")[0];
  return "02468".includes(mantissa[digits - 1]) && /^50*$/.test(mantissa.slice(digits));
}

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

// ---- controls ------------------------------------------------------------------------------
function slider(label, min, max, onMove) {
  const input = html("input", { type: "range", min, max, "aria-label": label, ...OWN_KEYS });
  input.addEventListener("input", () => onMove(Number(input.value)));
  const name = html("span", { "aria-hidden": "true" }, label);
  const node = html("div", { class: "dl-slider" }, name, input);
  const show = (value, text) => {
    input.value = value;
    input.setAttribute("aria-valuetext", text);
  };
  return { node, input, show };
}

// A row of radio buttons that looks like one switch: Tab reaches it, arrow keys choose.
function segments(label, options, onPick) {
  const name = `dl-${Math.random().toString(36).slice(2)}`; // of the group, on the whole page
  const inputs = options.map((value) => html("input", { type: "radio", name, value, ...OWN_KEYS }));
  inputs.forEach((input, i) => input.addEventListener("change", () => onPick(options[i])));
  const face = (i) => html("span", {}, `${options[i]}`);
  const labels = inputs.map((input, i) => html("label", {}, input, face(i)));
  const node = html(
    "fieldset",
    { class: "dl-segments" },
    html("legend", {}, label),
    html("div", {}, ...labels),
  );
  const show = (value, allowed = () => true) =>
    inputs.forEach((input, i) => {
      input.checked = options[i] === value;
      input.disabled = !allowed(options[i]);
    });
  return { node, show };
}

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

// Arrow keys on a focusable element: move(rows, columns).
function onArrows(node, move) {
  node.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(...step);
  });
}

// Press or drag on a node: place(x, y), both 0 to 1 from the top left.
function onDrag(node, place) {
  const report = (event) => {
    const box = node.getBoundingClientRect();
    place((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    report(event);
  });
  node.addEventListener("pointermove", (event) => event.buttons && report(event));
  // A press on what can't be focused itself would give the focus, and the next keys, to the cell.
  node.addEventListener("mousedown", (event) => {
    if (!node.closest(".dl-widget [tabindex]")) event.preventDefault();
  });
}

// ---- pictures ------------------------------------------------------------------------------
// Paint gray levels, low = black and high = white, one canvas pixel for each value.
function paint(canvas, [height, width], data, low = 0, high = 1) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = image.data; // R, G, B, A; assignment rounds and clamps to 0..255
  const scale = high > low ? 255 / (high - low) : 0;
  for (let i = 0; i < data.length; i += 1) {
    const gray = scale ? (data[i] - low) * scale : 128;
    pixels[4 * i] = pixels[4 * i + 1] = pixels[4 * i + 2] = gray;
    pixels[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

function extent(data) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

// A canvas with a transparent drawing over it, whose unit is one pixel of the canvas.
function screen(name) {
  const canvas = html("canvas", { "aria-hidden": "true" });
  const over = svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
  const caption = html("figcaption");
  const glass = html("div", { class: "dl-glass" }, canvas, over);
  const node = html("figure", { class: `dl-screen dl-${name}` }, glass, caption);
  const show = ({ shape, data }, [low, high], words) => {
    paint(canvas, shape, data, low, high);
    over.setAttribute("viewBox", `0 0 ${shape[1]} ${shape[0]}`);
    write(caption, words);
  };
  return { node, glass, show, mark: (...parts) => over.replaceChildren(...parts) };
}
