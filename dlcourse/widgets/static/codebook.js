// Eight bits to turn on and off and a number to type; the picture comes from the kernel.
const RULE = "give a number from -1 to 1, a millionth or more";
const isOn = (code, bit) => (code >> bit) & 1;

class Codebook {
  constructor(model, sheet) {
    this.model = model;
    this.picture = drawnByKernel(model);
    this.bits = [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => this.bit(bit));
    const name = "bits: left and right choose, up and down turn on and off";
    const bits = html("div", { class: "dl-bits", role: "group", "aria-label": name }, ...this.bits);
    this.number = html("input", { type: "text", inputmode: "decimal", "aria-label": "number", ...OWN_KEYS });
    this.number.addEventListener("change", () => this.type(this.number.value));
    const typed = html("label", { class: "dl-choose" }, html("span", {}, "number"), this.number);
    const code = html("div", { class: "dl-choose" }, html("span", {}, "bits"), bits);
    sheet.append(html("div", { class: "dl-controls" }, code, typed));
    sheet.append(this.picture.stage, this.picture.words);
    this.focus(7);
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
    this.picture.ask({ code: on ? code | (1 << bit) : code });
  }

  type(text) {
    const value = Number(text.trim() || NaN);
    if (Math.abs(value) >= 1e-6 && Math.abs(value) <= 1) this.picture.ask({ value });
    else write(this.picture.words, `${text || "nothing"}: ${RULE}`);
  }

  update() {
    const [code, value] = ["code", "value"].map((name) => this.model.get(name));
    this.bits.forEach((button, i) => {
      const [bit, name] = [7 - i, i ? `bit ${7 - i}` : "sign"];
      write(button, `${isOn(code, bit)}`);
      adjust(button, { "aria-checked": isOn(code, bit) === 1, "aria-label": name });
    });
    this.number.value = value;
  }
}

export default {
  render({ model, el }) {
    const codebook = new Codebook(model, panel(el, "codebook", "Eight bits in four codebooks"));
    const stop = [
      follow(model, ["code", "value"], () => codebook.update()),
      follow(model, ["picture"], () => codebook.picture.draw()),
    ];
    return () => stop.forEach((end) => end());
  },
};
