// The browser's Back goes back a film, and never out of the study: one entry of the history more,
// onto which it falls back each time.

export function followBack(app) {
  const guarded = () => Boolean(history.state?.xrec);
  // Browsers pass over entries of a page that nobody has touched, so it waits for somebody to do so.
  const guard = () => app.code && !guarded() && history.pushState({ xrec: true }, "");
  const back = () => {
    if (!app.code || guarded()) return;
    history.forward();
    app.current?.back?.();
  };
  const heard = { click: guard, keydown: guard, popstate: back };
  for (const [name, listener] of Object.entries(heard)) window.addEventListener(name, listener, true);
  return () => {
    for (const [name, listener] of Object.entries(heard)) window.removeEventListener(name, listener, true);
  };
}
