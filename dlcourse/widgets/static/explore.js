// The kernel explorer: a kernel on an image, the products under it, and the output they make.

const outputSize = (n, k, stride, padding, dilation) =>
  Math.floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1;

function pad({ shape: [height, width], data }, padding) {
  const shape = [height + 2 * padding, width + 2 * padding];
  const out = new Float64Array(shape[0] * shape[1]);
  for (let row = 0; row < height; row += 1) {
    const start = (row + padding) * shape[1] + padding;
    out.set(data.subarray(row * width, (row + 1) * width), start);
  }
  return { shape, data: out };
}

// Where the taps of a kernel meet a padded image when it makes output pixel (p, q).
function taps([R, S], [p, q], width, { stride, dilation }) {
  const places = [];
  for (let r = 0; r < R; r += 1) {
    const row = p * stride + r * dilation;
    for (let s = 0; s < S; s += 1) places.push(row * width + q * stride + s * dilation);
  }
  return places;
}

// Cross-correlation, as deep-learning libraries do it: no flip, zeros around the image.
function filter2d(image, kernel, steps) {
  const { stride, padding, dilation } = steps;
  const size = (axis) =>
    outputSize(image.shape[axis], kernel.shape[axis], stride, padding, dilation);
  const shape = [size(0), size(1)];
  const padded = pad(image, padding);
  const offsets = taps(kernel.shape, [0, 0], padded.shape[1], steps);
  const data = new Float64Array(shape[0] * shape[1]);
  for (let p = 0; p < shape[0]; p += 1) {
    for (let q = 0; q < shape[1]; q += 1) {
      const corner = (p * padded.shape[1] + q) * stride;
      let sum = 0;
      for (let i = 0; i < offsets.length; i += 1) {
        sum += kernel.data[i] * padded.data[corner + offsets[i]];
      }
      data[p * shape[1] + q] = sum;
    }
  }
  return { shape, data };
}

// ---- the picture -----------------------------------------------------------------------------
const box = (kind, x, y, width, height) =>
  svg("rect", { class: `dl-${kind}`, x, y, width, height });

// From shares of a picture's width and height to its row and column.
const inPixels = ({ shape }, x, y) => [shape[0] * y - 0.5, shape[1] * x - 0.5];

// A grid with a heading, whose cells make(index) makes.
function numbers(kind, heading, [rows, columns], make) {
  const cells = Array.from({ length: rows * columns }, (_, i) => make(i));
  const [cell, type] = columns > 3 ? [42, 11] : [52, 14];
  const style = `--columns: ${columns}; --cell: ${cell}px; --type: ${type}px`;
  const grid = html("div", { class: "dl-cells", style }, ...cells);
  const node = html("div", { class: `dl-grid dl-${kind}` }, html("h4", {}, heading), grid);
  return { node, cells };
}

function equation(kernel, edit) {
  const text = () => html("span");
  const input = (i) => {
    const [row, column] = [Math.floor(i / kernel.shape[1]) + 1, (i % kernel.shape[1]) + 1];
    const label = `kernel, row ${row}, column ${column}`;
    const cell = html("input", { type: "number", step: "any", "aria-label": label, ...OWN_KEYS });
    cell.addEventListener("input", () => cell.value !== "" && edit(i, Number(cell.value)));
    return cell;
  };
  const window = numbers("window", "window", kernel.shape, text);
  const weights = numbers("kernel", "kernel (edit it)", kernel.shape, input);
  const products = numbers("product", "products", kernel.shape, text);
  const sum = html("output", { class: "dl-sum" });
  const sign = (words) => html("span", { class: "dl-sign", "aria-hidden": "true" }, words);
  const boxed = html("div", { class: "dl-grid" }, html("h4", {}, "sum"), sum);
  const total = html("div", { class: "dl-total" }, sign("→"), boxed);
  const parts = [window.node, sign("×"), weights.node, sign("="), products.node, total];
  const node = html("div", { class: "dl-equation" }, ...parts);
  return { node, window: window.cells, weights: weights.cells, products: products.cells, sum };
}

function controls(model, fits) {
  const kernels = model.get("kernels");
  const names = Object.keys(kernels);
  const options = [...names, "your own"].map((name) => html("option", { value: name }, name));
  const choose = html("select", { "aria-label": "kernel", ...OWN_KEYS }, ...options);
  choose.addEventListener("change", () => put(model, { kernel: kernels[choose.value] }));
  const label = html("label", { class: "dl-choose" }, html("span", {}, "kernel"), choose);
  const steps = { stride: [1, 2, 3], padding: [0, 1, 2], dilation: [1, 2, 3] };
  const switches = Object.entries(steps).map(([name, values]) => {
    const control = segments(name, values, (value) => put(model, { [name]: value }));
    return { name, ...control };
  });
  const node = html("div", { class: "dl-controls" }, label, ...switches.map((s) => s.node));
  const show = (kernel, now) => {
    const same = ({ shape, data }) => `${shape}` === `${kernel.shape}` && data === kernel.data;
    choose.value = names.find((name) => same(kernels[name])) ?? "your own";
    options.at(-1).disabled = choose.value !== "your own";
    switches.forEach((s) => s.show(now[s.name], (value) => fits({ ...now, [s.name]: value })));
  };
  return { node, show };
}

class Explorer {
  constructor(model, sheet) {
    this.model = model;
    this.input = screen("image");
    this.output = screen("output");
    this.words = sentence();
    this.controls = controls(model, (steps) => this.fits(steps));
    this.bench = html("div");
    const label = "output pixel: arrow keys move it";
    const keys = { tabindex: 0, role: "application", "aria-label": label, ...OWN_KEYS };
    const stage = html("div", { class: "dl-stage", ...keys }, this.input.node, this.output.node);
    sheet.append(this.controls.node, stage, this.bench, this.words);
    onArrows(stage, (rows, columns) => this.go(this.at[0] + rows, this.at[1] + columns));
    onDrag(this.output.glass, (x, y) => this.go(...inPixels(this.out, x, y)));
    onDrag(this.input.glass, (x, y) => this.under(...inPixels(this.padded, x, y)));
  }

  // The steps of the kernel, the place of the output pixel.
  get steps() {
    return read(this.model, ["stride", "padding", "dilation"]);
  }

  get at() {
    return this.model.get("at").map((place, axis) => clamp(place, 0, this.out.shape[axis] - 1));
  }

  fits({ stride, padding, dilation }) {
    const sizes = this.image.shape.map((n, i) => [n, this.kernel.shape[i]]);
    return sizes.every(([n, k]) => outputSize(n, k, stride, padding, dilation) > 0);
  }

  go(...place) {
    const inside = (x, axis) => clamp(Math.round(x), 0, this.out.shape[axis] - 1);
    put(this.model, { at: place.map(inside) });
  }

  // Centre the window on a place of the padded image.
  under(row, column) {
    const { stride, dilation } = this.steps;
    const [half, side] = this.kernel.shape.map((k) => (dilation * (k - 1)) / 2);
    this.go((row - half) / stride, (column - side) / stride);
  }

  edit(index, value) {
    const data = Array.from(this.kernel.data);
    data[index] = value;
    put(this.model, { kernel: pack(this.kernel.shape, data) });
  }

  load() {
    this.image = unpack(this.model.get("image"));
    this.filter();
  }

  // The kernel or its steps changed: a new output.
  filter() {
    const kernel = unpack(this.model.get("kernel"));
    if (`${this.kernel?.shape}` !== `${kernel.shape}`) {
      this.equation = equation(kernel, (index, value) => this.edit(index, value));
      this.bench.replaceChildren(this.equation.node);
    }
    this.kernel = kernel;
    this.digits = kernel.shape[1] > 3 ? 2 : 3;
    this.padded = pad(this.image, this.steps.padding);
    this.out = filter2d(this.image, kernel, this.steps);
    this.controls.show(this.model.get("kernel"), this.steps);
    this.equation.weights.forEach((cell, i) => {
      const shown = cell.value !== "" && Math.fround(cell.value) === kernel.data[i];
      if (!shown) cell.value = number(kernel.data[i], this.digits); // leave what is being typed
    });
    this.frame();
    this.move();
  }

  // The two pictures, with the marks that move() will place.
  frame() {
    const { padding } = this.steps;
    const [low, high] = extent(this.image.data);
    const [height, width] = this.image.shape;
    this.window = box("now", 0, 0, 1, 1);
    this.dots = svg("path", { class: "dl-taps" });
    this.pixel = box("now", 0, 0, 1, 1);
    const ring = box(padding ? "ring" : "none", padding, padding, width, height);
    const size = (shape) => `${shape[0]} × ${shape[1]}`;
    const around = padding ? `, zeros around it: ${size(this.padded.shape)}` : "";
    const words = `image ${size(this.image.shape)}${around}`;
    this.input.show(this.padded, [Math.min(low, 0), high], words);
    this.input.mark(ring, this.window, this.dots);
    const range = extent(this.out.data);
    const [black, white] = range.map((x) => number(x, 3));
    const told = `output ${size(this.out.shape)}, black ${black} to white ${white}`;
    this.output.show(this.out, range, told);
    this.output.mark(this.pixel);
  }

  // The output pixel moved: its window, its products, its sum.
  move() {
    const { steps, kernel, padded, equation } = this;
    const [p, q] = this.at;
    const [height, width] = kernel.shape.map((k) => steps.dilation * (k - 1) + 1);
    adjust(this.window, { x: q * steps.stride, y: p * steps.stride, width, height });
    adjust(this.pixel, { x: q, y: p });
    const places = taps(kernel.shape, [p, q], padded.shape[1], steps);
    const dot = (i) => `M${(i % padded.shape[1]) + 0.5} ${Math.floor(i / padded.shape[1]) + 0.5}h0`;
    adjust(this.dots, { d: places.map(dot).join("") });
    places.forEach((from, i) => {
      write(equation.window[i], number(padded.data[from], this.digits));
      write(equation.products[i], number(padded.data[from] * kernel.data[i], this.digits));
    });
    const sum = number(this.out.data[p * this.out.shape[1] + q]);
    write(equation.sum, sum);
    write(this.words, `output pixel (${p}, ${q}): ${plural(places.length, "product")}, sum ${sum}`);
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, panel(el, "explore", "Kernel explorer"));
    const stop = [
      follow(model, ["image"], () => explorer.load()),
      follow(model, ["kernel", "stride", "padding", "dilation"], () => explorer.filter()),
      follow(model, ["at"], () => explorer.move()),
    ];
    return () => stop.forEach((end) => end());
  },
};

export { filter2d, outputSize, unpack };
