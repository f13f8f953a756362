// The disc filter: an image's frequencies, a disc around the lowest, and what the disc keeps.

// Put the values in bit-reversed order, so that the halves to combine stand side by side.
function reverseBits(values, n, start, step) {
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const kept = values[start + i * step];
    values[start + i * step] = values[start + j * step];
    values[start + j * step] = kept;
  }
}

// The n-th roots of unity that a transform multiplies with: half of them, cosines and sines.
function roots(n, inverse) {
  const turn = ((inverse ? 2 : -2) * Math.PI) / n;
  const angles = Float64Array.from({ length: n / 2 }, (_, k) => turn * k);
  return [angles.map(Math.cos), angles.map(Math.sin)];
}

// In-place Fourier transform of n values, `step` apart from `start`; n is a power of two.
// Source: Cooley and Tukey, https://doi.org/10.1090/S0025-5718-1965-0178586-1 (1965).
function fft(re, im, n, start, step, [cosines, sines]) {
  reverseBits(re, n, start, step);
  reverseBits(im, n, start, step);
  for (let half = 1; half < n; half *= 2) {
    for (let k = 0; k < half; k += 1) {
      const c = cosines[(k * n) / (2 * half)];
      const s = sines[(k * n) / (2 * half)];
      for (let i = k; i < n; i += 2 * half) {
        const a = start + i * step;
        const b = a + half * step;
        const x = re[b] * c - im[b] * s;
        const y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

// Transform an image's rows, then its columns; the caller divides an inverse by their number.
function fft2([height, width], re, im, inverse) {
  const [across, down] = [roots(width, inverse), roots(height, inverse)];
  for (let row = 0; row < height; row += 1) fft(re, im, width, row * width, 1, across);
  for (let column = 0; column < width; column += 1) fft(re, im, height, column, width, down);
}

function transform({ shape, data }) {
  const [re, im] = [Float64Array.from(data), new Float64Array(data.length)];
  fft2(shape, re, im, false);
  return { shape, re, im };
}

// Move the mean's frequency from the corner to the middle; for even sides also the way back.
function centre([height, width], data) {
  return data.map((_, i) => {
    const row = (Math.floor(i / width) + height / 2) % height;
    return data[row * width + (((i % width) + width / 2) % width)];
  });
}

function spectrum({ shape, re, im }) {
  return centre(shape, re.map((x, i) => Math.log1p(Math.hypot(x, im[i]))));
}

function disc([height, width], radius) {
  return new Uint8Array(height * width).map((_, i) => {
    const [row, column] = [Math.floor(i / width) - height / 2, (i % width) - width / 2];
    return row * row + column * column <= radius * radius;
  });
}

function filtered({ shape, re, im }, mask, keep) {
  const [inside, kept] = [centre(shape, mask), keep === "low" ? 1 : 0];
  const [x, y] = [new Float64Array(re.length), new Float64Array(re.length)];
  for (let i = 0; i < x.length; i += 1) {
    if (inside[i] !== kept) continue;
    x[i] = re[i] / x.length;
    y[i] = im[i] / x.length;
  }
  fft2(shape, x, y, true);
  return x;
}

function psnr(image, other) {
  const error = image.reduce((sum, x, i) => sum + (x - other[i]) ** 2, 0) / image.length;
  return error === 0 ? Infinity : -10 * Math.log10(error);
}

function describe(radius, keep, mask, quality) {
  const inside = mask.reduce((sum, value) => sum + value, 0);
  const count = keep === "low" ? inside : mask.length - inside;
  const share = `${number((100 * count) / mask.length, 3)} %`;
  const ratio = count ? `, ${number(mask.length / count, 3)} : 1` : "";
  const kept = `${count} of ${mask.length} frequencies kept (${share}${ratio})`;
  return `radius ${radius}, ${keep} pass: ${kept}, PSNR ${number(quality)} dB`;
}

// Veil what is removed, and outline the disc.
function discMarks([height, width], radius, keep) {
  const [x, y, r] = [width / 2 + 0.5, height / 2 + 0.5, radius + 0.5];
  const circle = `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  const outside = keep === "low" ? `M0 0h${width}v${height}h${-width}z` : "";
  const veil = svg("path", { class: "dl-veil", d: outside + circle, "fill-rule": "evenodd" });
  return [veil, svg("path", { class: "dl-rim", d: circle })];
}

export default {
  render({ model, el }) {
    const sheet = panel(el, "disc", "Disc filter");
    const [before, middle, after] = ["image", "spectrum", "result"].map(screen);
    const stage = html("div", { class: "dl-stage" }, before.node, middle.node, after.node);
    const pass = segments("keep", ["low", "high"], (keep) => put(model, { keep }));
    const words = sentence();
    let image, parts, control;
    const rebuild = () => {
      image = unpack(model.get("image"));
      parts = transform(image);
      const size = image.shape.join(" × ");
      before.show(image, extent(image.data), `image, ${size}`);
      const log = spectrum(parts);
      middle.show({ ...image, data: log }, extent(log), "its frequencies, lowest in the middle");
      const corner = Math.ceil(Math.hypot(...image.shape) / 2);
      control = slider("radius", 0, corner, (radius) => put(model, { radius }));
      const row = html("div", { class: "dl-row" }, control.node, pass.node);
      sheet.replaceChildren(stage, row, words);
      update();
    };
    const update = () => {
      const [radius, keep] = [model.get("radius"), model.get("keep")];
      const mask = disc(image.shape, radius);
      const data = filtered(parts, mask, keep);
      const range = keep === "low" ? extent(image.data) : extent(data);
      middle.mark(...discMarks(image.shape, radius, keep));
      after.show({ ...image, data }, range, `what is kept: the ${keep} frequencies`);
      write(words, describe(radius, keep, mask, psnr(image.data, data)));
      control.show(radius, words.textContent);
      pass.show(keep);
    };
    onDrag(middle.glass, (x, y) => {
      const [height, width] = image.shape;
      const radius = Math.round(Math.hypot((y - 0.5) * height, (x - 0.5) * width));
      put(model, { radius });
      control.input.focus();
    });
    const stop = [follow(model, ["image"], rebuild), follow(model, ["radius", "keep"], update)];
    return () => stop.forEach((end) => end());
  },
};

export { transform, spectrum, disc, filtered, psnr, unpack };
