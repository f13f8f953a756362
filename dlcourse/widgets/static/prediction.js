// A question that waits for a guess, then shows it beside the answer.

// Whole numbers below a million in full, others to four digits, as prediction.py's amount().
const amount = (x) => (Number.isInteger(x) && Math.abs(x) < 1e6 ? `${x + 0}` : number(x));

function verdict(guess, answer, within) {
  if (typeof answer === "string") return guess === answer ? "right" : "not this time";
  if (amount(guess) === amount(answer)) return "right";
  const error = Math.abs(guess - answer);
  if (error <= within * Math.abs(answer)) return `close (within ${number(100 * within)} %)`;
  if (guess * answer <= 0) return `off by ${amount(error)}`;
  const factor = Math.max(guess / answer, answer / guess);
  if (factor < 2) return `off by ${number((100 * error) / Math.abs(answer), 2)} %`;
  return `off by a factor of ${amount(Number(number(factor, 2)))}`;
}

// What a person may type: 12, 1,000, 1.5e3, 1/6, 7 %; NaN if it is no number.
function parse(text, unit = "") {
  let words = text.trim().replace("−", "-");
  if (unit && words.endsWith(unit)) words = words.slice(0, -unit.length).trim();
  const parts = words.replace(/(\d)[,_ ](?=\d{3}(\D|$))/g, "$1").replace(/%$/, "/100").split("/");
  const [above, below = 1, more] = parts.map((part) => (part.trim() ? Number(part) : NaN));
  const value = more === undefined ? above / below : NaN;
  return Number.isFinite(value) ? value : NaN;
}

const MARKS = { right: "✓", close: "≈" };

function button(words, kind, act) {
  const look = { type: "button", class: `dl-button dl-${kind}`, ...OWN_KEYS };
  const node = html("button", look, words);
  node.addEventListener("click", act);
  return node;
}

function numberForm(unit, say) {
  const kind = { type: "text", inputmode: "decimal", "aria-label": "your guess, a number" };
  const input = html("input", { ...kind, ...OWN_KEYS });
  const help = html("p", { class: "dl-help", role: "alert" });
  const commit = () => {
    const guess = parse(input.value, unit);
    if (Number.isNaN(guess)) write(help, "Type a number, such as 12, 1.5e3 or 1/6.");
    else say(guess);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    commit();
  });
  const nodes = [input, html("span", { class: "dl-unit" }, unit), button("guess", "go", commit)];
  return { nodes, help };
}

function buttons(choices, say) {
  return { nodes: choices.map((words) => button(words, "choice", () => say(words))), help: "" };
}

function answered(model) {
  const [answer, guess, unit] = ["answer", "guess", "unit"].map((name) => model.get(name));
  const say = (value) => (typeof value === "string" ? value : `${amount(value)} ${unit}`.trim());
  const it = html("strong", {}, say(answer));
  if (guess === null) return html("p", { class: "dl-outcome" }, "it is ", it);
  const words = verdict(guess, answer, model.get("within"));
  const kind = words.split(" ")[0];
  const mark = html("span", { class: "dl-mark", "aria-hidden": "true" }, MARKS[kind] ?? "↔");
  const colon = html("span", { class: "dl-spoken" }, ": ");
  const tag = html("span", { class: `dl-verdict dl-is-${kind}` }, mark, " ", words);
  return html("p", { class: "dl-outcome" }, `you said ${say(guess)}; it is `, it, colon, tag);
}

export default {
  render({ model, el }) {
    const question = model.get("question").replace(/\??$/, "?");
    const sheet = panel(el, "predict", `Prediction: ${question}`);
    const body = html("div", { class: "dl-body", "aria-live": "polite", tabindex: -1 });
    sheet.append(html("p", { class: "dl-question" }, question), body);
    const unit = model.get("unit");
    const ask = () => {
      const say = (guess) => put(model, { guess });
      const choices = model.get("choices");
      const { nodes, help } = choices.length ? buttons(choices, say) : numberForm(unit, say);
      const tell = button("just show me", "tell", () => put(model, { told: true }));
      body.replaceChildren(html("div", { class: "dl-form" }, ...nodes, tell), help);
    };
    const draw = () => {
      const done = model.get("guess") !== null || model.get("told");
      const mine = body.contains(document.activeElement);
      if (done) body.replaceChildren(answered(model));
      else ask();
      if (done && mine) body.focus();
    };
    return follow(model, ["guess", "told"], draw);
  },
};

export { verdict, amount, parse };
