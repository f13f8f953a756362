// Pictures as dlcourse.draw.svg writes them: the same elements in the same places.
const { ink: INK, muted: MUTED, line: LINE } = STYLE.colors;

// Text whose middle height stands at y.
function label(x, y, words, { size = 13, anchor = "middle", fill = INK, ...more } = {}) {
  const look = { "font-size": size, "text-anchor": anchor, fill, ...more };
  return svg("text", { x, y: y + size * 0.35, ...look }, words);
}

// A picture, the sentence under it, and how to draw both again.
function stage() {
  const picture = svg("svg", { "aria-hidden": "true" });
  const words = sentence();
  const draw = ([width, height], parts, text) => {
    adjust(picture, { viewBox: `0 0 ${width} ${height}` });
    picture.replaceChildren(...parts);
    write(words, text);
  };
  return { nodes: [html("div", { class: "dl-stage" }, picture), words], words, draw };
}
