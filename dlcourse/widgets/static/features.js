// Feature maps: what each channel of a layer makes of an image, and one of them large.

// Stacks of maps, a byte a pixel, each map between its own low and high.
function unpackMaps({ shape, data, low, high }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  return { shape, bytes, low: unpack(low).data, high: unpack(high).data };
}

// Map `channel` of image `n` with its range.
function mapOf({ shape: [, channels, height, width], bytes, low, high }, n, channel) {
  const which = n * channels + channel;
  const range = [low[which], high[which]];
  const step = (range[1] - range[0]) / 255;
  const levels = bytes.subarray(which * height * width, (which + 1) * height * width);
  return { shape: [height, width], data: Float64Array.from(levels, (x) => range[0] + x * step), range };
}

// How many maps stand in a row, as dlcourse.draw.maps.columns chooses.
function columns(count) {
  const least = Math.ceil(Math.sqrt(count));
  for (let n = least; n < 2 * least; n += 1) {
    if (count % n === 0 && n < 2 * (count / n) + 1) return n;
  }
  return least;
}

const between = ([low, high]) => `${number(low)} to ${number(high)}`;
const scale = ([low, high]) =>
  low === high ? `all ${number(low, 3)}` : `black ${number(low, 3)} to white ${number(high, 3)}`;

function describe(name, channel, maps, range) {
  const what = `${name}, ${maps[0].shape.join(" × ")}, channel ${channel} of ${maps.length}`;
  return `${what}: ${between(maps[channel].range)}; all channels ${between(range)}`;
}

const layerRange = (maps) => [
  Math.min(...maps.map(({ range }) => range[0])),
  Math.max(...maps.map(({ range }) => range[1])),
];

// The example images as a row of radio buttons.
function thumbnails(pictures, labels, onPick) {
  const order = labels.map((_, i) => i);
  const control = segments("image", order, onPick);
  control.node.classList.add("dl-thumbnails");
  control.node.querySelectorAll("label").forEach((node, i) => {
    const canvas = html("canvas", { "aria-hidden": "true" });
    const { shape, data, range } = mapOf(pictures, i, 0);
    paint(canvas, shape, data, ...range);
    node.querySelector("span").replaceChildren(canvas, labels[i]);
    node.querySelector("input").setAttribute("aria-label", `image ${i}${labels[i] && `, ${labels[i]}`}`);
  });
  return control;
}

class Viewer {
  constructor(model, sheet) {
    this.model = model;
    this.pictures = unpackMaps(model.get("pictures"));
    this.layers = Object.fromEntries(
      model.get("layers").map((name) => [name, unpackMaps(model.get("maps")[name])]),
    );
    this.images = thumbnails(this.pictures, model.get("labels"), (image) => put(model, { image }));
    this.names = segments("layer", model.get("layers"), (layer) => this.pick(layer));
    [this.input, this.large] = ["image", "map"].map(screen);
    this.words = sentence();
    this.caption = html("figcaption");
    const label = "channel: arrow keys move over the maps";
    this.stage = html("div", { class: "dl-stage", tabindex: 0, role: "application", "aria-label": label, ...OWN_KEYS });
    const all = html("figure", { class: "dl-maps" }, this.stage, this.caption);
    const bar = html("div", { class: "dl-controls" }, this.images.node, this.names.node);
    const bench = html("div", { class: "dl-bench" }, this.input.node, this.large.node, all);
    sheet.append(bar, bench, this.words);
    onArrows(this.stage, (rows, steps) => this.go(this.channel + rows * columns(this.cells.length) + steps));
    this.stage.addEventListener("pointerdown", (event) => this.go(this.cells.indexOf(event.target)));
  }

  get channel() {
    return clamp(this.model.get("channel"), 0, this.layers[this.model.get("layer")].shape[1] - 1);
  }

  go(channel) {
    if (channel >= 0 && channel < this.cells.length) put(this.model, { channel });
  }

  pick(layer) {
    put(this.model, { layer, channel: Math.min(this.channel, this.layers[layer].shape[1] - 1) });
  }

  // Another image or layer: all maps are new.
  load() {
    const [image, layer] = [this.model.get("image"), this.model.get("layer")];
    const stack = this.layers[layer];
    this.maps = Array.from({ length: stack.shape[1] }, (_, channel) => mapOf(stack, image, channel));
    this.range = layerRange(this.maps);
    if (this.cells?.length !== this.maps.length) this.lay(this.maps.length);
    this.maps.forEach(({ shape, data }, i) => {
      const [low, high] = this.range;
      paint(this.cells[i], shape, data, low, high);
    });
    const picture = mapOf(this.pictures, image, 0);
    this.input.show(picture, picture.range, `image, ${picture.shape.join(" × ")}`);
    write(this.caption, `${layer}: ${plural(this.maps.length, "map")}, ${scale(this.range)}`);
    this.images.show(image);
    this.names.show(layer);
    this.move();
  }

  lay(count) {
    this.cells = Array.from({ length: count }, () => html("canvas", { "aria-hidden": "true" }));
    this.stage.style.setProperty("--columns", columns(count));
    this.stage.replaceChildren(...this.cells);
  }

  // Another channel: one map large.
  move() {
    const { channel, maps } = this;
    this.cells.forEach((cell, i) => cell.classList.toggle("dl-now", i === channel));
    this.large.show(maps[channel], maps[channel].range, `channel ${channel}, ${scale(maps[channel].range)}`);
    write(this.words, describe(this.model.get("layer"), channel, maps, this.range));
  }
}

export default {
  render({ model, el }) {
    const viewer = new Viewer(model, panel(el, "features", "Feature maps"));
    const stop = [
      follow(model, ["image", "layer"], () => viewer.load()),
      follow(model, ["channel"], () => viewer.move()),
    ];
    return () => stop.forEach((end) => end());
  },
};

export { unpackMaps, mapOf, columns, describe, layerRange };
