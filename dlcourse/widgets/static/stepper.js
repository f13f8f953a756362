// A stepper: pictures that were drawn before, one at a time, with arrow keys or the slider.
class Stepper {
  constructor(model, sheet) {
    this.model = model;
    const label = `${model.get("noun")}: left and right step back and forth`;
    const keys = { tabindex: 0, role: "application", "aria-label": label, ...OWN_KEYS };
    this.stage = html("div", { class: "dl-stage", ...keys });
    this.words = sentence();
    this.bar = slider(model.get("noun"), 0, model.get("frames").length - 1, (at) => put(model, { at }));
    sheet.append(this.bar.node, this.stage, this.words);
    onArrows(this.stage, (rows, columns) => this.go(model.get("at") + rows + columns));
  }

  go(at) {
    put(this.model, { at: clamp(at, 0, this.model.get("frames").length - 1) });
  }

  update() {
    const [frames, texts, at] = ["frames", "texts", "at"].map((name) => this.model.get(name));
    this.stage.innerHTML = frames[at];
    this.stage.firstElementChild.setAttribute("aria-hidden", "true"); // the sentence says it
    this.bar.show(at, texts[at]);
    write(this.words, texts[at]);
  }
}

export default {
  render({ model, el }) {
    const stepper = new Stepper(model, panel(el, "stepper", model.get("title")));
    return follow(model, ["at"], () => stepper.update());
  },
};
