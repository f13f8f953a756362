// Quantities as dlcourse.units.show prints them, and a menu.
const DECIMAL = ["", "k", "M", "G", "T", "P", "E", "Z"].map((prefix, i) => [prefix, 1000 ** i]);
const SECONDS = Object.entries({ ns: 1e-9, "µs": 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 });

// A value with the prefix that leaves a small number before it; units: "B", "s", "B/s", "FLOP/s".
function quantity(value, unit, digits = 3) {
  const names = unit === "s" ? SECONDS : DECIMAL.map(([prefix, size]) => [prefix + unit, size]);
  if (value === 0) return `0 ${unit}`;
  let text;
  for (const [name, size] of [...names].reverse()) {
    const scaled = size < 1 ? value * Math.round(1 / size) : value / size; // 1 / 1000 is not exact
    const printed = number(scaled, Math.max(digits, `${Math.trunc(scaled)}`.length));
    text = `${printed} ${name}`;
    if (Number(printed) >= 1) break;
  }
  return text;
}

function chooser(label, names, onPick) {
  const options = names.map((name) => html("option", { value: name }, name));
  const select = html("select", { "aria-label": label, ...OWN_KEYS }, ...options);
  select.addEventListener("change", () => onPick(select.value));
  const node = html("label", { class: "dl-choose" }, html("span", {}, label), select);
  return { node, show: (name) => (select.value = name) };
}
