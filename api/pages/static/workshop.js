/* Clocks run, forms that were taken are cleared, what was said fades, secrets are copied. Everything else works without this file. */
document.documentElement.classList.add("scripted");

const skew = Date.now() - Date.parse(document.querySelector("[data-now]").dataset.now);

function tick() {
  for (const clock of document.querySelectorAll("[data-ends]")) {
    const left = Math.round((Date.parse(clock.dataset.ends) - (Date.now() - skew)) / 1000);
    const shown = Math.abs(left);
    const text = `${left < 0 ? "+" : ""}${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("over", left < 0);
  }
}
tick();
setInterval(tick, 500);
document.addEventListener("htmx:after:swap", tick);

const told = document.getElementById("told");
let fading;
if (told) {
  new MutationObserver(() => {
    clearTimeout(fading);
    if (told.querySelector(".told:not(.kept)")) fading = setTimeout(() => told.replaceChildren(), 12000);
  }).observe(told, { childList: true });
}

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement?.closest?.("form[data-clear]");
  if (form && ctx.response?.status === 200) form.reset();
});
