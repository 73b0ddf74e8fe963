// Measures the pages of the iframes below, and writes what it found into the document for --dump-dom.
function luminance(colour) {
  const parts = colour.match(/[\d.]+/g).map(Number);
  const [r, g, b] = parts.slice(0, 3).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
function opaque(colour) { return colour.startsWith("rgb(") || / 1\)$/.test(colour); }
function backgrounds(element, view) {
  if (element.closest("svg")) {  // paper, or a shaded area of the figure
    const area = element.ownerDocument.createElement("i");
    element.ownerDocument.body.append(area);
    const found = ["paper", "fill"].map((name) => { area.style.color = `var(--${name})`; return view.getComputedStyle(area).color; });
    area.remove();
    return found;
  }
  for (let at = element; at; at = at.parentElement) {
    const colour = view.getComputedStyle(at).backgroundColor;
    if (opaque(colour)) return [colour];
  }
  return ["rgb(255, 255, 255)"];
}
function texts(page) {
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !parent.closest("title, desc")) found.push(walker.currentNode);
  }
  return found;
}
function worst(page, view) {
  let least = [99, ""];
  for (const node of texts(page)) {
    const element = node.parentElement, style = view.getComputedStyle(element);
    const colour = element.closest("svg") ? style.fill : style.color;
    for (const behind of backgrounds(element, view)) {
      const ratio = contrast(colour, behind) * (Number(style.opacity) < 1 ? 0 : 1);
      if (ratio < least[0]) least = [ratio, `${node.data.trim().slice(0, 40)}: ${colour} on ${behind}`];
    }
  }
  return least;
}
function words(page) { return texts(page).map((node) => node.data.trim()); }
function unseen(page) {
  return texts(page).filter((node) => !node.parentElement.checkVisibility({ opacityProperty: true, visibilityProperty: true })).map((node) => node.data.trim());
}
function outside(page) {  // focusable regions are the only things that may scroll
  return [...page.querySelectorAll("*")].filter((e) => !e.closest("svg") && e.scrollWidth > e.clientWidth + 1
    && page.defaultView.getComputedStyle(e).overflowX !== "visible" && e.tabIndex !== 0).map((e) => e.className);
}
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map((frame) => {
    const page = frame.contentDocument, view = frame.contentWindow;
    const measured = {
      name: frame.title,
      width: page.documentElement.scrollWidth,
      dark: view.matchMedia("(prefers-color-scheme: dark)").matches,
      paper: view.getComputedStyle(page.body).backgroundColor,
      contrast: worst(page, view),
      unseen: unseen(page),
      outside: outside(page),
      headings: [...page.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1])),
      requests: view.performance.getEntriesByType("resource").map((entry) => entry.name),
    };
    const before = words(page).join("|");
    page.querySelectorAll("style").forEach((style) => style.remove());
    measured.bare = { same: words(page).join("|") === before, unseen: unseen(page) };
    return measured;
  });
  const pre = document.createElement("pre");
  pre.id = "found";
  pre.textContent = JSON.stringify(found);
  document.body.replaceChildren(pre);
});
