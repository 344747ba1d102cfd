// A film: its poster or a drawing, what is said about it, and the stars that it is given.

import { h, newId, s } from "./elements.js";

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
  return [film.year || app.t("unknown_year"), film.genres.join(", "), age].filter(Boolean).join(" · ");
}

const STAR = "M12 2.6l2.9 6 6.5.9-4.7 4.6 1.1 6.5L12 17.5l-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z";

function fiveStars(className) {
  const stars = [0, 1, 2, 3, 4].map((k) => s("path", { d: STAR, transform: `translate(${24 * k} 0)` }));
  return s("svg", { class: className, viewBox: "0 0 120 24", "aria-hidden": "true" }, stars);
}

/** Stars that are only looked at. */
export function starsDrawn(value) {
  const full = fiveStars("x-full");
  full.style.clipPath = `inset(0 ${100 - 20 * value}% 0 0)`;
  return h("span", { class: "x-stars x-small", "aria-hidden": "true" }, fiveStars("x-empty"), full);
}

/** Ten native radio inputs that look like five stars. */
export function starControl(app, film, choose) {
  const name = newId("stars");
  const full = fiveStars("x-full");
  const said = h("span", { class: "x-said" });
  let value = 0;
  const draw = (shown) => (full.style.clipPath = `inset(0 ${100 - 20 * shown}% 0 0)`);
  const inputs = Array.from({ length: 10 }, (_, k) => (k + 1) / 2).map((stars) =>
    h("input", {
      type: "radio", name, value: stars, "aria-label": app.stars(stars),
      onchange: () => choose(film, stars),
      onmouseenter: () => draw(stars),
    }),
  );
  const set = (stars) => {
    value = stars;
    inputs.forEach((input) => (input.checked = Number(input.value) === stars));
    said.textContent = stars ? app.stars(stars) : "";
    draw(stars);
  };
  set(0);
  const box = h("div", { class: "x-stars", onmouseleave: () => draw(value) },
    fiveStars("x-empty"), full, h("div", { class: "x-halves" }, inputs));
  const legend = h("legend", { class: "x-hidden" }, app.t("stars_legend", { film: film.name }));
  return { set, node: h("fieldset", { class: "x-choose" }, legend, box, said) };
}
