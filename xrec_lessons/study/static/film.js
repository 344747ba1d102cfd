// A film: its poster or a drawing, and what is said about it.

import { h } from "./elements.js";

/** The poster, or film art instead; what it shows stands beside it in words. */
export function poster(film) {
  const src = film.poster ?? `data:image/svg+xml,${encodeURIComponent(film.art)}`;
  return h("img", { class: "x-poster", src, alt: "", loading: "lazy" });
}

export function about(app, film) {
  const age = film.age && app.t("age_rating", { rating: film.age });
  const plain = { useGrouping: false };
  const year = film.year === 0 ? app.t("unknown_year") : film.year && app.number(film.year, plain); // null: no film has one
  return [year, film.genres.join(", "), age].filter(Boolean).join(" · ");
}
