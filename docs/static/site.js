// What scrolls sideways can be reached with the keyboard, and says what it is.
const scrollable = ".highlight pre, .table-wrapper, .cell_output, .formula, .sidebar-scroll, .toc-scroll";
function reach() {
  for (const part of document.querySelectorAll(scrollable)) {
    if (part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight + 1) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}
addEventListener("load", reach);
addEventListener("resize", reach);
addEventListener("load", () => {
  const watcher = new ResizeObserver(reach); // a formula grows once its letters are there
  document.querySelectorAll(scrollable).forEach((part) => watcher.observe(part));
});
