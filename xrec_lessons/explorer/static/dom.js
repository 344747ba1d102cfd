// Elements of the explorer, and how they move. Titles are data: they go in as text, never as HTML.

export function h(tag, attributes = {}, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

export function s(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function dressed(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** A title within a sentence, whatever its script. */
export function named(text) {
  return h("bdi", { dir: "auto" }, text);
}

/** A title in a narrow place, cut off at its end, whichever side that is; `whole` when pointed at. */
export function clipped(lines, text, whole, ...more) {
  return h("span", { class: lines === 1 ? "xe-one" : "xe-two", dir: "auto", title: whole }, text, more);
}

let made = 0;
export const newId = (what) => `xrec-explorer-${what}-${++made}`;

/** Show these children in this order. The others move around the one that has the focus. */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  const held = children.find((child) => child.contains(focusIn(parent)));
  let next = null;
  for (const child of [...children].reverse()) {
    if (child !== held && (child.parentNode !== parent || child.nextSibling !== next)) {
      parent.insertBefore(child, next);
    }
    next = child;
  }
}

export function focusIn(node) {
  return node.getRootNode().activeElement ?? document.activeElement;
}

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const GLIDE = "cubic-bezier(.22, .8, .25, 1)";

/** Call `change`, then let the children of a list glide from where they were. */
export function gliding(list, change) {
  if (still() || !list.isConnected || typeof list.animate !== "function") return change();
  const place = (node) => [node.offsetLeft, node.offsetTop];
  const before = new Map([...list.children].map((node) => [node, place(node)]));
  change();
  for (const node of list.children) {
    const was = before.get(node);
    if (!was) {
      if (before.size) node.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 420 });
      continue;
    }
    const [x, y] = place(node);
    const [dx, dy] = [was[0] - x, was[1] - y];
    if (!dx && !dy) continue;
    const duration = Math.min(600, 420 + Math.hypot(dx, dy) / 3);
    node.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }],
      { duration, easing: GLIDE });
  }
}

/** Arrow keys move within a group, which is a single stop for Tab. */
export function roving(group, items) {
  const current = () => items().find((item) => item.tabIndex === 0);
  const only = (one) => items().forEach((item) => (item.tabIndex = item === one ? 0 : -1));
  group.addEventListener("focusin", ({ target }) => items().includes(target) && only(target));
  group.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const sideways = getComputedStyle(group).direction === "rtl" ? -1 : 1;
    const to = {
      ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1,
      ArrowRight: at + sideways, ArrowLeft: at - sideways,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  return { settle: (wished) => only(current() ?? wished ?? items()[0]) };
}
