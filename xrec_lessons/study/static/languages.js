// In which language a participant reads the study: what the browser says, or what they choose.

import { button, h, newId } from "./elements.js";

export const LANGUAGE = "language"; // of the page's address, so that a link may say it, and a reload keeps it

/** The languages that somebody reads, the best first. */
export function languagesWanted(app) {
  const said = app.remember && new URLSearchParams(location.search).get(LANGUAGE);
  return [app.language, said, ...navigator.languages].filter(Boolean);
}

/** Buttons with the languages' own names; nothing where there is no choice. */
export function languageChooser(app) {
  const { languages, language: current } = app.study;
  if (!languages.length) return null;
  const label = h("span", { id: newId("language") }, app.t("language_label"));
  const choices = languages.map(({ language, direction }) =>
    button(nameOf(language), () => choose(app, language), {
      class: "x-button x-language", lang: language, dir: direction,
      "aria-pressed": String(language === current),
    }));
  if (app.language === current) { // just chosen: the focus stays where it was
    const chosen = choices.find((choice) => choice.lang === current);
    setTimeout(() => document.activeElement === document.body && chosen.focus());
  }
  return h("div", { class: "x-languages", role: "group", "aria-labelledby": label.id }, label, choices);
}

function choose(app, language) {
  app.language = language;
  app.open();
  if (!app.remember) return;
  const address = new URL(location.href);
  address.searchParams.set(LANGUAGE, language);
  history.replaceState(history.state, "", address);
}

function nameOf(language) {
  try {
    const name = new Intl.DisplayNames([language], { type: "language" }).of(language);
    return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
  } catch {
    return language;
  }
}
