// A page without a kernel: the model that widgets talk to, over the state saved in the notebook.
function savedModel(state) {
  const listeners = {};
  const tell = (event) => (listeners[event] ?? []).forEach((listener) => listener());
  return {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      tell(`change:${name}`);
      tell("change");
    },
    save_changes() {},
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off(event, listener) {
      listeners[event] = (listeners[event] ?? []).filter((other) => other !== listener);
    },
  };
}

async function mountAll({ sources, models }) {
  const address = (source) => URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const modules = await Promise.all(sources.map((source) => import(address(source))));
  for (const place of document.querySelectorAll("[data-model]")) {
    const { module, state } = models[place.dataset.model];
    place.replaceChildren();
    modules[module].default.render({ model: savedModel({ ...state }), el: place });
  }
}
