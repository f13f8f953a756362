// Training curve: loss on a logarithmic scale to the left, accuracy of each epoch to the right.

const PAGE = { width: 720, left: 56, right: 64, top: 16, height: 200, floor: 1e-4 };

// Decades that hold all losses, as powers of ten: [low, high].
function decades(losses) {
  const [low, high] = extent(losses.map((loss) => Math.max(loss, PAGE.floor)));
  const bottom = Math.floor(Math.log10(low));
  return [bottom, Math.max(Math.ceil(Math.log10(high)), bottom + 1)];
}

// Heights from 0 (bottom) to 1 of losses between two powers of ten.
const heights = (losses, [low, high]) =>
  Array.from(losses, (loss) => (Math.log10(Math.max(loss, PAGE.floor)) - low) / (high - low));

const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

const describe = (losses, accuracies) =>
  `${plural(losses.length, "step")}: loss ${number(losses.at(-1))}, ` +
  `held-out accuracy ${number(100 * accuracies.at(-1), 3)} %`;

// x of the i-th of n values, y of a height.
const across = (i, n) => PAGE.left + ((i + 1) / n) * (PAGE.width - PAGE.left - PAGE.right);
const up = (height) => PAGE.top + (1 - height) * PAGE.height;

function scale(range) {
  const marks = [];
  for (let power = range[0]; power <= range[1]; power += 1) {
    const y = up((power - range[0]) / (range[1] - range[0]));
    marks.push(svg("line", { class: "dl-axis", x1: PAGE.left, x2: PAGE.width - PAGE.right, y1: y, y2: y }));
    marks.push(svg("text", { class: "dl-loss", x: PAGE.left - 8, y: y + 4 }, `${10 ** power}`));
  }
  const percent = [0, 50, 100].map((p) =>
    svg("text", { class: "dl-accuracy", x: PAGE.width - PAGE.right + 8, y: up(p / 100) + 4 }, `${p} %`));
  return [...marks, ...percent];
}

export default {
  render({ model, el }) {
    const sheet = panel(el, "curve", "Training curve");
    const view = `0 0 ${PAGE.width} ${PAGE.top + PAGE.height + 14}`;
    const stage = svg("svg", { viewBox: view, "aria-hidden": "true" });
    const words = sentence();
    const draw = () => {
      const losses = unpack(model.get("losses")).data;
      const accuracies = unpack(model.get("accuracies")).data;
      const begun = losses.length > 1;
      const range = begun ? decades(losses) : [-2, 1];
      const loss = heights(losses, range).map((h, i) => [across(i, losses.length), up(h)]);
      const dots = Array.from(accuracies, (a, i) => [across(i, accuracies.length), up(a)]);
      stage.replaceChildren(...scale(range));
      write(words, begun ? describe(losses, accuracies) : "no step yet");
      if (!begun) return;
      stage.append(svg("path", { class: "dl-loss", d: path(loss) }));
      stage.append(svg("path", { class: "dl-accuracy", d: path(dots) }));
      stage.append(...dots.map(([cx, cy]) => svg("circle", { class: "dl-accuracy", cx, cy, r: 4 })));
    };
    const legend = html("p", { class: "dl-legend" },
      html("span", { class: "dl-loss" }, "— loss of each step"),
      html("span", { class: "dl-accuracy" }, "● held-out accuracy after each epoch"));
    sheet.append(stage, legend, words);
    return follow(model, ["losses", "accuracies"], draw);
  },
};

export { decades, heights };
