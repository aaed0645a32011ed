// Making elements. Text goes in as text only; looks set from data go through CSSOM, which the page's policy allows.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat(Infinity).filter(isShown));
  return node;
}

function setProp(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name === "css") setLooks(node, value);
  else if (name === "id_") node.dataset.testid = value;
  else if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked") node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

const isShown = (child) => child !== null && child !== undefined && child !== false;

export function setLooks(node, looks) {
  for (const [name, value] of Object.entries(looks)) {
    if (value !== undefined && value !== null) node.style.setProperty(name, value);
  }
  return node;
}

export const button = (props, ...children) => el("button", { type: "button", ...props }, ...children);

// Fills a node again; keeps the keyboard where it was when the new content has an element of the same name.
export function fill(node, ...children) {
  const held = node.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  node.replaceChildren(...children.flat(Infinity).filter(isShown));
  if (held) node.querySelector(`[data-testid="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

const SHAPES = {
  back: "M15 5l-7 7 7 7",
  menu: "M5 7h14M5 12h14M5 17h14",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-7-5 15-3.500-6.500z",
  photo: "M4 7h16v12H4zM4 16l5-5 4 4 3-2.500 4 3.500M15.500 10.500h.01",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.500 14.500c1.800 2.300 5.200 2.300 7 0M9 9.500h.01M15 9.500h.01",
  close: "M6 6l12 12M18 6L6 18",
  chat: "M5 5h14v11H11l-4 4v-4H5z",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
  down: "M12 5v14M6 13l6 6 6-6",
  pin: "M12 21s7-6.500 7-11.500a7 7 0 0 0-14 0C5 14.500 12 21 12 21zM12 9.500h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  play: "M8 5l11 7-11 7z",
  sound: "M4 10v4h4l5 4V6L8 10zM16 9c1.500 1.500 1.500 4.500 0 6",
};

export function icon(name) {
  const svg = svgEl("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" });
  svg.append(svgEl("path", { d: SHAPES[name] }));
  return svg;
}

export function svgEl(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
