// A picture that the kernel draws: where it stands, the sentence under it, and how to ask for it.
function drawnByKernel(model) {
  const stage = html("div", { class: "dl-stage", "aria-hidden": "true" });
  const words = sentence();
  const alone = typeof model.send !== "function";
  const draw = () => {
    const [picture, text] = model.get("picture");
    stage.innerHTML = picture;
    write(words, text);
  };
  const ask = (change) => {
    // at once, unlike `put`: there is nothing to paint before the kernel has answered
    for (const [name, value] of Object.entries(change)) model.set(name, value);
    model.save_changes();
    if (alone) write(words, "a running kernel draws the change: this is a stored page");
  };
  return { stage, words, draw, ask };
}
