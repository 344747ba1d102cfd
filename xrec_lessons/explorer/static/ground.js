// Light or dark as what is really behind the explorer, in any notebook and on any page.

/** Call `apply(dark)` now and whenever it changes; returns what ends that. */
export function followGround(el, apply) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let last = null;
  const look = () => {
    const dark = isDark(el, system.matches);
    if (dark !== last) apply((last = dark));
  };
  const timers = new Set();
  const soon = () => {
    look();
    for (const wait of [100, 600]) { // a theme's style sheet may come after its name
      const timer = setTimeout(() => [timers.delete(timer), look()], wait);
      timers.add(timer);
    }
  };
  const observer = new MutationObserver(soon);
  for (const node of [document.documentElement, document.body]) observer.observe(node, { attributes: true });
  system.addEventListener("change", soon);
  soon();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", soon);
    timers.forEach(clearTimeout);
  };
}

function isDark(el, system) {
  for (let node = el; node; node = node.parentElement ?? node.getRootNode().host) {
    const [red, green, blue, alpha = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (red !== undefined && alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return scheme.includes("dark") && (system || !scheme.includes("light"));
}
