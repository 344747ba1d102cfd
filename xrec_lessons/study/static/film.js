// A film: its poster or a drawing, and what is said about it.

import { h, s } from "./elements.js";

const HUES = {
  Action: 12, Adventure: 28, Animation: 150, Children: 130, Comedy: 172, Crime: 258, Documentary: 190,
  Drama: 214, Fantasy: 284, "Film-Noir": 228, Horror: 350, IMAX: 200, Musical: 322, Mystery: 246,
  Romance: 336, "Sci-Fi": 198, Thriller: 226, War: 92, Western: 24,
};

/** The poster, or a calm drawing instead; what it shows stands beside it in words. */
export function poster(film) {
  if (film.poster) {
    return h("img", { class: "x-poster", src: film.poster, alt: "", loading: "lazy" });
  }
  const hue = (k) => (HUES[film.genres[k]] ?? HUES[film.genres[0]] ?? 170) + ((film.movie * 7) % 21) - 10;
  const words = film.title.replace(/\(.*/, "").replace(/[^\p{L}\p{N} ]/gu, " ").trim().split(/\s+/);
  const big = words.filter((word) => !/^(the|a|an|of|and|in|to)$/i.test(word));
  const initials = (big.length ? big : words).slice(0, 2).map((word) => [...word][0] ?? "").join("");
  const [x, y] = [(film.movie * 37) % 120, 40 + ((film.movie * 53) % 100)];
  return s("svg", { class: "x-poster", viewBox: "0 0 120 180", "aria-hidden": "true" },
    s("rect", { width: 120, height: 180, fill: `hsl(${hue(0)} 32% 34%)` }),
    s("circle", { cx: x, cy: y, r: 74, fill: `hsl(${hue(1)} 28% 40%)`, opacity: 0.85 }),
    s("circle", { cx: 120 - x / 2, cy: y + 66, r: 46, fill: `hsl(${hue(2)} 26% 46%)`, opacity: 0.7 }),
    s("path", { d: "M14 150H106", stroke: "#fff", "stroke-opacity": 0.55 }),
    s("text", { x: 14, y: 138, class: "x-initials", fill: "#fff" }, initials.toUpperCase()),
    s("text", { x: 14, y: 167, class: "x-year", fill: "#fff" }, film.year || ""),
  );
}

export function about(app, film) {
  const age = film.age && app.t("age_rating", { rating: film.age });
  const year = film.year === 0 ? app.t("unknown_year") : film.year; // null: no film has a year
  return [year, film.genres.join(", "), age].filter(Boolean).join(" · ");
}
