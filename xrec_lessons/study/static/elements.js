// Elements of the page, and what every screen uses. Data are put in as text, never as HTML: titles
// are data.

export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** Show these children, in this order, and keep those that are there already, focus included. */
export function arrange(parent, children) {
  const focused = document.activeElement;
  for (const child of [...parent.children]) if (!children.includes(child)) child.remove();
  children.forEach((child, k) => {
    if (parent.children[k] !== child) parent.insertBefore(child, parent.children[k] ?? null);
  });
  if (focused !== document.activeElement && parent.contains(focused)) focused.focus();
}

let ids = 0;
export const newId = (what) => `xrec-${what}-${++ids}`;

export function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", class: "x-button", onclick, ...attributes }, label);
}

/** “Saving …” and “Saved.”, for the eye: a screen reader would say it at every answer. */
export function savedSign(app) {
  const node = h("p", { class: "x-saved", "aria-hidden": "true" });
  const set = (saving, any) => {
    node.textContent = saving ? app.t("saving") : any ? app.t("saved") : "";
    node.classList.toggle("x-saving", saving);
  };
  return { node, set };
}
