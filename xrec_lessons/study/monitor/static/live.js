// The live page: asks for the figures every few seconds, and says how old they are.

import { draw } from "./panels.js";

const EVERY = 5; // seconds
const LATE = 20; // seconds without figures after which that is said
const byId = (id) => document.getElementById(id);
const now = () => performance.now() / 1000;

let at = null; // when the figures on the page came
let paused = false;
let waiting = null;
let failed = "";

async function ask() {
  clearTimeout(waiting);
  try {
    const answer = await fetch("figures", { signal: AbortSignal.timeout(LATE * 1000) });
    if (!answer.ok) throw new Error(answer.status);
    const figures = await answer.json();
    failed = figures.failed ?? "";
    if (paused) return;
    if (!failed) at = now();
    draw(figures);
  } catch {
    failed = "The server does not answer.";
  }
  clearTimeout(waiting); // of another request, meanwhile
  if (!paused && !document.hidden) waiting = setTimeout(ask, EVERY * 1000);
  tell();
}

function tell() {
  const seconds = at === null ? null : Math.round(now() - at);
  const old = seconds === null ? "No figures yet" : `Updated ${seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`} ago`;
  byId("age").textContent = paused ? `${old},` : `${old}, every ${EVERY} s.`;
  const state = paused ? "paused." : failed;
  if (byId("state").textContent !== state) byId("state").textContent = state; // it is read aloud
  byId("state").classList.toggle("alert", !paused && failed !== "");
}

byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").textContent = paused ? "Go on" : "Pause";
  clearTimeout(waiting);
  if (!paused) ask();
  tell();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !paused) ask(); // nobody looks at a hidden page
});
setInterval(tell, 1000);
ask();
