// The topology builder: switches here, the picture from the kernel.
const WORDS = {
  nodes: "computers",
  gpus: "GPUs in each",
  inside: "inside",
  nics: "network cards in each",
  nic: "InfiniBand",
  network: "between computers",
};
const BETWEEN = ["nics", "nic", "network"]; // what one computer alone has no use for

class Builder {
  constructor(model, sheet) {
    this.model = model;
    const choices = model.get("choices");
    this.switches = Object.keys(WORDS).map((name) => {
      const control = segments(WORDS[name], choices[name], (value) => this.choose({ [name]: value }));
      return [name, control];
    });
    const wide = { class: "dl-stage", tabindex: "0", role: "img", "aria-label": "the cluster, drawn" };
    this.stage = html("div", { ...wide, ...OWN_KEYS }); // arrow keys scroll it
    this.words = sentence();
    const bar = html("div", { class: "dl-controls" }, ...this.switches.map(([, s]) => s.node));
    sheet.append(bar, this.stage, this.words);
    this.kernel = typeof model.send === "function";
  }

  choose(change) {
    put(this.model, change);
    if (!this.kernel) write(this.words, "a running kernel draws the change: this is a stored page");
  }

  mark() {
    const alone = this.model.get("nodes") === 1;
    for (const [name, control] of this.switches) {
      const value = this.model.get(name);
      const fixed = alone && BETWEEN.includes(name);
      control.show(value, (option) => !fixed || option === value);
    }
  }

  draw() {
    const [picture, text] = this.model.get("picture");
    this.stage.innerHTML = picture;
    write(this.words, text);
  }
}

export default {
  render({ model, el }) {
    const builder = new Builder(model, panel(el, "builder", "Topology builder"));
    const stop = [
      follow(model, Object.keys(WORDS), () => builder.mark()),
      follow(model, ["picture"], () => builder.draw()),
    ];
    return () => stop.forEach((end) => end());
  },
};
